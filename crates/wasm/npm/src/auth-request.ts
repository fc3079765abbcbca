import { withReadErrors } from "./arguments.js";
import { validationError } from "./validation-error.js";
import type { CallContext } from "./call-context.js";
import { type HeaderRecord, identityHeaders } from "./request.js";
import * as wasm from "./wasm-instance.js";

/** A request with all headers except the token. */
export interface AuthRequest {
  readonly url: string;
  readonly init: Omit<RequestInit, "headers"> & { readonly headers: Record<string, string> };
  /** Whether a redirect is an error. */
  readonly followsNone: boolean;
  readonly canResend: boolean;
}

/** The name of the operation in errors and events. */
export const FETCH = "auth.fetch";
/** The headers that a caller cannot set. */
const RESERVED = ["authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name"];
/** Types of bodies that `fetch` does not use up. */
const RESENDABLE = ["ArrayBuffer", "SharedArrayBuffer", "Blob", "File", "URLSearchParams", "FormData"];

/** The headers besides the token. Without a sandbox an API would use a default one, so a missing one is an error. */
export function authHeaders({ state }: CallContext, where: string, sandbox: string | null | undefined): HeaderRecord {
  const { "x-sandbox-name": own, ...others } = identityHeaders(state);
  if (sandbox === null) return others;
  const name = sandbox ?? own;
  if (name === undefined) {
    throw validationError(where, "`sandbox` is missing: pass one here or to the constructor, or null for an API without sandboxes");
  }
  const problem = typeof name === "string" ? wasm.run((it) => it.checkSandbox(name)) : "`sandbox` must be a string or null";
  if (problem !== undefined) throw validationError(where, problem);
  return { ...others, "x-sandbox-name": name };
}

/** Reads the arguments of `fetch`. Throws an `AjoValidationError` for a URL that must not receive the token. */
export async function readAuthRequest(context: CallContext, input: unknown, options: unknown): Promise<AuthRequest> {
  const { url, init, request } = withReadErrors(FETCH, () => readArguments(context, input, options));
  const body = init.body ?? (request && (await readBody(request)));
  return {
    url,
    init: { ...init, ...(body !== undefined && { body }), redirect: "manual" },
    followsNone: init.redirect !== "manual",
    canResend: canResend(body),
  };
}

interface FetchArguments {
  readonly url: string;
  readonly init: AuthRequest["init"];
  readonly request: Request | undefined;
}

function readArguments(context: CallContext, input: unknown, options: unknown): FetchArguments {
  const given = (options ?? {}) as RequestInit & { sandbox?: string | null };
  if (typeof given !== "object") throw validationError(FETCH, "the options must be an object");
  const request = isRequest(input) ? input : undefined;
  const url = request ? request.url : typeName(input) === "URL" ? (input as URL).href : input;
  if (typeof url !== "string") throw validationError(FETCH, "the URL must be a string, a URL, or a Request");
  const problem = wasm.run((it) => it.checkUrl(context.state.number(), url));
  if (problem !== undefined) throw validationError(FETCH, problem);
  const { sandbox, ...rest } = given;
  if (given.redirect === "follow") throw validationError(FETCH, "`redirect` must not be \"follow\", because the token would go with it");
  const headers = readHeaders(context, given.headers ?? request?.headers);
  const { method = request?.method, signal = request?.signal } = given;
  const { headers: _, ...shared } = { ...context.settings.call.fetchOptions, ...rest };
  const init = {
    ...shared,
    ...(method !== undefined && { method }),
    ...(signal && { signal }),
    headers: { ...headers, ...authHeaders(context, FETCH, sandbox) },
  };
  return { url, init, request };
}

/** The headers of the client and of the caller, by lower-case name. */
function readHeaders(context: CallContext, given: RequestInit["headers"]): Record<string, string> {
  let own: Headers;
  try {
    own = new Headers(given);
  } catch {
    // The exception can quote a value.
    throw validationError(FETCH, "`headers` has a name or a value that cannot be sent");
  }
  const reserved = RESERVED.find((name) => own.has(name));
  if (reserved !== undefined) throw validationError(FETCH, `header \`${reserved}\`: reserved for AjoAuth`);
  return { ...context.settings.call.headers, ...Object.fromEntries(own) };
}

/** Reads the whole body: only some browsers can send a stream. */
async function readBody(request: Request): Promise<ArrayBuffer | undefined> {
  if (request.bodyUsed) throw validationError(FETCH, "the body of the Request has already been read");
  return request.method === "GET" || request.method === "HEAD" || request.body === null ? undefined : await request.arrayBuffer();
}

function canResend(body: unknown): boolean {
  return body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body) || RESENDABLE.includes(typeName(body));
}

// Not `instanceof`, which is false for an object of another realm.
function isRequest(value: unknown): value is Request {
  return Object(value) === value && typeName(value) === "Request";
}

/** `Request`, `FormData`. */
function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
