/** A timer and the board time at which it is due, ms. */
interface Deadline {
  dueAt: number;
  timer: number;
}

/**
 * Deadlines of timers, soonest first; those of one time in the order of the timers' numbers. A sorted array: a few
 * thousand are set at once at most, where moving them over in memory is faster than keeping a tree.
 */
export class Deadlines {
  #sorted: Deadline[] = [];

  /** When the soonest is due; Infinity when none is set. */
  get next(): number {
    return this.#sorted[0]?.dueAt ?? Infinity;
  }

  /** @param timer a number that no other has */
  set(timer: number, dueAt: number): void {
    this.#sorted.splice(this.#placeOf(timer, dueAt), 0, { timer, dueAt });
  }

  /** Takes it out if it is still there. @param dueAt as it was set */
  clear(timer: number, dueAt: number): void {
    const place = this.#placeOf(timer, dueAt);
    if (this.#sorted[place]?.timer === timer) this.#sorted.splice(place, 1);
  }

  clearAll(): void {
    this.#sorted = [];
  }

  /** Takes out the timers that are due at `now`, in their order. */
  take(now: number): number[] {
    return this.#sorted.splice(0, this.#placeOf(Infinity, now)).map(({ timer }) => timer);
  }

  /** Where a deadline is, or where it would have to be. */
  #placeOf(timer: number, dueAt: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#sorted[middle];
      if (at !== undefined && (at.dueAt < dueAt || (at.dueAt === dueAt && at.timer < timer)))
        low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
