// Asks the npm package a question of the oracle, through its public API.
import { setNow, settle } from "./clock.mjs";

const IDENTITY = { clientId: "client-1", orgId: "A1@AdobeOrg", sandbox: "prod" };

/** Replies of the scripted `fetch`, and what was sent. */
let current;

export class Package {
  #ajo;
  /** Clients with a static token have no state, so they can be used again. */
  #clients = new Map();

  constructor(ajo) {
    this.#ajo = ajo;
  }

  /** Answers a question. `style` chooses between equal ways to call the package. */
  async ask(question, style) {
    if (question.validate !== undefined) return this.#validate(question.validate, style);
    if (question.definitionOf !== undefined) return this.#definitionOf(style);
    if (question.request !== undefined) return this.#request(question.request, style);
    if (question.authUrl !== undefined) return this.#authUrl(question.authUrl);
    return this.#call(question.call, style);
  }

  #validate({ api }, { value }) {
    return api === "capping" ? this.#ajo.validateCapping(value) : this.#ajo.validateThrottling(value);
  }

  #definitionOf({ value }) {
    try {
      return this.#ajo.definitionOf(value);
    } catch (error) {
      if (error instanceof this.#ajo.AjoValidationError) return null;
      throw error;
    }
  }

  async #request({ now, token, origin, method, path, response }, style) {
    setNow(now);
    current = { record: [], replies: [response], tokenReplies: [], requestIds: new Set(), bodies: [], style };
    const client = new this.#ajo.AjoClient({ ...IDENTITY, accessToken: token, baseUrl: `${origin}/base`, fetch: scriptedFetch });
    const { record, requestIds } = current;
    let error;
    try {
      await settle(client.request(method, path, { query: style.query, maxAttempts: 1 }));
    } catch (thrown) {
      error = describeError(thrown);
    }
    return { sent: record.map(({ method, url }) => ({ method, url })), requestIds, ...(error && { error }) };
  }

  /** Whether `auth.fetch` sends a request. */
  async #authUrl({ url, baseUrl, allowedHosts }) {
    let isSent = false;
    const fetch = async () => ((isSent = true), new Response());
    const auth = new this.#ajo.AjoAuth({ ...IDENTITY, accessToken: "oracle-token-0123456789", baseUrl, allowedHosts, fetch });
    const error = await settle(auth.fetch(url).then(() => undefined, (it) => it));
    if (error !== undefined && error.name !== "AjoValidationError") throw error;
    return isSent;
  }

  async #call(call, style) {
    setNow(call.now);
    current = { record: [], replies: [...(call.responses ?? [])], tokenReplies: [...(call.tokenResponses ?? [])], stored: call.stored, requestIds: new Set(), bodies: [], style };
    let client;
    try {
      client = this.#client(call, style);
    } catch (error) {
      return { opened: describeError(error) };
    }
    if (call.operation === undefined) return { opened: true };
    const [api, verb] = call.operation.split(".");
    const args = [call.uid, style.definition].filter((it) => it !== undefined);
    const options = {
      ...(call.headers?.length && { headers: style.headersAsObject ? Object.fromEntries(call.headers) : call.headers }),
      ...(call.maxAttempts !== undefined && { maxAttempts: call.maxAttempts }),
      ...(call.force && { force: true }),
    };
    const { record, requestIds, bodies } = current;
    if (call.rating !== undefined) return { ...(await this.#setRating(client, call, options)), requestIds };
    try {
      const value = await settle(client[api][verb](...args, options));
      return { sent: record, value, requestIds, bodies };
    } catch (error) {
      return { sent: record, error: describeError(error), requestIds };
    }
  }

  async #setRating(client, { uid, rating }, options) {
    const { record } = current;
    const problem = await settle(client.capping.setRating(uid, rating, options).then(() => null, (error) => error));
    if (problem !== null && !(problem instanceof this.#ajo.AjoError)) throw problem;
    // The command does not compare the rating that it reads back.
    const name = problem === null || problem.code === "CONFLICT" ? null : problem.name === "AjoValidationError" ? "INVALID" : "call";
    return { sent: record.map(({ method, url, body }) => [method, url, body && JSON.parse(body)]), problem: name };
  }

  #client(call, style) {
    const { clientId, clientSecrets, orgId, scopes, sandbox, credentials, credentialName, accessToken, hasTokenFunction, tokenStore, baseUrl, imsUrl, headers } = call.options;
    if (call.options.variables !== undefined) return this.#ajo.AjoClient.fromEnv(call.options.variables, { fetch: scriptedFetch });
    const isStateless = accessToken !== undefined && !hasTokenFunction && call.maxAttempts === 1;
    const key = isStateless ? JSON.stringify(call.options) : undefined;
    const cached = this.#clients.get(key);
    if (cached !== undefined) return cached;
    const options = {
      ...(credentials === undefined ? { clientId, orgId } : { credentials: style.credentials ?? credentials }),
      ...(credentialName !== undefined && { credentialName }),
      ...(clientSecrets !== undefined && (clientSecrets.length === 1 && style.isSingleSecret ? { clientSecret: clientSecrets[0] } : { clientSecrets })),
      ...(scopes !== undefined && { scopes: style.scopes ?? scopes }),
      ...(hasTokenFunction ? { accessToken: () => accessToken } : accessToken !== undefined && { accessToken }),
      ...(tokenStore && { tokenStore: STORE }),
      ...(baseUrl !== undefined && { baseUrl }),
      ...(imsUrl !== undefined && { imsUrl }),
      ...(headers?.length && { headers: style.headersAsObject ? Object.fromEntries(headers) : headers }),
      sandbox,
      fetch: scriptedFetch,
    };
    const client = new this.#ajo.AjoClient(options);
    if (isStateless) {
      if (this.#clients.size > 20) this.#clients.clear();
      this.#clients.set(key, client);
    }
    return client;
  }
}

const STORE = {
  get(key) {
    current.record.push({ read: key });
    return current.stored;
  },
  set(key, entry, ttlSeconds) {
    current.record.push({ write: key, entry, ttlSeconds });
  },
};

async function scriptedFetch(url, init) {
  // As pairs, because `Headers` of Node.js loses a field `__proto__`.
  const headers = Object.fromEntries(new Headers(Object.entries(init.headers)));
  const isToken = headers.authorization === undefined;
  if (isToken) {
    current.record.push({ token: String(url), body: String(init.body) });
  } else {
    const id = headers["x-request-id"];
    current.requestIds.add(id);
    current.record.push({ method: init.method, url: String(url), headers, body: init.body ?? null });
  }
  const reply = (isToken ? current.tokenReplies : current.replies).shift() ?? { problem: "disconnected", body: "the script has no more responses" };
  if (reply.problem !== undefined) throw networkError(reply);
  if (!isToken) current.bodies.push(reply.body);
  return response(reply);
}

const CODES = { connect: "ECONNREFUSED", certificate: "CERT_HAS_EXPIRED", disconnected: "ECONNRESET" };

/** An error as undici throws it. */
function networkError({ problem, body }) {
  const code = CODES[problem];
  return Object.assign(new TypeError(body), { cause: Object.assign(new Error(body), { code, syscall: problem === "disconnected" ? "read" : "connect" }) });
}

/** A response of the platform, or a mock, which costs less and may have any status and header. */
function response({ status, headers = {}, body }) {
  const { style } = current;
  const canBeReal = status >= 200 && status <= 599 && ![204, 205, 304].includes(status);
  if (style.isRealResponse && canBeReal) {
    try {
      return new Response(Buffer.from(withByteOrderMark(body)), { status, headers });
    } catch {
      // Not a valid header.
    }
  }
  return { status, headers: { get: (name) => headers[name.toLowerCase()] ?? null }, text: async () => withByteOrderMark(body) };
}

/** The client removes one byte order mark. */
function withByteOrderMark(body) {
  return current.style.hasByteOrderMark || body.startsWith("\ufeff") ? `\ufeff${body}` : body;
}

export function describeError(error) {
  const { code, message, status, requestId, operation, attempts, hint, outcome, retryable, retryAfterMs, body } = error;
  return { class: error.name, code, message, status, requestId, operation, attempts, hint, outcome, retryable, retryAfterMs, body };
}
