import { AjoAuth } from "./ajo-auth.js";
import type { ApiCall } from "./api-call.js";
import { createApis } from "./api-methods.js";
import { type RequestMethod, startRequest } from "./api-request.js";
import { readOptions } from "./arguments.js";
import { CallContext } from "./call-context.js";
import type { Capping, Throttling } from "./generated/operations.js";
import type { AjoOptions, RequestOptions } from "./options.js";
import type { Redeploy } from "./redeploy.js";
import { startOperation } from "./start-call.js";

const CONSTRUCTOR = "new AjoClient";

// Each client has its own methods. `jest.mock` and `vi.mock` replace those that they find on a prototype, and only in properties that are
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
  declare readonly capping: Capping & Redeploy;
  declare readonly throttling: Throttling;
  /** Tokens and requests for other Adobe APIs. Shares the token of this client. */
  declare readonly auth: AjoAuth;
  readonly #context: CallContext;

  /** @internal A minifier may have renamed the class. */
  static override get name(): string {
    return "AjoClient";
  }

  /** Throws an `AjoValidationError` for invalid options. */
  constructor(options: AjoOptions) {
    super();
    const { json, settings } = readOptions(CONSTRUCTOR, options, ["sandbox"]);
    const context = new CallContext(CONSTRUCTOR, json, settings);
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
}
