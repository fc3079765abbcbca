// The address selects organization, configuration, and view.

/** The value of `org`, `config`, or `view`: any text, or null. */
export const selected = (name) => new URLSearchParams(location.search).get(name);

/** The address with these values; null removes one. */
export function addressWith(values) {
  const address = new URL(location.href);
  address.hash = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  return address.href;
}

/** Selects these values. The back button returns to the last selection of a person. */
export function select(values, byPerson = true) {
  const address = addressWith(values);
  if (address !== location.href) history[byPerson ? 'pushState' : 'replaceState'](null, '', address);
}
