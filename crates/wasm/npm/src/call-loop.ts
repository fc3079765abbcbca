import type { ActionScope } from "./action-scope.js";
import {
  ATTEMPT_STARTED,
  CALLBACK,
  CODE,
  CONTINUE,
  DONE,
  FAILED,
  INVALID_ENTRY,
  REQUEST_TOKEN,
  SEND,
  SUCCEEDED,
  TOKEN_LOADED,
  TOKEN_REQUEST_FAILED,
  TOKEN_REQUEST_SUCCEEDED,
  WAIT,
} from "./actions.js";
import type { ResponseDetails } from "./api-call.js";
import type { CallContext, RequestSettings } from "./call-context.js";
import { Aborted, type CallSignal } from "./call-signal.js";
import { type CoreError, toAjoError } from "./core-error.js";
import { AjoAbortError, AjoInternalError } from "./errors.js";
import { CallProgress } from "./events.js";
import { ModuleCall } from "./module-call.js";
import type { ReleaseLock } from "./options.js";
import type { UnauthorizedRequest } from "./request.js";
import { type HttpResponse, isSuccess, readHeader, send } from "./send.js";
import { reportSendFailure } from "./send-failure.js";
import { performStoreAction } from "./store-actions.js";
import { MAX_BODY_BYTES, MAX_ERROR_BODY_BYTES, type ReadSuccess } from "./success.js";
import { callTokenFunction, requestToken } from "./token-actions.js";
import * as wasm from "./wasm-instance.js";
import { wait } from "./with-timeout.js";

/** Hint for a call with an unknown outcome: repeating a `create` that was processed makes a second configuration. */
const OUTCOME_UNKNOWN = "The service may have processed the call. Check before you retry it.";

/** What a call sends, and how its success is read. */
export interface CallPlan {
  /** The operation's number in the module. */
  readonly operation: number;
  /** The operation's name for errors and events. */
  readonly name: string;
  readonly isIdempotent: boolean;
  readonly settings: RequestSettings;
  /** Absent for a call that only gets a token. */
  readonly request?: UnauthorizedRequest;
  readonly readSuccess?: ReadSuccess;
}

/** The value of a call that only gets a token. */
export interface IssuedToken {
  readonly token: string;
  readonly generation: number;
}

/** Performs the actions of a call, one after the other, until the module reports the result. */
export class CallLoop implements ActionScope {
  readonly context: CallContext;
  readonly signal: CallSignal;
  readonly progress: CallProgress;
  readonly locks = new Map<number, ReleaseLock>();
  declare call: ModuleCall;
  cause: unknown;
  hint: string | undefined;
  readonly #plan: CallPlan;
  #response: HttpResponse | undefined;
  #value: unknown;
  /** Whether the request of the operation may be on its way. */
  #isSending = false;

  constructor(context: CallContext, plan: CallPlan, signal: CallSignal) {
    this.context = context;
    this.signal = signal;
    this.progress = new CallProgress(plan.name, plan.request, context.settings.onEvent, context.log);
    this.#plan = plan;
  }

  /** The last response. Only a call that has succeeded has one. */
  get response(): ResponseDetails {
    const { status, headers } = this.#response as HttpResponse;
    return { status, headers, requestId: this.#plan.request?.requestId ?? "", attempts: this.progress.attempts };
  }

  /** Performs the call. Rejects with an `AjoError`. */
  async run(): Promise<unknown> {
    let isPending = false;
    try {
      if (this.signal.aborted) throw new Aborted();
      const { operation, settings } = this.#plan;
      this.call = new ModuleCall(this.context.state.number(), operation, settings.limits);
      isPending = true;
      let action = this.call.step(CONTINUE);
      for (;;) {
        this.#report(action);
        const code = action & CODE;
        if (code === DONE || code === FAILED) {
          isPending = false;
          this.progress.endAttempt();
          if (code === FAILED) throw this.#takeError();
          this.progress.succeed();
          return this.#plan.request ? this.#value : this.#issuedToken();
        }
        // An event listener may have aborted, while no action was running.
        if (this.signal.aborted) throw new Aborted();
        action = await this.#perform(code);
      }
    } catch (error) {
      if (isPending) this.call.cancel();
      const failure = error instanceof Aborted ? this.#abortError() : error;
      // An error of the module itself does not know the call that it ends.
      if (failure instanceof AjoInternalError) Object.assign(failure, this.#details());
      this.progress.fail(failure);
      throw failure;
    } finally {
      this.signal.release();
    }
  }

  #issuedToken(): IssuedToken {
    const generation = wasm.run((it) => it.extra());
    return { token: this.context.state.token(generation), generation };
  }

  /** Emits the events of an action's flags. */
  #report(action: number): void {
    if (action <= CODE) return;
    const { progress } = this;
    // An attempt is a request to the service.
    if (action & ATTEMPT_STARTED && this.#plan.request) progress.startAttempt();
    if (action & TOKEN_LOADED) progress.emit({ type: "token", source: "store", ok: true });
    if (action & INVALID_ENTRY) {
      const { message } = JSON.parse(wasm.run((it) => it.takeProblem("")));
      progress.emit({ type: "store", problem: this.context.state.secrets.mask(message) });
    }
    if (action & TOKEN_REQUEST_SUCCEEDED) progress.emit({ type: "token", source: "tokenEndpoint", ok: true });
    if (action & TOKEN_REQUEST_FAILED) progress.emit({ type: "token", source: "tokenEndpoint", ok: false });
  }

  #perform(code: number): Promise<number> {
    const millis = wasm.run((it) => it.millis());
    const extra = wasm.run((it) => it.extra());
    switch (code) {
      case SEND:
        return this.#send(millis, extra);
      case WAIT:
        if (extra === 1) this.progress.retry(millis);
        return this.#wait(millis);
      case REQUEST_TOKEN:
        return requestToken(this, millis);
      case CALLBACK:
        return callTokenFunction(this, millis);
      default:
        return performStoreAction(this, code, millis, extra);
    }
  }

  async #wait(millis: number): Promise<number> {
    await wait(this.signal, millis);
    return this.call.step(CONTINUE);
  }

  async #send(timeoutMs: number, generation: number): Promise<number> {
    const { request, settings } = this.#plan as Required<CallPlan>;
    const headers = { ...request.headers, authorization: this.context.state.authorization(generation) };
    const limits = { timeoutMs, maxBytes: MAX_BODY_BYTES, maxErrorBytes: MAX_ERROR_BODY_BYTES };
    this.progress.status = undefined;
    this.#isSending = true;
    let response: HttpResponse;
    try {
      response = await send({ ...request, headers }, limits, this.context.settings.fetch, settings.fetchOptions, this.signal);
    } catch (error) {
      const action = reportSendFailure(this, error);
      this.#isSending = false;
      return action;
    }
    this.#isSending = false;
    this.cause = undefined;
    this.#response = response;
    this.progress.status = response.status;
    return isSuccess(response.status) ? this.#succeed(response) : this.#respond(response);
  }

  #succeed({ status, text, headers }: HttpResponse): number {
    const body = (this.#plan as Required<CallPlan>).readSuccess(text);
    if ("value" in body) {
      this.#value = body.value;
      return this.call.step(SUCCEEDED);
    }
    const requestId = readHeader(headers, "x-request-id");
    return this.call.report("invalidBody", status, requestId, body.problem);
  }

  #respond({ status, text, headers }: HttpResponse): number {
    const [requestId, retryAfter, debugId] = ["x-request-id", "retry-after", "x-debug-id"].map((name) => readHeader(headers, name));
    return this.call.report("respond", status, requestId, retryAfter, debugId, text);
  }

  #takeError(): unknown {
    const { name, request } = this.#plan;
    const error: CoreError = JSON.parse(this.call.takeError(name, request?.requestId ?? ""));
    return toAjoError({ ...error, ...(this.hint && { hint: this.hint }) }, this.cause);
  }

  #abortError(): AjoAbortError {
    const { name, isIdempotent } = this.#plan;
    const cause = this.context.state.secrets.redact(this.signal.reason);
    const hint = this.#isSending && !isIdempotent ? OUTCOME_UNKNOWN : undefined;
    return new AjoAbortError(`${name}: aborted by the caller's signal`, { code: "ABORTED", ...this.#details(), hint, cause });
  }

  /** Error details of a call that ended early. */
  #details(): { operation: string; attempts: number; hint?: string } {
    const { attempts } = this.progress;
    return { operation: this.#plan.name, attempts, ...(attempts > 0 && { hint: OUTCOME_UNKNOWN }) };
  }
}
