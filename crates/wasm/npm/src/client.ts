import { AjoAuth } from "./ajo-auth.js";
import type { ApiCall } from "./api-call.js";
import { type CappingMethods, createApis, type ThrottlingMethods } from "./api-methods.js";
import { type RequestMethod, startRequest } from "./api-request.js";
import { readOptions } from "./arguments.js";
import { CallContext } from "./call-context.js";
import { type EnvConfig, type EnvOptions, nameVariable, readEnv } from "./env.js";
import type { AjoOptions, RequestOptions } from "./options.js";
import { processEnv } from "./process-variables.js";
import { startOperation } from "./start-call.js";

const CONSTRUCTOR = "new AjoClient";
const FROM_ENV = "AjoClient.fromEnv";

// Each client has its own methods. `jest.mock` and `vi.mock` replace only methods on a prototype, and only in properties that are
// no getters. The annotation lets bundlers drop an unused client; scripts/package-files.mjs keeps it.
const ClientMethods = /* @__PURE__ */ createClientMethods();

function createClientMethods(): new () => object {
  class ClientMethods {}
  const apis = createApis(() => {
    throw new TypeError("this method belongs to a client, not to the prototype of AjoClient");
  });
  Object.assign(ClientMethods.prototype, apis, { auth: AjoAuth.prototype });
  return ClientMethods;
}

/**
 * A client of Adobe Journey Optimizer's capping and throttling APIs, for one organization and sandbox.
 *
 * The constructor sends nothing, so you can create one client for the whole program, even in the global scope of a Worker. The
 * first call fetches the access token, and all calls share it.
 *
 * ```ts
 * const ajo = new AjoClient({ clientId, clientSecret, orgId, scopes, sandbox: "prod" });
 * for (const config of await ajo.capping.list()) console.log(config.uid, config.state, config.url);
 * ```
 */
export class AjoClient extends ClientMethods {
  declare readonly capping: CappingMethods;
  declare readonly throttling: ThrottlingMethods;
  /** Tokens and requests for other Adobe APIs. Shares the token of this client. */
  declare readonly auth: AjoAuth;
  readonly #context: CallContext;

  /** @internal A minifier may have renamed the class. */
  static override get name(): string {
    return "AjoClient";
  }

  /** Throws an `AjoValidationError` for invalid options. */
  constructor(options: AjoOptions);
  /** @internal */
  constructor(options: AjoOptions, variables: EnvConfig["variables"]);
  constructor(options: AjoOptions, variables?: EnvConfig["variables"]) {
    super();
    const where = variables ? FROM_ENV : CONSTRUCTOR;
    const { json, settings } = readOptions(where, options, ["sandbox"], variables);
    const context = new CallContext(where, json, settings);
    this.#context = context;
    Object.assign(this, createApis((...call) => startOperation(context, ...call)), { auth: new AjoAuth(context) });
  }

  /**
   * Sends a request to another API behind the same gateway, and returns the JSON of its response; `undefined` if the body is empty. The type
   * `T` is not checked.
   *
   * `path` begins after the origin of `baseUrl`, by default `https://platform.adobe.io`. Encode its variable parts with
   * `encodeURIComponent`, and pass the query separately.
   *
   * The request has the headers, time limits, and retries of every other call: GET, HEAD, and OPTIONS are retried like `get`, PUT and
   * DELETE like `update`, POST and PATCH like `create`. For other hosts, other formats, and streams use `auth.fetch`.
   *
   * ```ts
   * const journeys = await ajo.request("GET", "/ajo/journey", { query: { limit: 50 } });
   * ```
   */
  request<T = unknown>(method: RequestMethod, path: string, options?: RequestOptions): ApiCall<T> {
    return startRequest(this.#context, method, path, options) as ApiCall<T>;
  }

  /**
   * Creates a client from environment variables: `AJO_SANDBOX`, and one of
   *
   * - `AJO_CLIENT_ID`, `AJO_CLIENT_SECRET`, `AJO_ORG_ID`, and `AJO_SCOPES`, or the names of Adobe's CLI (`IMS_OAUTH_S2S_CLIENT_ID` and so on)
   * - `AJO_CREDENTIALS`: a credential file of the Adobe Developer Console as JSON, plain or as Base64, or its path where the runtime
   *   can read files. `AJO_CREDENTIAL_NAME` selects one of several credentials. The four variables override its values.
   * - `AJO_ACCESS_TOKEN` with `AJO_CLIENT_ID` and `AJO_ORG_ID`
   *
   * `AJO_BASE_URL`, `AJO_IMS_URL`, and `AJO_LOG` are optional. An empty variable counts as not set. A Worker passes its `env`; bindings
   * that are not strings are ignored. `options` take precedence over variables.
   *
   * ```ts
   * const ajo = AjoClient.fromEnv();
   * ```
   *
   * Throws an `AjoValidationError` for missing and invalid variables. It names variables, and never shows their values.
   */
  static fromEnv(env: object | undefined = processEnv(), options: EnvOptions = {}): AjoClient {
    const config = readEnv(FROM_ENV, env, options);
    try {
      return new AjoClient(config.options, config.variables);
    } catch (error) {
      throw nameVariable(FROM_ENV, error);
    }
  }
}
