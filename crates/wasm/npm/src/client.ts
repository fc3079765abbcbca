import { type CallArguments, readCall, readOptions } from "./arguments.js";
import { core } from "./core.js";
import type {
  CanDeploy,
  CappingConfig,
  CappingCreated,
  CappingDefinition,
  CappingUpdated,
  ThrottlingConfig,
  ThrottlingCreated,
  ThrottlingDefinition,
  ThrottlingUpdated,
} from "./models.js";
import type { AjoOptions, CallOptions, DeleteOptions } from "./options.js";
import { Session } from "./session.js";
import { carryOut } from "./steps.js";

/** The eight operations on the configurations of one API. Every one of them rejects with an `AjoError`. */
export interface Configurations<Definition, Config, Created, Updated> {
  /** Every configuration, in no promised order. */
  list(options?: CallOptions): Promise<Config[]>;
  /** One configuration: what was last saved, and its state. */
  get(uid: string, options?: CallOptions): Promise<Config>;
  /** Stores a definition, which limits nothing until it is deployed. A repeated call stores a second one. */
  create(definition: Definition, options?: CallOptions): Promise<Created>;
  /** Replaces the whole definition: what is not sent is gone. The last writer wins. */
  update(uid: string, definition: Definition, options?: CallOptions): Promise<Updated>;
  /** Deletes a configuration; a deployed one only with `force`. */
  delete(uid: string, options?: DeleteOptions): Promise<void>;
  /** Asks whether the saved definition can be deployed. Changes nothing. */
  canDeploy(uid: string, options?: CallOptions): Promise<CanDeploy>;
  /** Makes the saved definition the one that limits. */
  deploy(uid: string, options?: CallOptions): Promise<void>;
  /** Makes the configuration limit nothing any more. */
  undeploy(uid: string, options?: CallOptions): Promise<void>;
}

/** Capping: calls over the limit are rejected. Many configurations for each sandbox. */
export interface Capping extends Configurations<CappingDefinition, CappingConfig, CappingCreated, CappingUpdated> {}

/** Throttling: calls over the limit wait. One configuration for each organization, made in a production sandbox. */
export interface Throttling
  extends Configurations<ThrottlingDefinition, ThrottlingConfig, ThrottlingCreated, ThrottlingUpdated> {}

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
    this.capping = configurations("capping", call) as Capping;
    this.throttling = configurations("throttling", call) as Throttling;
  }
}

// By name, because a minifier may have renamed the class.
Object.defineProperty(AjoClient, "name", { value: "AjoClient" });

/** Closes the sessions of clients of which nobody has a function any more. workerd has this only with newer compatibility dates. */
const abandoned =
  typeof FinalizationRegistry === "function" ? new FinalizationRegistry<Session>((session) => session.close()) : undefined;

type Call = (operation: string, given: CallArguments) => Promise<unknown>;

/** Functions and no methods, so that `const { list } = ajo.capping` works. */
function configurations(api: string, call: Call): Configurations<unknown, unknown, unknown, unknown> {
  const of =
    (verb: string) =>
    (uid: string, options?: CallOptions): Promise<never> =>
      call(`${api}.${verb}`, { uid, options }) as Promise<never>;
  return {
    list: (options) => call(`${api}.list`, { options }) as Promise<unknown[]>,
    get: of("get"),
    create: (config, options) => call(`${api}.create`, { config, options }),
    update: (uid, config, options) => call(`${api}.update`, { uid, config, options }),
    delete: of("delete"),
    canDeploy: of("canDeploy"),
    deploy: of("deploy"),
    undeploy: of("undeploy"),
  };
}
