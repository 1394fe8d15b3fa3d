import { signal } from '@preact/signals';

/** Where in the console somebody is: `#/calls?campaign=spring` is the page `calls`. */
export interface Address {
  path: string;
  /** What the page keeps in the address, so that it can be sent to somebody and survives a reload. */
  query: URLSearchParams;
}

function read(): Address {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { path, query: new URLSearchParams(query) };
}

export const address = signal(read());
addEventListener('hashchange', () => {
  address.value = read();
});

/** What a link to a page has as its `href`. */
export function linkTo(path: string, query = new URLSearchParams()): string {
  return `#/${path}${query.size === 0 ? '' : `?${query.toString()}`}`;
}

/** Changes what the page keeps in the address, without a step to go back to. */
export function keepQuery(query: URLSearchParams): void {
  history.replaceState(null, '', linkTo(address.value.path, query));
  address.value = read();
}
