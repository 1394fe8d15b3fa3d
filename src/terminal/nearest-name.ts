import { closestMatch } from 'leven';

/** The known name nearest to a mistyped one, in any case; null when none is near enough to be meant. */
export function nearestName(found: string, known: readonly string[]): string | null {
  // Two letters swapped count as two changes.
  const maxDistance = found.length < 4 ? 1 : Math.max(2, Math.floor(found.length / 3));
  const meant = closestMatch(
    found.toLowerCase(),
    known.map((name) => name.toLowerCase()),
    { maxDistance },
  );
  return known.find((name) => name.toLowerCase() === meant) ?? null;
}
