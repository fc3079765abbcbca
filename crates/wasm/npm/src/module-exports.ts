/**
 * Exports of the WebAssembly module. `now` is in milliseconds since 1970, `elapsed` in milliseconds on a monotonic clock, and `random`
 * in [0, 1). Functions that return a number return the next action of the call: see actions.ts.
 */
export interface ModuleExports {
  /** Creates a client. Options and result are JSON: {@link OpenResult}. */
  open(options: string): string;
  close(client: number): void;
  /** The token of the last action {@link SEND}, or of the last finished call for a token. */
  accessToken(client: number): string;
  /** The service rejected a token. Returns whether to try again with another one. */
  invalidate(client: number, generation: number, now: number): boolean;
  /** The service also rejected the replacement of a rejected token. For 30 seconds, further rejections lead to no token requests. */
  markRejected(client: number, generation: number, now: number): void;

  /** Creates a call and returns its number, which is never used again; 0 for an unknown client. Zero as a limit means the default. */
  begin(
    client: number,
    operation: number,
    attemptTimeoutMs: number,
    timeoutMs: number,
    maxAttempts: number,
    now: number,
    elapsed: number,
    random: number,
  ): number;
  step(call: number, input: number, value: number, now: number, elapsed: number, random: number): number;
  cancel(call: number, now: number, elapsed: number, random: number): void;
  /** Details of the last action of any call. */
  millis(): number;
  extra(): number;

  /** An error response of the service, or any response of the token endpoint. No body: it is too long. */
  respond(
    call: number,
    status: number,
    requestId: string | undefined,
    retryAfter: string | undefined,
    debugId: string | undefined,
    body: string | undefined,
    now: number,
    elapsed: number,
    random: number,
  ): number;
  sendFailed(call: number, problem: number, detail: string, now: number, elapsed: number, random: number): number;
  /** A response with a 2xx status and a body that the operation does not allow. */
  invalidBody(
    call: number,
    status: number,
    requestId: string | undefined,
    detail: string,
    now: number,
    elapsed: number,
    random: number,
  ): number;
  stored(call: number, value: string | undefined, now: number, elapsed: number, random: number): number;
  tokenReturned(call: number, token: string, now: number, elapsed: number, random: number): number;
  callbackFailed(call: number, timedOut: boolean, detail: string, now: number, elapsed: number, random: number): number;
  tokenRequestBody(call: number): string;
  storeKey(call: number): string;
  storeEntry(call: number): string;
  /** The error of a failed call as JSON. */
  takeError(call: number, operation: string, requestId: string): string;

  /** The body of a request with a definition; `undefined` for an invalid one: {@link takeProblem}. */
  encodeDefinition(operation: number, definition: string, orgId: string): string | undefined;
  /** The error of the last function that returned `undefined`, or of an invalid entry in the token store, as JSON. */
  takeProblem(operation: string): string;
  /** The problem with a uid, if it has one. It quotes the uid. */
  checkUid(uid: string): string | undefined;
  /** The problem with an additional header, if it has one. */
  checkHeader(name: string, value: string): string | undefined;
  /** Why the token must not be sent to a URL. */
  checkUrl(client: number, url: string): string | undefined;
  /** The problem with a path of a request, if it has one. */
  checkPath(path: string): string | undefined;
  /** The problem with the name of a sandbox, if it has one. */
  checkSandbox(name: string): string | undefined;
  definitionOf(api: string, config: string): string | undefined;
  validate(api: string, definition: string): string;
  redeploy(results: string): string;
  /** The service whose limit changes; `undefined` if it is not clear: {@link takeProblem}. */
  selectService(wanted: string | undefined, present: string): string | undefined;
  /** The calls of a change: 1 for `update`, plus 2 for a redeploy. */
  limitChange(isChanged: boolean, live: string): number;
}
