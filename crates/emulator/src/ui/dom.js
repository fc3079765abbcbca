// Creates and fills elements. Data is only inserted as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** Creates an element with attributes and children; strings become text nodes. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Allows line breaks after `.`, `/` and `_`. */
export const breakable = (text) => text.split(/(?<=[./_])(?=.{3})/).flatMap((part, index) => (index === 0 ? [part] : [el('wbr'), part]));

/** Whether the data differs from the last call for this element. Unchanged elements are not redrawn and retain the focus. */
export function changed(element, data) {
  const text = JSON.stringify(data);
  if (lastData.get(element) === text) return false;
  lastData.set(element, text);
  return true;
}

const lastData = new WeakMap();

const SYMBOLS = { created: '○', updated: '◐', deployed: '●' };

/** A state, shown by name and symbol, not by color alone. */
export const chip = (state) =>
  el('span', { class: `chip ${state}` }, el('span', { 'aria-hidden': 'true' }, SYMBOLS[state] ?? '?'), ` ${state}`);

/** The methods of a definition. */
export const methods = (definition) => [definition.methods ?? []].flat().join(', ');

/** A time in UTC; milliseconds if out of range for a date. */
export function time(millis) {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? `${millis} ms` : date.toISOString().replace('T', ' ').replace('Z', '');
}

/** Makes a list one Tab stop; arrow keys move within it. */
export function enableArrowKeys(container, selector) {
  container.addEventListener('keydown', (event) => {
    const items = [...container.querySelectorAll(selector)];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (at < 0 || to === undefined || !items[to]) return;
    event.preventDefault();
    for (const item of items) item.tabIndex = -1;
    items[to].tabIndex = 0;
    items[to].focus();
  });
}
