import type { ClientState } from "./client-state.js";
import { type CoreError, toAjoError } from "./core-error.js";
import { AjoValidationError } from "./errors.js";
import type { OperationRow } from "./generated/operations.js";
import type { HttpRequest } from "./send.js";
import { uidProblem } from "./success.js";
import * as wasm from "./wasm-instance.js";

const JSON_MEDIA_TYPE = "application/json";

const UNKNOWN_FIELD = "Convert a configuration with `definitionOf` first. Put fields that this version does not know into `extra`.";

/** A request without its token. */
export interface UnauthorizedRequest extends HttpRequest {
  readonly requestId: string;
}

/** Additional headers by lower-case name. */
export type HeaderRecord = Readonly<Record<string, string>>;

/** The headers that identify the client. Source: the vendor's specification and the gateway's documentation. */
export function identityHeaders({ identity: { clientId, orgId, sandbox } }: ClientState): HeaderRecord {
  return { "x-api-key": clientId, "x-gw-ims-org-id": orgId, ...(sandbox !== undefined && { "x-sandbox-name": sandbox }) };
}

/** The arguments of an operation. */
export interface RequestArguments {
  readonly uid: string | undefined;
  /** The definition as JSON. */
  readonly definition: string | undefined;
  /** Options of the operation that are set, such as `force`. */
  readonly flags: readonly string[];
}

/** Builds the request of an operation. Throws an `AjoValidationError` for an invalid uid or definition. */
export function operationRequest(
  state: ClientState,
  headers: HeaderRecord,
  index: number,
  row: OperationRow,
  { uid, definition, flags }: RequestArguments,
): UnauthorizedRequest {
  const name = operationName(row);
  const query = flags.map((flag) => `${row.query?.[flag]}=true`).join("&");
  const path = uid === undefined ? row.path : row.path.replace("{uid}", checkedUid(name, uid));
  const body = definition === undefined ? (row.body as string | undefined) : encodeDefinition(state, index, name, definition);
  const url = state.identity.baseUrl + path + (query && `?${query}`);
  return jsonRequest(row.method, url, headers, body, !row.noContent);
}

/** A request whose body, if it has one, is JSON. */
export function jsonRequest(
  method: string,
  url: string,
  shared: HeaderRecord,
  body: string | undefined,
  acceptsJson = true,
): UnauthorizedRequest {
  const requestId = newRequestId();
  const headers: Record<string, string> = { ...shared };
  if (acceptsJson) headers["accept"] = JSON_MEDIA_TYPE;
  if (body !== undefined) headers["content-type"] = JSON_MEDIA_TYPE;
  headers["x-request-id"] = requestId;
  return { method, url, headers, body, requestId };
}

export function operationName({ api, name }: OperationRow): string {
  return `${api}.${name}`;
}

/** A valid uid needs no percent-encoding. */
function checkedUid(name: string, uid: string): string {
  const problem = uidProblem(uid);
  if (problem !== undefined) throw invalidInput(name, problem);
  return uid;
}

function encodeDefinition({ identity: { orgId } }: ClientState, index: number, name: string, definition: string): string {
  const body = wasm.run((it) => it.encodeDefinition(index, definition, orgId));
  if (body !== undefined) return body;
  const error: CoreError = JSON.parse(wasm.run((it) => it.takeProblem(name)));
  throw toAjoError(error.message.includes("unknown field") ? { ...error, hint: UNKNOWN_FIELD } : error);
}

/** Invalid arguments of a call. Nothing was sent. */
export function invalidInput(operation: string, problem: string): AjoValidationError {
  return new AjoValidationError(`${operation} failed: ${problem}`, { code: "INVALID", operation, retryable: false });
}

/** A random UUID of version 4. It need not be secure: browsers have `crypto.randomUUID` in secure contexts only. */
function newRequestId(): string {
  const id = globalThis.crypto?.randomUUID?.();
  if (id !== undefined) return id;
  const hex = (digits: number): string => Math.floor(Math.random() * 16 ** digits).toString(16).padStart(digits, "0");
  const variant = "89ab"[Math.floor(Math.random() * 4)];
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
