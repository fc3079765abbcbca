import { type CallArguments, readCall, readOptions } from "./arguments.js";
import { core } from "./core.js";
import { type Capping, OPERATIONS, type Throttling } from "./generated/operations.js";
import type { AjoOptions } from "./options.js";
import { Session } from "./session.js";
import { carryOut } from "./steps.js";

/**
 * A client of Adobe Journey Optimizer's capping and throttling APIs, for one organization and sandbox.
 *
 * Making one sends nothing, so it can be made once for a whole program, also in the global scope of a Worker. Its access
 * token is fetched by the first call that needs it, and shared by all of its calls.
 *
 * ```ts
 * const ajo = new AjoClient({ clientId, clientSecret, orgId, scopes, sandbox: "prod" });
 * for (const config of await ajo.capping.list()) console.log(config.uid, config.state, config.url);
 * ```
 */
export class AjoClient {
  /** The capping API. */
  readonly capping: Capping;
  /** The throttling API. */
  readonly throttling: Throttling;

  /** Throws an `AjoValidationError` when the options cannot be used. */
  constructor(options: AjoOptions) {
    const { json, helpers } = readOptions(options);
    const session = new Session(core, json);
    const call: Call = async (operation, given) => {
      const texts = readCall(operation, given);
      return carryOut(session, helpers, operation, texts);
    };
    // All functions of this client hold on to this one, and nothing else needs the client.
    abandoned?.register(call, session);
    this.capping = methods("capping", call) as unknown as Capping;
    this.throttling = methods("throttling", call) as unknown as Throttling;
  }
}

// By name, because a minifier may have renamed the class.
Object.defineProperty(AjoClient, "name", { value: "AjoClient" });

/** Closes the sessions of clients of which nobody has a function any more. workerd has this only with newer compatibility dates. */
const abandoned =
  typeof FinalizationRegistry === "function" ? new FinalizationRegistry<Session>((session) => session.close()) : undefined;

type Call = (operation: string, given: CallArguments) => Promise<unknown>;

/** Functions and no methods, so that `const { list } = ajo.capping` works. */
function methods(api: keyof typeof OPERATIONS, call: Call): Record<string, (...given: unknown[]) => Promise<unknown>> {
  const operations: [string, readonly string[]][] = Object.entries(OPERATIONS[api]);
  return Object.fromEntries(
    operations.map(([name, takes]) => [
      name,
      (...given) => {
        const named = [...takes, "options"].map((argument, index) => [argument, given[index]]);
        return call(`${api}.${name}`, Object.fromEntries(named));
      },
    ]),
  );
}
