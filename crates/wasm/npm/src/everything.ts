/** Most values of an error that are looked through: some libraries hang whole clients on theirs. */
const MOST_VALUES = 2000;
/** How the platform's functions are written, in whichever realm. A bound one, which is native too, has no name there. */
const NATIVE = /^function (?:get )?(\w+)\(\)\s*{\s*\[native code]\s*}$/;
/** Of the platform's classes, those that keep nothing but what their properties say; a `Map`, `Headers` or bytes do. */
const OPEN = /^(Object|Array|DOMException|\w*Error)$/;

/** Newer engines give every error its stack by an accessor of its own, which has no name but is the same for all. */
const STACK = Object.getOwnPropertyDescriptor(new Error(), "stack")?.get;

/** All that can be found in an error, of its properties and their names. `undefined` if there may be more to it. */
export function everythingOf(error: unknown): string | undefined {
  const seen = new Set<any>([error]);
  let text = "";
  try {
    // A set is walked in the order of insertion, so what is added below is reached as well.
    for (const value of seen) {
      text += "\n";
      if (Object(value) !== value) text += String(value);
      // A function can keep anything, and so can what is of somebody's class.
      else if (!isPlain(value)) return undefined;
      else {
        for (const key of Reflect.ownKeys(value)) {
          const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
          // An accessor can say something else whenever it is asked, and a tag hides what it is in.
          const known = "value" in property || property.get === STACK || nameOf(property.get);
          if (key === Symbol.toStringTag || !known) return undefined;
          seen.add(String(key)).add(value[key]);
        }
        // Some platforms keep these where no property shows them.
        seen.add(value.message).add(value.stack);
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
  // Node.js has written its `DOMException` in JavaScript.
  if (prototype === null || prototype === globalThis.DOMException?.prototype) return true;
  const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return made.prototype === prototype && OPEN.test(nameOf(made) ?? "");
}

/** The name of a function that comes with the platform. */
function nameOf(made: unknown): string | undefined {
  return NATIVE.exec(Function.prototype.toString.call(made))?.[1];
}
