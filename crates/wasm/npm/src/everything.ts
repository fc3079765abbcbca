/** Most values of an error that are looked through: some libraries hang whole clients on theirs. */
const MOST_VALUES = 2000;
/** How the platform's constructors of errors and plain values are written, in whichever realm. Nothing else can be written so. */
const PLATFORM = /^function (Object|Array|\w*Error|DOMException)\(\)\s*\{\s*\[native code\]\s*\}$/;
/** How the platform's accessors are written; a bound function, which is native too, has no name there. */
const ACCESSOR = /^function (get )?\w+\(\)\s*\{\s*\[native code\]\s*\}$/;
/** What an error may keep where no property shows it. */
const SLOTS = ["name", "message", "stack"];

/** All that can be found in an error, of its properties and their names. `undefined` if there may be more to it. */
export function everythingOf(error: unknown): string | undefined {
  const seen = new Set<unknown>([error]);
  let text = "";
  try {
    // A set is walked in the order of insertion, so what is added below is reached as well.
    for (const value of seen) {
      if (Object(value) !== value) text += `${String(value)}\n`;
      // A function can keep anything, and so can what is of a class.
      else if (typeof value === "function" || !isPlain(value as object)) return undefined;
      else {
        for (const key of Reflect.ownKeys(value as object)) {
          const { get, set } = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
          // An accessor can say something else whenever it is asked, and a tag hides what it is in.
          if (key === Symbol.toStringTag || ((get ?? set) !== undefined && !ACCESSOR.test(sourceOf(get)))) return undefined;
          text += `${String(key)}\n`;
          seen.add((value as Record<PropertyKey, unknown>)[key]);
        }
        for (const name of SLOTS) seen.add((value as Record<string, unknown>)[name]);
        if (seen.size > MOST_VALUES) return undefined;
      }
    }
    return text;
  } catch {
    return undefined;
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === globalThis.DOMException?.prototype) return true;
  const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return made?.prototype === prototype && PLATFORM.test(sourceOf(made));
}

function sourceOf(made: unknown): string {
  return Function.prototype.toString.call(made);
}
