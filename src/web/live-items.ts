import { effect, signal, useComputed, type ReadonlySignal, type Signal } from '@preact/signals';
import { heard, live, type LiveState } from './live.ts';

type ItemOf<Topic extends keyof LiveState> =
  LiveState[Topic] extends ReadonlyMap<string, infer Item> ? Item : never;

/** The items of a topic, each in a signal of its own: a change of one draws anew what shows that one. */
export interface LiveItems<Item> {
  /** undefined: it is gone, or was never there. */
  readonly of: (id: string) => Signal<Item | undefined>;
  readonly stop: () => void;
}

export function createItems<Topic extends keyof LiveState>(topic: Topic): LiveItems<ItemOf<Topic>> {
  const items = new Map<string, Signal<ItemOf<Topic> | undefined>>();
  const of = (id: string) => {
    const known = items.get(id);
    if (known !== undefined) return known;
    const fresh = signal<ItemOf<Topic> | undefined>(undefined);
    items.set(id, fresh);
    return fresh;
  };
  const stop = effect(() => {
    const now = live.value[topic] as ReadonlyMap<string, ItemOf<Topic>>;
    for (const [id, item] of items) if (!now.has(id)) item.value = undefined;
    for (const [id, item] of now) of(id).value = item;
  });
  return { of, stop };
}

/** The moment by the clock of OCS, anew each second. */
export interface LiveClock {
  readonly now: ReadonlySignal<number>;
  stop(): void;
}

export function createLiveClock(): LiveClock {
  const now = signal(0);
  const tick = () => {
    const last = heard.peek();
    if (last !== null) now.value = last.at + (performance.now() - last.here);
  };
  const timer = setInterval(tick, 1_000);
  const stopHearing = effect(() => {
    // The first message, and those of another clock.
    if (heard.value !== null && Math.abs(heard.value.at - now.peek()) > 2_000) tick();
  });
  return {
    now,
    stop: () => {
      stopHearing();
      clearInterval(timer);
    },
  };
}

/** What `of` finds; the same list as before while its texts are the same, so that nothing is drawn anew. */
export function useTexts(of: () => readonly string[]): ReadonlySignal<readonly string[]> {
  const parts = useComputed(() => JSON.stringify(of()));
  return useComputed(() => JSON.parse(parts.value) as readonly string[]);
}
