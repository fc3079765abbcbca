import { validationError } from "./validation-error.js";
import { ClientState } from "./client-state.js";
import { createLog, type Log } from "./log.js";
import type { CallLimits } from "./module-call.js";
import type { CallSettings, ClientSettings } from "./options.js";
import { type HeaderRecord, identityHeaders, invalidInput } from "./request.js";
import type { FetchOptions } from "./send.js";
import * as wasm from "./wasm-instance.js";

/** What all calls of a client share. */
export class CallContext {
  readonly state: ClientState;
  readonly settings: ClientSettings;
  readonly log: Log | undefined;
  /** The limits, headers, and options for `fetch` of calls without options of their own. */
  readonly defaults: RequestSettings;

  /** Throws an `AjoValidationError` for options that the module rejects. `where` names the constructor. */
  constructor(where: string, json: string, settings: ClientSettings) {
    this.state = new ClientState(json);
    this.settings = settings;
    this.log = createLog(where, settings, (text) => this.state.secrets.mask(text));
    const problem = headerProblem(settings.call.headers);
    if (problem !== undefined) throw validationError(where, problem);
    const { headers, fetchOptions } = settings.call;
    this.defaults = { limits: toLimits(settings.call), headers: { ...headers, ...identityHeaders(this.state) }, fetchOptions };
  }

  /** The client's settings, overridden by the call's. */
  forCall(operation: string, call: CallSettings | undefined): RequestSettings {
    if (call === undefined) return this.defaults;
    const problem = headerProblem(call.headers);
    if (problem !== undefined) throw invalidInput(operation, problem);
    const client = this.settings.call;
    return {
      limits: {
        attemptTimeoutMs: call.attemptTimeoutMs ?? this.defaults.limits.attemptTimeoutMs,
        timeoutMs: call.timeoutMs ?? this.defaults.limits.timeoutMs,
        maxAttempts: call.maxAttempts ?? this.defaults.limits.maxAttempts,
      },
      headers: call.headers ? { ...client.headers, ...call.headers, ...identityHeaders(this.state) } : this.defaults.headers,
      fetchOptions: call.fetchOptions ? { ...client.fetchOptions, ...call.fetchOptions } : client.fetchOptions,
    };
  }
}

/** The settings that all requests of one call share. */
export interface RequestSettings {
  readonly limits: CallLimits;
  /** Headers that are the same for every request. */
  readonly headers: HeaderRecord;
  readonly fetchOptions: FetchOptions | undefined;
}

function toLimits({ attemptTimeoutMs = 0, timeoutMs = 0, maxAttempts = 0 }: CallSettings): CallLimits {
  return { attemptTimeoutMs, timeoutMs, maxAttempts };
}

function headerProblem(headers: HeaderRecord = {}): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const problem = wasm.run((it) => it.checkHeader(name, value));
    if (problem !== undefined) return problem;
  }
  return undefined;
}
