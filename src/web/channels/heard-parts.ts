import type { LiveHeard } from '../../api/live.ts';
import type { Mark, Stretch } from '../axis-parts.ts';
import { itemWord } from './channel-words.ts';

type Items = LiveHeard['items'];

/** What has a length; speech that goes on lasts until now. */
export function stretchesOf(items: Items, atMs: number): Stretch[] {
  const stretches = items.flatMap(({ endMs, kind, startMs }) =>
    endMs === null || kind === 'signal' ? [] : [{ kind, startMs, endMs }],
  );
  const begun = items.findLast(({ kind }) => kind === 'speech_start');
  const isOver =
    begun === undefined ||
    items.some(({ kind, startMs }) => kind === 'speech_end' && startMs >= begun.startMs) ||
    stretches.some(({ endMs, kind }) => kind === 'speech' && endMs > begun.startMs);
  return isOver || atMs <= begun.startMs
    ? stretches
    : [...stretches, { kind: 'speech', startMs: begun.startMs, endMs: atMs }];
}

/** Moments, and signals where they began. */
export function marksOf(items: Items): Mark[] {
  return items
    .filter(({ endMs, kind }) => endMs === null || kind === 'signal')
    .map((item) => ({ ms: item.startMs, word: itemWord(item) }))
    .sort((a, b) => a.ms - b.ms);
}
