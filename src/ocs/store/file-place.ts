import { statSync } from 'node:fs';

/**
 * Why what is written to an open file would be lost with the program: another file, or none, is where it was. SQLite
 * goes on with the one that it has open and says nothing.
 *
 * @param path of the file just opened, or `:memory:`
 * @returns tells it in words; null while the file is where it was
 */
export function watchPlace(path: string): () => string | null {
  const place = path === ':memory:' ? undefined : placeOf(path);
  return () => {
    if (place === undefined) return null;
    const now = placeOf(path);
    if (now === place) return null;
    const what = now === undefined ? 'its file was taken away' : 'another file was put in its place';
    return `${what}; changes are refused, for they would be lost when ocsd ends: put the file back, or restart ocsd`;
  };
}

/** Which file is at a path; undefined when there is none to be seen. */
function placeOf(path: string): string | undefined {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  return file && `${String(file.dev)}:${String(file.ino)}`;
}
