import type { LiveChannel } from '../../api/live.ts';

/** The channels of one span that are shown, in the order of their numbers. */
export interface SpanTiles {
  span: number;
  ids: readonly string[];
}

export interface DialerTiles {
  dialerId: string;
  spans: readonly SpanTiles[];
}

export function tilesOf(channels: readonly LiveChannel[]): DialerTiles[] {
  const sorted = [...channels].sort(
    (a, b) => a.dialerId.localeCompare(b.dialerId) || a.span - b.span || a.channel - b.channel,
  );
  const diallers: { dialerId: string; spans: { span: number; ids: string[] }[] }[] = [];
  for (const { dialerId, id, span } of sorted) {
    let dialer = diallers.at(-1);
    if (dialer?.dialerId !== dialerId) diallers.push((dialer = { dialerId, spans: [] }));
    let last = dialer.spans.at(-1);
    if (last?.span !== span) dialer.spans.push((last = { span, ids: [] }));
    last.ids.push(id);
  }
  return diallers;
}

/** A tile's place on the screen. */
export interface Place {
  id: string;
  left: number;
  top: number;
}

/** Where an arrow leads: to the next in the order, or to the nearest in the next line that way. */
export function stepFrom(places: readonly Place[], id: string, key: string): string | null {
  const at = places.findIndex((place) => place.id === id);
  const from = places[at];
  if (from === undefined) return places[0]?.id ?? null;
  if (key === 'ArrowRight') return places[at + 1]?.id ?? null;
  if (key === 'ArrowLeft') return places[at - 1]?.id ?? null;
  if (key === 'Home') return places[0]?.id ?? null;
  if (key === 'End') return places.at(-1)?.id ?? null;
  const isDown = key === 'ArrowDown';
  const beyond = places.filter(({ top }) => (isDown ? top > from.top : top < from.top));
  const tops = beyond.map(({ top }) => top);
  const line = isDown ? Math.min(...tops) : Math.max(...tops);
  const [nearest] = beyond
    .filter(({ top }) => top === line)
    .sort((a, b) => Math.abs(a.left - from.left) - Math.abs(b.left - from.left));
  return nearest?.id ?? null;
}
