/**
 * A condition on a row with a `window_id`: its records count. Those that an import is bringing, or has left when it was
 * broken off, are in the table and hidden: whoever asks for records by anything but the window has this condition.
 */
export const isShown = 'window_id not in (select id from windows where import_id is not null)';

/**
 * The same for a search that may meet very many that are hidden: each window of the list is searched by itself.
 *
 * @param list SQL of the list
 */
export function inShownWindowsOf(list: string): string {
  return `window_id in (select id from windows where list = ${list} and import_id is null)`;
}
