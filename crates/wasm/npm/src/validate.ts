import { readDefinition } from "./arguments.js";
import { type CoreError, toAjoError } from "./core-error.js";
import type { CappingDefinition, Diagnostic, ThrottlingDefinition } from "./models.js";
import * as wasm from "./wasm-instance.js";

/**
 * Checks a capping definition offline with the rules and codes of the service, and returns all diagnostics. Accepts any value, because
 * missing and wrong fields are diagnostics too.
 */
export function validateCapping(definition: CappingDefinition | unknown): Diagnostic[] {
  return validate("capping", "validateCapping", definition);
}

/** Like {@link validateCapping}, for a throttling definition. */
export function validateThrottling(definition: ThrottlingDefinition | unknown): Diagnostic[] {
  return validate("throttling", "validateThrottling", definition);
}

function validate(api: string, where: string, definition: unknown): Diagnostic[] {
  const json = readDefinition(where, definition);
  const diagnostics: Diagnostic[] | { failed: CoreError } = JSON.parse(wasm.run((it) => it.validate(api, json)));
  if ("failed" in diagnostics) throw toAjoError(diagnostics.failed);
  return diagnostics;
}
