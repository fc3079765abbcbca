import { AjoError } from "./errors.js";
import type { Capping } from "./generated/operations.js";
import type { CappingConfig, DeployedCapping } from "./models.js";
import type { CallOptions } from "./options.js";
import * as wasm from "./wasm-instance.js";

/** Replaces the live definition of a capping configuration. */
export interface Redeploy {
  /**
   * Makes the saved definition live, and returns the configuration as read back.
   *
   * An update of a deployed configuration takes effect only when it is deployed again. This deploys it without a gap. Only if the
   * service refuses that or does not act on it, this undeploys and deploys, so that no limit is live in between. `canDeploy` is always
   * asked first. If the saved definition is already live, only `get` is called.
   *
   * The options apply to each call. After undeploying, the signal is ignored, because no limit is live. On failure, `error.live` says
   * which limit is live.
   */
  redeploy(uid: string, options?: CallOptions): Promise<CappingConfig>;
}

/** The module's decision. */
type Decision = { call: "get" | "canDeploy" | "deploy" | "undeploy" } | { live: "old" | "new" | "none" | "unknown"; message: string; hint?: string };

/** `operation` is that of the caller, which may have changed the definition before. */
export async function redeploy(
  capping: Capping,
  uid: string,
  options?: CallOptions,
  operation = "capping.redeploy",
): Promise<CappingConfig> {
  const results: string[] = [];
  let before: CappingConfig | undefined;
  let config: CappingConfig | undefined;
  let cause: AjoError | undefined;
  let problem = "";
  for (;;) {
    const decision: Decision = JSON.parse(wasm.run((it) => it.redeploy(results.join())));
    if ("live" in decision) {
      const { live, message, hint } = decision;
      if (live === "new") return config as CappingConfig;
      throw new AjoError(`${operation} failed; ${message}: ${problem}`, {
        ...cause,
        code: cause?.code ?? "NOT_DEPLOYED",
        operation,
        hint: hint ?? cause?.hint,
        live,
        cause,
      });
    }
    const { call } = decision;
    try {
      const value = await capping[call](uid, options);
      let result = "done";
      if (call === "get") {
        config = value as CappingConfig;
        result = liveLimit(config, before);
        before ??= config;
      } else if (value && "errors" in value && value.validationStatus === "error") {
        result = "refused";
        problem = ["it cannot be deployed", ...value.errors.map(({ error }) => error)].join("; ");
      } else {
        problem = "the saved definition is not live";
        cause = undefined;
      }
      results.push(result);
    } catch (error) {
      cause = error as AjoError;
      problem = cause.message;
      results.push(cause.outcome ?? "unknown");
    }
    if (call === "undeploy") options = { ...options, signal: undefined };
  }
}

/** Which limit `now` shows as live. `before` is the configuration before the first write. */
export function liveLimit(now: CappingConfig, before?: CappingConfig): "old" | "new" | "none" | "hidden" {
  const isDeployed = now.state === "deployed";
  if (!(now.hasBeenDeployed ?? isDeployed)) return "none";
  const { deployedConfig } = now;
  if (!deployedConfig) return isDeployed ? "new" : "hidden";
  // Whether the service returns unknown fields of a deployed definition is unknown.
  const comparable = (config: DeployedCapping) =>
    text(Object.entries(config).filter(([name]) => DEFINITION.test(name) || !(isDeployed || SERVICE_FIELD.test(name))));
  const deployed = comparable(deployedConfig);
  // The service may normalize a definition when it deploys it, so a changed one is the new one.
  const changed = before?.deployedConfig && comparable(before.deployedConfig) !== deployed;
  return changed || deployed === comparable(now) ? "new" : "old";
}

const DEFINITION = /^(url|methods|services)$/;
const SERVICE_FIELD = /^(_?id|uid|orgId|tenantId|sandbox(Name|Id)|state|hasBeenDeployed|metadata|authoringFormatVersion|deployedConfig)$/;

/** Fields as text. Their order and the order of methods mean nothing, and -1 connections mean none set. */
function text(fields: [string, unknown][]): string {
  return JSON.stringify(Object.fromEntries(fields), (name, value) =>
    name === "methods"
      ? [...(value ?? [])].sort()
      : Object(value) === value && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).filter(([, it]) => it !== null && it !== -1).sort())
        : value,
  );
}
