import { knownLibrary, type KnownLibrary } from '../board/known-recordings.ts';
import type { Candidate } from './candidates.ts';

/** Those that come one by one are looked for apart, so that the library of the others is made seldom. */
const settleAt = 64;

/** Candidates by what they sound like. None costs more than the library of the newest ones, but each 64th. */
export function searchable(first: readonly Candidate[]) {
  let settled: (Candidate | null)[] = [...first];
  let recent: Candidate[] = [];
  let settledLibrary = libraryOf(first);
  let recentLibrary = libraryOf(recent);
  const among = (
    list: readonly (Candidate | null)[],
    library: KnownLibrary,
    prints: Uint32Array,
  ): Candidate | null => {
    const match = library.match(prints);
    return match === null ? null : (list[match.recording] ?? null);
  };
  return {
    find: (prints: Uint32Array): Candidate | null =>
      among(recent, recentLibrary, prints) ?? among(settled, settledLibrary, prints),
    add(candidate: Candidate): void {
      recent = [...recent, candidate];
      if (recent.length >= settleAt) {
        const all = [...settled.filter((each) => each !== null), ...recent];
        settled = all;
        recent = [];
        settledLibrary = libraryOf(all);
      }
      recentLibrary = libraryOf(recent);
    },
    remove(ids: readonly number[]): void {
      const gone = new Set(ids);
      // The library keeps the places of those that are gone until it is made anew.
      settled = settled.map((each) => (each !== null && gone.has(each.id) ? null : each));
      if (!recent.some((each) => gone.has(each.id))) return;
      recent = recent.filter((each) => !gone.has(each.id));
      recentLibrary = libraryOf(recent);
    },
  };
}

function libraryOf(candidates: readonly Candidate[]): KnownLibrary {
  return knownLibrary(candidates.map(({ prints }) => prints));
}
