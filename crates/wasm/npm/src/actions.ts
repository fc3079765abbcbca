// The numbers of the boundary to the WebAssembly module. crates/wasm/src/ has the same.

/** The part of an action that is its code. The rest are flags. */
export const CODE = 0xff;

export const SEND = 0;
export const WAIT = 1;
export const REQUEST_TOKEN = 2;
export const READ_STORE = 3;
export const WRITE_STORE = 4;
export const LOCK_STORE = 5;
export const UNLOCK_STORE = 6;
export const CALLBACK = 7;
export const DONE = 8;
export const FAILED = 9;

/** Flags of an action: what happened since the last one. */
export const TOKEN_LOADED = 0x100;
export const ATTEMPT_STARTED = 0x200;
export const INVALID_ENTRY = 0x400;
export const TOKEN_REQUEST_SUCCEEDED = 0x800;
export const TOKEN_REQUEST_FAILED = 0x1000;

/** Inputs of a step. */
export const CONTINUE = 0;
export const SUCCEEDED = 1;
export const STORE_WRITTEN = 2;
export const STORE_LOCKED = 3;
export const STORE_BUSY = 4;
export const STORE_FAILED = 5;
export const STORE_TIMEOUT = 6;

/** Why a request failed. */
export const CONNECT = 0;
export const CERTIFICATE = 1;
export const TIMEOUT = 2;
export const DISCONNECTED = 3;
/** Nothing was sent, and a retry would not help. */
export const REFUSED = 4;
export const INVALID_REQUEST = 5;

/** Calls without a row in OPERATIONS, by their idempotency. */
export const UNLISTED = { safe: -1, idempotent: -2, "not-idempotent": -3 } as const;
/** A call that only gets a token. */
export const GET_TOKEN = -4;
