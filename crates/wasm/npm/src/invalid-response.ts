const errors = new WeakSet<object>();

/** An error for a return value of `fetch` that is no usable response. A mock or wrapper is wrong, so a retry would not help. */
export function invalidResponse(message: string): TypeError {
  const error = new TypeError(message);
  errors.add(error);
  return error;
}

export function isInvalidResponse(error: unknown): boolean {
  return errors.has(error as object);
}
