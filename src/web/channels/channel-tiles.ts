import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { LiveChannel } from '../../api/live.ts';
import { live } from '../live.ts';
import { createItems, createLiveClock } from '../live-items.ts';
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
  readonly now: ReadonlySignal<number>;
  stop(): void;
}

export function createTiles(): Tiles {
  const items = createItems('channels');
  const clock = createLiveClock();
  const filter = signal('');
  const shown = signal<readonly DialerTiles[]>([]);
  const current = signal<string | null>(null);
  let print = '';

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
  return {
    filter,
    shown,
    of: items.of,
    current,
    now: clock.now,
    stop: () => {
      stopShown();
      for (const part of [items, clock]) part.stop();
    },
  };
}
