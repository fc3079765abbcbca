/** A response without its body. */
export interface ResponseDetails {
  readonly status: number;
  /** The response headers, as `fetch` returned them. */
  readonly headers: ResponseHeaders;
  /** Identifier of the request, for Adobe's support. */
  readonly requestId: string;
  /** Number of attempts that the call needed. */
  readonly attempts: number;
}

/** The part of `Headers` that every runtime has. A mock of `fetch` may return an object instead. */
export interface ResponseHeaders {
  get(name: string): string | null;
}

/** The result of a call with its response. */
export interface ApiResponse<T> extends ResponseDetails {
  readonly data: T;
}

/** A call in progress: a promise of its result. Rejects with an `AjoError`. */
export interface ApiCall<T> extends Promise<T> {
  /** The result with status, headers, request id, and the number of attempts. */
  withResponse(): Promise<ApiResponse<T>>;
}
