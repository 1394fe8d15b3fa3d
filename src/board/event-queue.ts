import type { NativeEvent } from './native-addon.ts';

/**
 * Events on their way to the listener. A person who answered waits for the verdict, so a verdict goes before what
 * other channels brought earlier; the events of one channel stay in order.
 */
export class EventQueue {
  #urgent: NativeEvent[] = [];
  #others: NativeEvent[] = [];
  /** What was taken of each list. */
  #urgentTaken = 0;
  #othersTaken = 0;

  get length(): number {
    return this.#urgent.length - this.#urgentTaken + this.#others.length - this.#othersTaken;
  }

  push(events: readonly NativeEvent[]): void {
    for (const event of events) {
      if (event.type === 'verdict') this.#hurry(event);
      else this.#others.push(event);
    }
  }

  shift(): NativeEvent | undefined {
    const urgent = this.#urgent[this.#urgentTaken];
    if (urgent !== undefined) {
      if (++this.#urgentTaken === this.#urgent.length) [this.#urgent, this.#urgentTaken] = [[], 0];
      return urgent;
    }
    const other = this.#others[this.#othersTaken];
    if (other !== undefined && ++this.#othersTaken === this.#others.length) {
      [this.#others, this.#othersTaken] = [[], 0];
    }
    return other;
  }

  /** Moves what came before on the verdict's channel along with it. */
  #hurry(verdict: NativeEvent): void {
    const stay: NativeEvent[] = [];
    for (const event of this.#others.slice(this.#othersTaken)) {
      if (event.channel === verdict.channel) this.#urgent.push(event);
      else stay.push(event);
    }
    this.#urgent.push(verdict);
    [this.#others, this.#othersTaken] = [stay, 0];
  }
}
