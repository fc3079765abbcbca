// Compiled by scripts/types.mjs against the tarball, with and without the DOM library. Never run.
import {
  AjoAbortError,
  AjoClient,
  AjoError,
  AjoHttpError,
  AjoValidationError,
  definitionOf,
  validateCapping,
  validateThrottling,
  type AjoEvent,
  type AjoOptions,
  type CappingDefinition,
  type CappingConfig,
  type Diagnostic,
  type HttpMethod,
  type ReleaseLock,
  type TokenStore,
  type ApiCall,
  type ApiResponse,
  type CappingMethods,
  type LimitChange,
  type Logger,
  type LogLevel,
  type ServiceRating,
  type SetRating,
  type SetThroughput,
  type ThrottlingMethods,
} from "ajo-limits";
import { AjoFetchError, AjoHttpError as SameHttpError, errorFromJson, type ErrorJson } from "ajo-limits/errors";
import { AjoAuth, type SandboxOption, type TokenOptions } from "ajo-limits/auth";
import { setModule } from "ajo-limits/slim";

declare function print(...values: unknown[]): void;
declare const environment: Record<string, string | undefined>;

const store: TokenStore = new Map<string, string>();
const release: ReleaseLock = () => {};
const lockingStore: TokenStore = { get: () => null, set: () => {}, lock: () => release };
const options: AjoOptions = {
  clientId: environment["CLIENT_ID"],
  clientSecret: environment["CLIENT_SECRET"],
  orgId: "0123456789ABCDEF01234567@AdobeOrg",
  scopes: ["openid", "AdobeID"],
  sandbox: "prod",
  tokenStore: store,
  timeoutMs: 30_000,
  onEvent: (event: AjoEvent) => {
    if (event.type === "retry") print(event.afterMs);
  },
};
new AjoClient({ accessToken: async () => "token", clientId: "id", orgId: "org", sandbox: "prod" });
new AjoClient({ credentials: { CLIENT_ID: "id" }, sandbox: "prod" });

export async function useClient(): Promise<void> {
  const ajo = new AjoClient(options);
  // The example in the README.
  const { uid } = await ajo.capping.create({
    url: "https://api.example.org/data/2.5/*",
    methods: ["GET"],
    services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
  });
  await ajo.capping.deploy(uid);
  for (const c of await ajo.capping.list()) print(c.uid, c.state, c.url);
  const redeployed: CappingConfig = await ajo.capping.redeploy(uid, { timeoutMs: 5000 });
  print(redeployed.state);

  const config: CappingConfig = await ajo.capping.get(uid, { timeoutMs: 5000, maxAttempts: 1, headers: { a: "b" } });
  const calls: number | undefined = config.deployedConfig?.services?.action?.rating?.maxCallsCount;
  const created: string | undefined = config.metadata?.createdAt;
  const verdict = await ajo.capping.canDeploy(uid);
  const codes = verdict.errors.map((error) => error.errorCode);
  const deleted: void = await ajo.capping.delete(uid, { force: true });
  const { urlPattern } = await ajo.throttling.get(uid);
  const { updatedElement } = await ajo.throttling.update(uid, { urlPattern: urlPattern ?? "", methods: ["POST"], maxThroughput: 400 });
  print(calls, created, codes, verdict.warnings.length, deleted, updatedElement?.state);

  // Open lists accept unknown values.
  const method: HttpMethod = "OPTION";
  const other: HttpMethod = "QUERY";
  if (config.state === "deployed") print(method, other);

  try {
    await ajo.capping.list();
  } catch (error) {
    if (error instanceof AjoHttpError) print(error.status, error.requestId, error.body);
    else if (error instanceof AjoAbortError) print(error.cause);
    else if (error instanceof AjoValidationError) print(error.diagnostics?.[0]?.pointer);
    else if (error instanceof AjoError) print(error.code.length, error.attempts.toFixed(), error.hint, error.retryAfterMs);
  }
}

/** The examples in the README of tokens and requests. */
export async function useAuth(ajo: AjoClient): Promise<void> {
  const auth: AjoAuth = new AjoAuth({ ...options, sandbox: undefined, allowedHosts: ["api.example.org:8443"] as const });
  const token: string = await auth.token({ timeoutMs: 5000 });
  const sandbox: TokenOptions & SandboxOption = { sandbox: null };
  const headers: Record<string, string> = await auth.headers(sandbox);
  const { status } = await auth.fetch("https://platform.adobe.io/ajo/journey", { method: "POST", body: "{}", headers, sandbox: "dev" });
  const text: string = await (await ajo.auth.fetch("https://cjm.adobe.io/imp/")).text();
  auth.invalidate();
  interface Journeys {
    readonly results: readonly string[];
  }
  const { results } = await ajo.request<Journeys>("GET", "/ajo/journey", { query: { limit: 5, state: ["live", "draft"], other: undefined } });
  const call = ajo.request("PATCH", "/x", { body: [{ op: "remove" }], headers: { "content-type": "application/json-patch+json" }, maxAttempts: 1 });
  const { data, attempts } = await call.withResponse();
  const unknownData: unknown = data;
  print(token, status, text, results.length, unknownData, attempts);
  // @ts-expect-error Unknown method.
  await ajo.request("FETCH", "/x");
  // @ts-expect-error A query is an object.
  await ajo.request("GET", "/x", { query: "a=b" });
  // @ts-expect-error The platform's options.
  await auth.fetch("https://cjm.adobe.io", { method: 5 });
  // @ts-expect-error A token has no sandbox.
  await auth.token({ sandbox: "dev" });
}

export const diagnostics: Diagnostic[] = validateCapping({ anything: true });
print(new AjoHttpError("created by a test", { code: "1451", status: 500 }).name);
print(validateThrottling(null)[0]?.severity === "error");
setModule(new ArrayBuffer(8));

/** Reads a configuration and writes it back. */
export async function sendBack(ajo: AjoClient, uid: string): Promise<void> {
  const { extra, ...definition } = definitionOf(await ajo.capping.get(uid));
  await ajo.capping.update(uid, { ...definition, extra: { ...extra, priority: 1 } });
  await ajo.throttling.update(uid, { ...definitionOf(await ajo.throttling.get(uid)), maxThroughput: 600 });
}

/** Any configuration is converted to the definition of its API. */
export async function convert(ajo: AjoClient, uid: string): Promise<void> {
  await ajo.capping.update(uid, definitionOf(await ajo.capping.get(uid)));
  await ajo.throttling.update(uid, definitionOf(await ajo.throttling.get(uid)));
  for (const config of await ajo.capping.list()) {
    const definition: CappingDefinition = definitionOf(config);
    await ajo.capping.update(config.uid, { ...definition, methods: ["GET"], services: { ...definition.services, dataSource: undefined } });
  }
}

/** Changes with one call. */
export async function changeLimits(ajo: AjoClient, uid: string): Promise<void> {
  const rating: ServiceRating = { maxCallsCount: 50, periodInMs: 1000 };
  const { before, after, live }: LimitChange<CappingDefinition> = await ajo.capping.setRating(uid, rating, { timeoutMs: 5000 });
  await ajo.capping.setRating(uid, { ...rating, service: "action" });
  await ajo.capping.setRating(uid, { service: "dataSource", maxCallsCount: 1, periodInMs: 1000 } as const);
  const change = await ajo.throttling.setThroughput(uid, 300);
  const throughput: number = change.after.maxThroughput;
  const isLive: boolean = live === "new" || live === "old" || live === "none" || live === "unknown";
  print(before.services.action?.rating.maxCallsCount, after.url, isLive, throughput);
  const setters: [SetRating, SetThroughput, CappingMethods, ThrottlingMethods] = [ajo.capping, ajo.throttling, ajo.capping, ajo.throttling];
  print(setters);
}

/** Environment variables, logging, and responses. */
export async function useEnv(env: { AJO_SANDBOX: string; TOKENS: { get(key: string): string } }): Promise<void> {
  const lines: string[] = [];
  const add = (line: string): number => lines.push(line);
  const logger: Logger = { error: add, warn: add, info: add, debug: add };
  const logLevel: LogLevel = "debug";
  const ajo: AjoClient = AjoClient.fromEnv(env, { tokenStore: lockingStore, logger, logLevel, attemptTimeoutMs: 5, fetchOptions: { keepalive: true } });
  AjoClient.fromEnv(environment, {});
  const call: ApiCall<CappingConfig[]> = ajo.capping.list({ fetchOptions: { priority: "low" } });
  const { data, status, headers, requestId, attempts }: ApiResponse<CappingConfig[]> = await call.withResponse();
  const age: string | null = headers.get("age");
  const empty: undefined | void = (await ajo.capping.deploy("uid").withResponse()).data;
  print(data[0]?.uid, status.toFixed(), requestId.length, attempts.toFixed(), age, empty);
}

/** Definitions from constants, with readonly arrays. */
export async function useConstants(ajo: AjoClient): Promise<void> {
  const capping = {
    url: "https://h/*",
    methods: ["GET"],
    services: { action: { rating: { maxCallsCount: 1, periodInMs: 1000 } } },
  } as const;
  await ajo.capping.create(capping);
  await ajo.capping.update("uid", capping);
  await ajo.throttling.create({ urlPattern: "https://h/*", methods: ["GET", "POST"], maxThroughput: 400 } as const);
}

/** Options and arguments from constants. */
export async function useConstantOptions(): Promise<void> {
  const settings = {
    clientId: "id",
    clientSecrets: ["new", "old"],
    orgId: "org",
    scopes: ["openid", "AdobeID"],
    sandbox: "prod",
    allowedHosts: ["api.example.org:8443"],
    headers: [["x-a", "b"]],
    fetchOptions: { keepalive: true },
  } as const;
  const ajo = new AjoClient(settings);
  new AjoAuth(settings);
  const options = { query: { state: ["live", "draft"] }, headers: { a: "b" } } as const;
  await ajo.request("GET", "/x", options);
  await ajo.capping.list({ headers: [["x-a", "b"]], maxAttempts: 1 } as const);
  const extra = { tags: ["a"], services: { action: { unit: "s" } } } as const;
  await ajo.throttling.update("uid", { urlPattern: "https://h/*", methods: ["GET"], maxThroughput: 400, extra } as const);
  print(validateCapping({ url: "u", methods: ["GET"] } as const).length);
}

/** Errors of the subpath, which are the same types. */
export function useErrors(error: unknown): void {
  if (error instanceof AjoFetchError) print(error.code === "FETCH_REFUSED");
  if (!(error instanceof SameHttpError)) return;
  const same: AjoHttpError = error;
  const json: ErrorJson = same.toJSON();
  print(errorFromJson(json) instanceof AjoError, json.cause?.code, JSON.stringify(same));
}

/** A derived class with its own name. */
export class MyError extends AjoHttpError {
  override name = "MyError";
}

export async function typeErrors(ajo: AjoClient): Promise<void> {
  // @ts-expect-error Unknown field.
  await ajo.capping.create({ url: "u", methods: ["GET"], services: {}, maxCalls: 5 });
  // @ts-expect-error Unknown nested field.
  await ajo.capping.create({ url: "u", methods: [], services: { action: { rating: { maxCallsCount: 1, periodInMs: 1, perMs: 1 } } } });
  // @ts-expect-error Missing field.
  const definition: CappingDefinition = { url: "u", methods: ["GET"] };
  // @ts-expect-error Wrong type.
  await ajo.throttling.create({ urlPattern: "u", methods: ["GET"], maxThroughput: "400" });
  // @ts-expect-error A definition of the other API.
  await ajo.throttling.create({ url: "u", methods: ["GET"], services: {} });
  // @ts-expect-error Unknown option.
  new AjoClient({ clientID: "id" });
  // @ts-expect-error Only delete has this option.
  await ajo.capping.get("u", { force: true });
  // @ts-expect-error Missing uid.
  await ajo.capping.deploy();
  // @ts-expect-error `list` returns an array without an envelope.
  (await ajo.capping.list()).results;
  // @ts-expect-error A configuration is not a definition.
  await ajo.capping.update("u", await ajo.capping.get("u"));
  // @ts-expect-error Missing period.
  await ajo.capping.setRating("u", { maxCallsCount: 5 });
  // @ts-expect-error Unknown service.
  await ajo.capping.setRating("u", { service: "email", maxCallsCount: 5, periodInMs: 1000 });
  // @ts-expect-error An option that comes from a variable.
  AjoClient.fromEnv({}, { clientSecret: "s" });
  // @ts-expect-error The second argument is internal.
  new AjoClient({ sandbox: "prod" }, {});
  // @ts-expect-error Unknown level.
  new AjoClient({ sandbox: "prod", logLevel: "trace" });
  // @ts-expect-error Missing code.
  new AjoError("message");
  print(definition);
}
