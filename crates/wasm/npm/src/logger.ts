/** What to log: nothing, failed calls, also retries, also finished calls and token requests, or every attempt. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug";

/** The part of `console` that the client uses. */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

export const LOG_LEVELS: readonly LogLevel[] = ["off", "error", "warn", "info", "debug"];

/** The options for logging. */
export interface LogSettings {
  readonly logLevel: LogLevel | undefined;
  readonly logger: Logger | undefined;
}
