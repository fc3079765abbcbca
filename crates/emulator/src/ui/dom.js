// Building and filling elements. Data comes in as text only: nothing here reads markup.

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; texts among the children become text nodes. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** A path, a URL or a name, which may go on in the next line at its own signs. */
export const breakable = (text) => text.split(/(?<=[./_])(?=.{3})/).flatMap((part, index) => (index === 0 ? [part] : [el('wbr'), part]));

/** Whether the data is another than the last time it was shown here; what is the same is left alone, and with it the focus. */
export function changed(element, data) {
  const text = JSON.stringify(data);
  if (shown.get(element) === text) return false;
  shown.set(element, text);
  return true;
}

const shown = new WeakMap();

const SIGNS = { created: '○', updated: '◐', deployed: '●' };

/** A state, told by its name and a sign, and by color only beside them. */
export const chip = (state) =>
  el('span', { class: `chip ${state}` }, el('span', { 'aria-hidden': 'true' }, SIGNS[state] ?? '?'), ` ${state}`);

/** A time in UTC; a number where no calendar reaches that far. */
export function time(millis) {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? `${millis} ms` : date.toISOString().replace('T', ' ').replace('Z', '');
}

/** One stop for Tab; the arrows go on from there. */
export function walkByArrows(container, selector) {
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
