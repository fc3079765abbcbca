import { createApis } from "./api-methods.js";
import { readOptions } from "./arguments.js";
import { CallContext } from "./call-context.js";
import type { Capping, Throttling } from "./generated/operations.js";
import type { AjoOptions } from "./options.js";
import type { Redeploy } from "./redeploy.js";
import { startOperation } from "./start-call.js";

const CONSTRUCTOR = "new AjoClient";

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
export class AjoClient {
  declare readonly capping: Capping & Redeploy;
  declare readonly throttling: Throttling;

  /** Throws an `AjoValidationError` for invalid options. */
  constructor(options: AjoOptions) {
    const { json, settings } = readOptions(CONSTRUCTOR, options, ["sandbox"]);
    const context = new CallContext(CONSTRUCTOR, json, settings);
    Object.assign(this, createApis((...call) => startOperation(context, ...call)));
  }
}

// A minifier may have renamed the class.
Object.defineProperty(AjoClient, "name", { value: "AjoClient" });

// Each client has its own methods. `jest.mock` and `vi.mock` replace those that they find on the prototype, and only in properties
// that are no getters.
Object.assign(
  AjoClient.prototype,
  createApis(() => {
    throw new TypeError("this method belongs to a client, not to the prototype of AjoClient");
  }),
);
