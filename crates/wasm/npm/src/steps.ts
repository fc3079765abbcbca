import { type CallTexts, kindOf } from "./arguments.js";
import { bounded } from "./bounded.js";
import { AjoAbortError, AjoInternalError } from "./errors.js";
import { errorOf } from "./failure.js";
import { NOT_IDEMPOTENT } from "./generated/operations.js";
import { Aborted, type Interrupt } from "./interrupt.js";
import type { AjoEvent, Helpers } from "./options.js";
import { codesOf } from "./reason.js";
import type { Secrets } from "./secrets.js";
import { isAuthorization, problemOf, type Request, send, type Sent } from "./send.js";
import type { Session, Turn } from "./session.js";
import type { Step } from "./step.js";
import { unheard } from "./unheard.js";

/** Of a call that the core broke down in, and of a creation whose answer was not awaited: a second one makes a second configuration. */
const UNKNOWN = "Whether the service did it is unknown: look first.";

/** Carries one call out: does what the core asks for, one step at a time, until it is over. */
export async function carryOut(
  session: Session,
  helpers: Helpers,
  operation: string,
  texts: CallTexts,
): Promise<unknown> {
  const { interrupt } = texts;
  const driver = new CallDriver(operation, helpers, interrupt, session.secrets);
  try {
    return await driver.run(() => session.start(texts));
  } catch (error) {
    // The core's own failure, which knows nothing of the call that it ends.
    if (error instanceof AjoInternalError) Object.assign(error, driver.known());
    throw error;
  } finally {
    interrupt.release();
  }
}

class CallDriver {
  #operation: string;
  #attempts = 0;
  #helpers: Helpers;
  #interrupt: Interrupt;
  #secrets: Secrets;
  /** The platform's last error, unless something has worked since. */
  #cause: unknown;
  /** The last answer's. */
  #body = "";

  constructor(operation: string, helpers: Helpers, interrupt: Interrupt, secrets: Secrets) {
    this.#operation = operation;
    this.#helpers = helpers;
    this.#interrupt = interrupt;
    this.#secrets = secrets;
  }

  async run(start: () => Turn): Promise<unknown> {
    if (this.#interrupt.aborted) throw this.#aborted();
    const turn = start();
    for (;;) {
      const { step } = turn;
      this.#tell(step.events);
      if (step.done !== undefined) return valueOf(this.#body, step.done);
      if (step.failed !== undefined) throw errorOf(step.failed, this.#cause);
      const { answer, body, error } = await this.#performed(turn);
      if (step.wait === undefined) this.#cause = error;
      if (step.send !== undefined) this.#body = body;
      turn.resume(answer, body);
    }
  }

  /** Performs a step, or gives the whole call up. */
  async #performed(turn: Turn): Promise<Sent> {
    const { step } = turn;
    let sent: Request | undefined;
    try {
      // A listener may have aborted, when nothing was there to be stopped.
      if (this.#interrupt.aborted) throw new Aborted();
      sent = step.send;
      return await this.#perform(step);
    } catch (error) {
      turn.cancel();
      if (!(error instanceof Aborted)) throw error;
      // A request for a token has no token.
      const unclear = NOT_IDEMPOTENT.includes(this.#operation) && sent?.headers.some(isAuthorization);
      throw this.#aborted(unclear ? UNKNOWN : undefined);
    }
  }

  #aborted(hint?: string): AjoAbortError {
    const cause = this.#secrets.clean(this.#interrupt.reason);
    return new AjoAbortError(`${this.#operation}: aborted by the caller's signal`, { code: "ABORTED", ...this.known(), hint, cause });
  }

  /** What is known of a call that did not come to its end. */
  known(): { operation: string; attempts: number; hint?: string } {
    return { operation: this.#operation, attempts: this.#attempts, ...(this.#attempts > 0 && { hint: UNKNOWN }) };
  }

  async #perform(step: Step): Promise<Sent> {
    const { send: request, token, storeGet, storeSet } = step;
    if (request !== undefined) return send(request, this.#helpers.fetch, this.#interrupt, this.#secrets);
    // To wait is to ask for what never comes, until the time is over.
    if (step.wait !== undefined) return { ...(await this.#ask({ timeoutMs: step.wait }, () => new Promise(() => {}))), answer: {} };
    const { accessToken, tokenStore } = this.#helpers;
    if (token !== undefined) {
      return this.#ask(token, async () => {
        const given = textOf("accessToken", await accessToken?.());
        this.#secrets.add(given);
        return { token: given };
      });
    }
    if (storeGet !== undefined) {
      return this.#ask(storeGet, async () => {
        // What a store answers for nothing: null (Workers KV, Redis) or undefined (a Map).
        // What it fails with may repeat a value that is not known here, so its words are not told.
        const read = (async () => tokenStore?.get(storeGet.key))().catch((error: unknown) => Promise.reject(new Error(codesOf(error))));
        const value = (await read) ?? null;
        if (value !== null) this.#secrets.addStored(textOf("the store", value));
        return { value };
      });
    }
    if (storeSet !== undefined) {
      const { key, value, ttlSeconds } = storeSet;
      this.#secrets.addStored(value);
      return this.#ask(storeSet, async () => {
        await tokenStore?.set(key, value, ttlSeconds);
        return {};
      });
    }
    throw new AjoInternalError("an unknown step", { code: "INTERNAL" });
  }

  /** Asks one of the caller's own functions. */
  async #ask({ timeoutMs }: { timeoutMs: number }, work: () => Promise<object>): Promise<Sent> {
    try {
      return { answer: await bounded(this.#interrupt, timeoutMs, work), body: "" };
    } catch (error) {
      return problemOf(error, "broken", this.#secrets);
    }
  }

  #tell(events: AjoEvent[] | undefined): void {
    for (const event of events ?? []) {
      if (event.type === "attempt") this.#attempts = event.attempt;
      // Who watches must not be able to make a call fail.
      unheard(() => this.#helpers.onEvent?.(event));
    }
  }
}

/** What the core has found to be the value in a body that it has read. */
function valueOf(body: string, field: string | null): unknown {
  if (field === null) return undefined;
  const answer = JSON.parse(body);
  if (field === "") return answer;
  const value = answer[field];
  // The service leaves out a list that is empty.
  return field === "canDeploy" ? { ...value, errors: value.errors ?? [], warnings: value.warnings ?? [] } : value;
}

/** What one of the caller's own functions gave. */
function textOf(what: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`${what} gave ${kindOf(value)} in place of a string`);
  return value;
}
