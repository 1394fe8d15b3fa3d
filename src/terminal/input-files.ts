import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { CodedError } from '../domain/errors.ts';

/** A file to analyse, or why what the user named is none. */
export type Input = { file: string } | { file: string; error: CodedError };

/**
 * What the arguments stand for: a file for itself, a directory for its `*.wav` files in the order of their
 * names. What cannot be found stays in the list as an error, so that the others are done all the same.
 */
export function expandInputs(names: readonly string[]): Input[] {
  return names.flatMap((name): Input[] => {
    try {
      if (!statSync(name).isDirectory()) return [{ file: name }];
      const files = readdirSync(name)
        .filter((entry) => entry.toLowerCase().endsWith('.wav'))
        .sort()
        .map((entry) => ({ file: join(name, entry) }));
      if (files.length > 0) return files;
      return [{ file: name, error: notFound(name, 'no .wav file in this folder') }];
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      return [{ file: name, error: notFound(name, code === 'ENOENT' ? 'no such file' : code) }];
    }
  });
}

function notFound(file: string, reason: string): CodedError {
  return new CodedError('NO_SUCH_FILE', `${file}: ${reason}`, {
    field: 'FILE',
    found: file,
    expected: 'a WAV file or a folder with WAV files',
  });
}

/**
 * Where the picture of each file goes: `out.svg` for a single one, else `out-NAME.svg` with the name of the
 * file, and a number after it where two folders have files of the same name.
 */
export function plotPaths(plot: string, files: readonly string[]): string[] {
  if (files.length === 1) return [plot];
  const stem = plot.slice(0, plot.length - extname(plot).length);
  const taken = new Map<string, number>();
  return files.map((file) => {
    const name = basename(file, extname(file));
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return `${stem}-${name}${times === 1 ? '' : `-${times}`}.svg`;
  });
}

/**
 * Runs `work` on the items, at most `atOnce` at a time, and hands the results to `take` in the items' order,
 * each as soon as those before it are there.
 */
export async function inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
  take: (result: R, index: number) => void,
): Promise<void> {
  const ready = new Map<number, R>();
  let begun = 0;
  let taken = 0;
  const worker = async () => {
    while (begun < items.length) {
      const index = begun;
      begun += 1;
      ready.set(index, await work(items[index] as T, index));
      for (let next = ready.get(taken); next !== undefined; next = ready.get(taken)) {
        ready.delete(taken);
        taken += 1;
        take(next, taken - 1);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
