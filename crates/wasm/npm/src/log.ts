import { ignoreErrors } from "./ignore-errors.js";
import { LOG_LEVELS, type Logger, type LogLevel, type LogSettings } from "./logger.js";
import type { AjoEvent } from "./options.js";
import { processVariable } from "./process-variables.js";
import { validationError } from "./validation-error.js";

/** The parts of a request that a line can contain. */
export interface LoggedRequest {
  readonly method: string;
  readonly url: string;
  readonly requestId: string;
}

/** Writes one line for each event of a call. No line contains a header value, a body, or the value of a query parameter. */
export class Log {
  readonly #level: number;
  readonly #logger: Logger;
  readonly #mask: (text: string) => string;

  constructor(level: LogLevel, logger: Logger, mask: (text: string) => string) {
    this.#level = LOG_LEVELS.indexOf(level);
    this.#logger = logger;
    this.#mask = mask;
  }

  /** A failing logger must not fail the call. */
  write(level: Exclude<LogLevel, "off">, line: string): void {
    if (LOG_LEVELS.indexOf(level) > this.#level) return;
    ignoreErrors(() => this.#logger[level](`ajo-limits: ${this.#mask(line)}`));
  }

  /** `request` is that of the call. */
  event(event: AjoEvent, request: LoggedRequest | undefined): void {
    switch (event.type) {
      case "attempt":
        return this.write("debug", `${name(event)}: ${request ? describeRequest(request) : "only a token"}`);
      case "response":
        return this.write("debug", `${name(event)}: ${event.status ?? "no response"} after ${Math.round(event.durationMs)} ms`);
      case "retry":
        return this.write("warn", `${name(event)}: ${event.status ?? "no response"}; retrying in ${Math.round(event.afterMs)} ms`);
      case "token":
        if (event.source === "store") return this.write("debug", "the token store has a token");
        return event.ok ? this.write("info", "got a token") : this.write("warn", "a token request failed");
      case "store":
        return this.write("warn", event.problem);
    }
  }
}

/** The log of a client; `undefined` if it logs nothing. `where` names the constructor. */
export function createLog(where: string, { logLevel, logger }: LogSettings, mask: (text: string) => string): Log | undefined {
  const level = logLevel ?? levelFromEnv(where) ?? (logger === undefined ? "off" : "warn");
  const target = logger ?? (globalThis as { console?: Logger }).console;
  return level === "off" || target === undefined ? undefined : new Log(level, target, mask);
}

function levelFromEnv(where: string): LogLevel | undefined {
  const level = processVariable("AJO_LOG");
  return level === undefined ? undefined : parseLogLevel(where, level);
}

/** The level in AJO_LOG. */
export function parseLogLevel(where: string, level: string): LogLevel {
  if ((LOG_LEVELS as readonly string[]).includes(level)) return level as LogLevel;
  throw validationError(where, `AJO_LOG must be one of ${LOG_LEVELS.join(", ")}`);
}

function describeRequest({ method, url, requestId }: LoggedRequest): string {
  return `${method} ${url.replace(/=[^&]*/g, "=…")}, request id ${requestId}`;
}

function name({ operation, attempt }: { operation: string; attempt: number }): string {
  return `${operation} attempt ${attempt}`;
}
