/** Limits the search: some libraries attach whole clients to their errors. */
const MAX_VALUES = 2000;
/** Source text of a built-in function, in any realm. A bound function is native too, but has no name there. */
const NATIVE = /^function (?:get )?(\w+)\(\)\s*{\s*\[native code]\s*}$/;
/** Built-in classes without internal data, unlike `Map`, `Headers` or typed arrays. */
const TRANSPARENT = /^(Object|Array|DOMException|\w*Error)$/;

/** Newer engines define `stack` with an accessor that has no name but is the same for all errors. */
const STACK = Object.getOwnPropertyDescriptor(new Error(), "stack")?.get;

/** All property names and values reachable from an error, as one string. `undefined` if some data may be hidden. */
export function collectErrorText(error: unknown): string | undefined {
  const seen = new Set<any>([error]);
  let text = "";
  try {
    // A set iterates in insertion order, so the loop also reaches values that it adds.
    for (const value of seen) {
      text += "\n";
      if (Object(value) !== value) text += String(value);
      // Functions and instances of other classes can hold data that no property shows.
      else if (!isTransparent(value)) return undefined;
      else {
        for (const key of Reflect.ownKeys(value)) {
          const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
          // A custom getter can return another value each time, and a custom tag can hide the class.
          const isTrusted = "value" in property || property.get === STACK || nativeName(property.get);
          if (key === Symbol.toStringTag || !isTrusted) return undefined;
          seen.add(String(key)).add(value[key]);
        }
        // On some platforms these are not own properties.
        seen.add(value.message).add(value.stack);
        if (seen.size > MAX_VALUES) return undefined;
      }
    }
    return text;
  } catch {
    return undefined;
  }
}

function isTransparent(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  // Node.js implements `DOMException` in JavaScript, so its constructor is not native.
  if (prototype === null || prototype === globalThis.DOMException?.prototype) return true;
  const constructor = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return constructor.prototype === prototype && TRANSPARENT.test(nativeName(constructor) ?? "");
}

/** The name of a built-in function, or `undefined` for any other value. */
function nativeName(value: unknown): string | undefined {
  return NATIVE.exec(Function.prototype.toString.call(value))?.[1];
}
