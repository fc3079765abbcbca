/** Throws a `TypeError` if the argument of a factory lacks one of these methods. The error does not contain the argument. */
export function checkMethods(factory: string, expected: string, value: unknown, ...methods: string[]): void {
  const missing = methods.find((name) => typeof (value as Record<string, unknown> | null | undefined)?.[name] !== "function");
  if (missing !== undefined) throw new TypeError(`${factory} needs ${expected}, but its argument has no method \`${missing}\`; check the binding in the Worker's configuration`);
}
