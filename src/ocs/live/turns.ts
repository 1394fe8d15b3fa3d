/** Whose turn it is: each begins once before any begins again. */
export interface Turns<T> {
  /** All of them, beginning after the one that was first served last. */
  order(all: readonly T[]): T[];
  /** It was the first to get something in its turn. Without this the turn is not over. */
  served(one: T): void;
}

/** @param nameOf by which one is known again, though others come and go */
export function createTurns<T>(nameOf: (one: T) => string): Turns<T> {
  const rounds = new Map<string, number>();
  let round = 0;
  return {
    order: (all) => all.toSorted((a, b) => (rounds.get(nameOf(a)) ?? 0) - (rounds.get(nameOf(b)) ?? 0)),
    served: (one) => {
      round += 1;
      rounds.set(nameOf(one), round);
    },
  };
}
