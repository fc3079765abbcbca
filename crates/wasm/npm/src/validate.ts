import { readDefinition } from "./arguments.js";
import { core } from "./core.js";
import { errorOf, type Failure } from "./failure.js";
import type { CappingDefinition, Finding, ThrottlingDefinition } from "./models.js";

/**
 * What the service would say about a capping definition, by the same codes, without asking it: all findings at once, none
 * for a definition that is fine. Takes anything, because what lacks a field is what the rules are for.
 */
export function validateCapping(definition: CappingDefinition | unknown): Finding[] {
  return validate("capping", "validateCapping", definition);
}

/** The same for a throttling definition. */
export function validateThrottling(definition: ThrottlingDefinition | unknown): Finding[] {
  return validate("throttling", "validateThrottling", definition);
}

function validate(api: string, where: string, definition: unknown): Finding[] {
  const json = readDefinition(where, definition);
  const findings = core.ask<Finding[] | { failed: Failure }>((it) => it.validate(api, json));
  if ("failed" in findings) throw errorOf(findings.failed);
  return findings;
}
