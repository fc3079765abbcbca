import { UNLISTED } from "./actions.js";
import type { ApiCall } from "./api-call.js";
import { readRequestOptions } from "./arguments.js";
import { validationError } from "./validation-error.js";
import type { CallContext } from "./call-context.js";
import { invalidInput, jsonRequest } from "./request.js";
import { startCall } from "./start-call.js";
import { readJson } from "./success.js";
import * as wasm from "./wasm-instance.js";

/** A method of `AjoClient.request`. */
export type RequestMethod = "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "POST" | "PATCH";

/** Idempotency of the methods (RFC 9110, section 9.2). */
const METHODS: Record<RequestMethod, keyof typeof UNLISTED> = {
  GET: "safe",
  HEAD: "safe",
  OPTIONS: "safe",
  PUT: "idempotent",
  DELETE: "idempotent",
  POST: "not-idempotent",
  PATCH: "not-idempotent",
};

/** Starts a request without a row in OPERATIONS. Errors in the arguments reject the call. */
export function startRequest(context: CallContext, method: unknown, path: unknown, options: unknown): ApiCall<unknown> {
  return startCall(context, () => {
    const idempotency = typeof method === "string" && Object.hasOwn(METHODS, method) ? METHODS[method as RequestMethod] : undefined;
    if (idempotency === undefined) throw validationError("request", `the method must be one of ${Object.keys(METHODS).join(", ")}`);
    if (typeof path !== "string") throw validationError("request", "the path must be a string");
    const pathProblem = wasm.run((it) => it.checkPath(path));
    if (pathProblem !== undefined) throw validationError("request", pathProblem);
    const name = `${method} ${path}`;
    const { settings, signal, query, body } = readRequestOptions(name, options);
    if (body !== undefined && (method === "GET" || method === "HEAD")) throw validationError(name, "a GET or HEAD request has no body");
    const { accept, "content-type": contentType, ...headers } = settings?.headers ?? {};
    const forCall = context.forCall(name, settings && { ...settings, headers });
    const request = jsonRequest(method as string, context.state.identity.origin + path + query, forCall.headers, body);
    for (const [header, value] of Object.entries({ accept, "content-type": contentType })) {
      if (value === undefined) continue;
      // Not a reserved name, so only the value is checked.
      if (wasm.run((it) => it.checkHeader("x", value)) !== undefined) {
        throw invalidInput(name, `header \`${header}\`: the value has characters that cannot be sent`);
      }
      request.headers[header] = value;
    }
    const isIdempotent = idempotency !== "not-idempotent";
    return { plan: { operation: UNLISTED[idempotency], name, isIdempotent, settings: forCall, request, readSuccess: readJson }, signal };
  });
}
