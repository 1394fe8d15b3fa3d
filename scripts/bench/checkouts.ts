/** A bench that measures built checkouts of this project: another one first, if it is named, and this one. */
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ownSource = fileURLToPath(new URL('../..', import.meta.url));

export const checkoutOptions = {
  against: {
    type: 'string',
    requiresArg: true,
    describe: 'Another built checkout, measured first, in the same run',
  },
  json: { type: 'boolean', default: false, describe: 'Print one JSON object' },
} as const;

/** Measures one checkout after the other, then prints what was found. */
export async function measureCheckouts<Figures extends object>(
  { against, json }: { against: string | undefined; json: boolean },
  measure: (source: string) => Promise<Figures>,
  print: (result: Figures & { source: string }) => void,
): Promise<void> {
  const sources = [...(against === undefined ? [] : [resolve(against)]), ownSource];
  const results: (Figures & { source: string })[] = [];
  for (const source of sources) results.push({ source, ...(await measure(source)) });
  if (json) console.log(JSON.stringify(results));
  else for (const result of results) print(result);
}

/** A module of a checkout; `path` from its `src`. */
export async function importFrom<Module>(source: string, path: string): Promise<Module> {
  return (await import(pathToFileURL(join(source, 'src', path)).href)) as Module;
}
