import { effect, signal, type Signal } from '@preact/signals';
import type { LiveChannel } from '../../api/live.ts';
import { heard, live } from '../live.ts';
import { contains } from '../words.ts';
import { tilesOf, type DialerTiles } from './channel-places.ts';
import { namesOf } from './channel-words.ts';

/**
 * The tiles. Each has a signal of its own, so that a change draws one tile anew and not the page; what is shown where
 * is another signal, which changes only when channels come, go, or are filtered.
 */
export interface Tiles {
  readonly filter: Signal<string>;
  readonly shown: Signal<readonly DialerTiles[]>;
  /** undefined: it is gone. */
  of(id: string): Signal<LiveChannel | undefined>;
  /** The one that the keys are at. */
  readonly current: Signal<string | null>;
  /** The moment by the clock of OCS, anew each second. */
  readonly now: Signal<number>;
  stop(): void;
}

export function createTiles(): Tiles {
  const items = new Map<string, Signal<LiveChannel | undefined>>();
  const filter = signal('');
  const shown = signal<readonly DialerTiles[]>([]);
  const current = signal<string | null>(null);
  const now = signal(0);
  let print = '';

  const of = (id: string) => {
    const known = items.get(id);
    if (known !== undefined) return known;
    const fresh = signal<LiveChannel | undefined>(undefined);
    items.set(id, fresh);
    return fresh;
  };
  const stopItems = effect(() => {
    const { channels } = live.value;
    for (const [id, item] of items) if (!channels.has(id)) item.value = undefined;
    for (const [id, channel] of channels) of(id).value = channel;
  });
  const stopShown = effect(() => {
    const wanted = filter.value;
    const channels = [...live.value.channels.values()].filter(
      (channel) => wanted === '' || contains(namesOf(channel), wanted),
    );
    const next = tilesOf(channels);
    const nextPrint = JSON.stringify(next);
    if (nextPrint === print) return;
    print = nextPrint;
    shown.value = next;
    const ids = next.flatMap(({ spans }) => spans.flatMap((span) => span.ids));
    if (current.peek() === null || !ids.includes(current.peek() ?? '')) current.value = ids[0] ?? null;
  });
  const tick = () => {
    const last = heard.peek();
    if (last !== null) now.value = last.at + (performance.now() - last.here);
  };
  const timer = setInterval(tick, 1_000);
  const stopNow = effect(() => {
    // The first message, and those of another clock.
    if (heard.value !== null && Math.abs(heard.value.at - now.peek()) > 2_000) tick();
  });
  return {
    filter,
    shown,
    of,
    current,
    now,
    stop: () => {
      stopItems();
      stopShown();
      stopNow();
      clearInterval(timer);
    },
  };
}
