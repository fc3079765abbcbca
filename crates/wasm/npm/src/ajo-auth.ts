import { GET_TOKEN } from "./actions.js";
import { type CheckedTokenOptions, readOptions, readTokenOptions } from "./arguments.js";
import { authHeaders, type AuthRequest, FETCH, readAuthRequest } from "./auth-request.js";
import { CallContext } from "./call-context.js";
import type { IssuedToken } from "./call-loop.js";
import { AjoAbortError, AjoFetchError, AjoHttpError } from "./errors.js";
import { CallProgress } from "./events.js";
import { ignoreErrors } from "./ignore-errors.js";
import type { AjoOptions, SandboxOption, TokenOptions } from "./options.js";
import type { FetchInput, FetchSettings, PlatformResponse } from "./platform.js";
import { startCall } from "./start-call.js";

const CONSTRUCTOR = "new AjoAuth";
const REDIRECTS = [301, 302, 303, 307, 308];

/** The second argument of `AjoAuth.fetch`. */
export type AuthFetchInit = FetchSettings & SandboxOption;

/**
 * Access tokens for any Adobe API that takes the credential of Adobe Journey Optimizer: journeys, campaigns, content, suppression lists.
 *
 * The constructor sends nothing. All calls share one token, and concurrent calls cause one token request. `sandbox` is optional.
 *
 * ```ts
 * const auth = new AjoAuth({ clientId, clientSecret, orgId, scopes, sandbox: "prod" });
 * const response = await auth.fetch("https://platform.adobe.io/ajo/journey");
 * console.log(response.status, await response.json());
 * ```
 */
export class AjoAuth {
  readonly #context: CallContext;

  /** @internal A minifier may have renamed the class. */
  static get name(): string {
    return "AjoAuth";
  }

  /** Throws an `AjoValidationError` for invalid options. */
  constructor(options: AjoOptions);
  /** @internal Shares the token of a client. */
  constructor(options: AjoOptions | CallContext);
  constructor(options: AjoOptions | CallContext) {
    if (options instanceof CallContext) {
      this.#context = options;
    } else {
      const { json, settings } = readOptions(CONSTRUCTOR, options, []);
      this.#context = new CallContext(CONSTRUCTOR, json, settings);
    }
    // Other libraries take a function.
    this.fetch = this.fetch.bind(this);
  }

  /**
   * The access token, a secret. Unless it is revoked, a token from the token endpoint is valid for at least another 30 seconds. Rejects with an
   * `AjoError`.
   */
  async token(options?: TokenOptions): Promise<string> {
    const name = "auth.token";
    return (await this.#issue(name, readTokenOptions(name, options, false))).token;
  }

  /**
   * The headers of a request to an API of Adobe Journey Optimizer: `authorization`, `x-api-key`, `x-gw-ims-org-id`, and `x-sandbox-name`.
   * They contain the token, so send them to Adobe only. {@link fetch} checks that.
   *
   * Most APIs need a sandbox. Without one, here and in the constructor, this rejects with an `AjoValidationError`. Pass
   * `{ sandbox: null }` for APIs of the organization, such as the list of sandboxes.
   */
  async headers(options?: TokenOptions & SandboxOption): Promise<Record<string, string>> {
    const name = "auth.headers";
    const checked = readTokenOptions(name, options, true);
    const headers = authHeaders(this.#context, name, checked.sandbox);
    const { token } = await this.#issue(name, checked);
    return { authorization: `Bearer ${token}`, ...headers };
  }

  /**
   * Sends a request like the global `fetch`, with the headers of {@link headers}. It needs no `this`, so you can pass it to other
   * libraries.
   *
   * The host must be `platform.adobe.io`, `cjm.adobe.io`, that of `baseUrl`, or in `allowedHosts`. Anything else rejects with an
   * `AjoValidationError` before anything is sent, as do a URL that is not absolute and your own value for one of the headers.
   *
   * After a 401 response it requests another token and repeats the request once, if the body can be sent again: any except a stream.
   * Otherwise you get the 401. There are no other retries, and no time limit besides your `signal`. A redirect is not followed, because
   * the token would go with it: it rejects with an `AjoHttpError`, or is the response if you pass `redirect: "manual"`.
   *
   * Of a `Request` it uses the URL, method, headers, body, and signal, and reads the whole body first. Errors of `fetch` are its own.
   */
  async fetch(url: FetchInput, init?: AuthFetchInit): Promise<PlatformResponse> {
    const request = await readAuthRequest(this.#context, url, init);
    const first = await this.#send(request, 1);
    if (first.status !== 401) return first.response;
    if (!this.#context.state.invalidate(first.generation) || !request.canResend) return first.response;
    ignoreErrors(() => (first.response as Response).body?.cancel());
    const second = await this.#send(request, 2);
    if (second.status === 401) this.#context.state.markRejected(second.generation);
    return second.response;
  }

  /** Rejects the current token: the next call requests another. Not needed after a 401 of {@link fetch}. */
  invalidate(): void {
    this.#context.state.invalidateLast();
  }

  async #issue(name: string, { settings, signal }: CheckedTokenOptions): Promise<IssuedToken> {
    const plan = { operation: GET_TOKEN, name, isIdempotent: true, settings: this.#context.forCall(name, settings) };
    return (await startCall(this.#context, () => ({ plan, signal }))) as IssuedToken;
  }

  async #send({ url, init, followsNone }: AuthRequest, attempt: number): Promise<SentRequest> {
    const { state, settings } = this.#context;
    const options = readTokenOptions(FETCH, { signal: init.signal ?? undefined }, false);
    const { token, generation } = await this.#issue(FETCH, options).catch((error: unknown) => {
      // As the global `fetch`.
      throw error instanceof AjoAbortError ? error.cause : error;
    });
    const fetch = (settings.fetch ?? globalThis.fetch) as unknown as typeof globalThis.fetch | undefined;
    if (typeof fetch !== "function") {
      const details = { code: "FETCH_REFUSED", operation: FETCH, hint: "Pass the option `fetch`.", retryable: false };
      throw new AjoFetchError(`${FETCH} failed: this environment has no global fetch`, details);
    }
    const logged = { method: init.method ?? "GET", url, requestId: init.headers["x-request-id"] ?? "" };
    const progress = new CallProgress(FETCH, logged, settings.onEvent, this.#context.log, attempt - 1);
    progress.startAttempt();
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
      progress.status = response.status;
    } catch (error) {
      throw state.secrets.redact(error);
    } finally {
      progress.endAttempt();
    }
    const { status, type, headers } = response;
    if (followsNone && (type === "opaqueredirect" || (REDIRECTS.includes(status) && headers.has("location")))) {
      ignoreErrors(() => response.body?.cancel());
      throw new AjoHttpError(`${FETCH} failed: the response is a redirect, which would get the access token`, {
        code: "API",
        // Browsers hide the status.
        status: status || undefined,
        operation: FETCH,
        attempts: attempt,
        retryable: false,
        hint: "Request the final URL, or pass `redirect: \"manual\"` to get this response.",
      });
    }
    return { response: response as unknown as PlatformResponse, status, generation };
  }
}

/** A response, and the generation of the token that was sent. */
interface SentRequest {
  readonly response: PlatformResponse;
  readonly status: number;
  readonly generation: number;
}
