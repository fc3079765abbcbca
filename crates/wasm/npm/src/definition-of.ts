import { readDefinition, withReadErrors } from "./arguments.js";
import type { CappingConfig, CappingDefinition, ThrottlingConfig, ThrottlingDefinition } from "./models.js";
import { validationError } from "./validation-error.js";
import * as wasm from "./wasm-instance.js";

/**
 * The saved definition in a configuration, for `update` or for `create` in another sandbox. Drops the fields that the service adds, including the
 * organization, which the client fills in. Fields that this version does not know go to `extra`, and are sent at their places.
 *
 * ```ts
 * const definition = definitionOf(await ajo.capping.get(uid));
 * await ajo.capping.update(uid, { ...definition, methods: ["GET"] });
 * ```
 *
 * Throws an `AjoValidationError` if the configuration is not an object.
 */
export function definitionOf<Config extends CappingConfig | ThrottlingConfig>(
  config: Config,
): "urlPattern" extends keyof Config ? ThrottlingDefinition : CappingDefinition;
export function definitionOf(config: unknown): unknown {
  const json = readDefinition("definitionOf", config);
  const isThrottling = withReadErrors("definitionOf", () => ["urlPattern", "maxThroughput"].some((name) => Object.hasOwn(Object(config), name)));
  const api = isThrottling ? "throttling" : "capping";
  const definition = wasm.run((it) => it.definitionOf(api, json));
  if (definition === undefined) throw validationError("definitionOf", "the configuration must be an object");
  return JSON.parse(definition);
}
