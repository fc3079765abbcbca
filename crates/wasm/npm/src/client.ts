import { type CallArguments, readCall, readOptions } from "./arguments.js";
import { core } from "./core.js";
import { type Capping, OPERATION_ARGUMENTS, type Throttling } from "./generated/operations.js";
import type { AjoOptions } from "./options.js";
import { redeploy, type Redeploy } from "./redeploy.js";
import { runCall } from "./run-call.js";
import { Session } from "./session.js";

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
  readonly capping: Capping & Redeploy;
  readonly throttling: Throttling;

  /** Throws an `AjoValidationError` for invalid options. */
  constructor(options: AjoOptions) {
    const { json, callbacks } = readOptions(options);
    const session = new Session(core, json);
    const call: Call = async (operation, args) => runCall(session, callbacks, operation, readCall(operation, args));
    // Every function of the client references `call`, and nothing needs the client object itself.
    unreachable?.register(call, session);
    const capping = createMethods("capping", call) as unknown as Capping;
    this.capping = { ...capping, redeploy: (uid, options) => redeploy(capping, uid, options) };
    this.throttling = createMethods("throttling", call) as unknown as Throttling;
  }
}

// A minifier may have renamed the class.
Object.defineProperty(AjoClient, "name", { value: "AjoClient" });

/** Closes the sessions of garbage-collected clients. Missing in workerd with older compatibility dates. */
const unreachable =
  typeof FinalizationRegistry === "function" ? new FinalizationRegistry<Session>((session) => session.close()) : undefined;

type Call = (operation: string, args: CallArguments) => Promise<unknown>;

/** Plain functions that do not use `this`, so that `const { list } = ajo.capping` works. */
function createMethods(api: keyof typeof OPERATION_ARGUMENTS, call: Call): Record<string, (...args: unknown[]) => Promise<unknown>> {
  const operations: [string, readonly string[]][] = Object.entries(OPERATION_ARGUMENTS[api]);
  return Object.fromEntries(
    operations.map(([name, parameters]) => [
      name,
      (...args) => {
        const named = [...parameters, "options"].map((parameter, index) => [parameter, args[index]]);
        return call(`${api}.${name}`, Object.fromEntries(named));
      },
    ]),
  );
}
