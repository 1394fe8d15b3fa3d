import { posix } from 'node:path';

/** Boxes and what each of them imports or includes: the arrows. */
export type Arrows = Readonly<Record<string, readonly string[]>>;

/** Most files in one folder: what can be taken in at a glance. */
const mostFiles = 24;

/** Folders with more files than that, with their count. */
export function crowdedFolders(files: readonly string[]): [folder: string, files: number][] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > mostFiles);
}

/** A way round, e.g. `a -> b -> a`; null when all arrows point one way. */
export function circleIn(arrows: Arrows): string | null {
  const clear = new Set<string>();
  const walk = (at: string, way: readonly string[]): string | null => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at].join(' -> ');
    if (clear.has(at)) return null;
    for (const next of arrows[at] ?? []) {
      const circle = walk(next, [...way, at]);
      if (circle !== null) return circle;
    }
    clear.add(at);
    return null;
  };
  for (const at of Object.keys(arrows)) {
    const circle = walk(at, []);
    if (circle !== null) return circle;
  }
  return null;
}

/** A shortest way from a box back to itself, e.g. `a -> b -> a`; null if none leads there. */
export function wayBack(arrows: Arrows, box: string): string | null {
  let ways: string[][] = [[box]];
  const seen = new Set<string>();
  while (ways.length > 0) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const next of arrows[way.at(-1) ?? box] ?? []) {
        if (next === box) return [...way, box].join(' -> ');
        if (seen.has(next)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return null;
}
