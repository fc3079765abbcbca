const made = new WeakSet<object>();

/** `fetch` gave something that cannot be used as a response: a mistake in a mock or a wrapper, which does not pass by itself. */
export function misfit(problem: string): TypeError {
  const error = new TypeError(problem);
  made.add(error);
  return error;
}

export function isMisfit(error: unknown): boolean {
  return made.has(error as object);
}
