import type { LiveMessage, LiveTopic } from '../../../api/live.ts';

/** One topic of the live stream: what it is now, and what changed, each made once for all who listen. */
export interface LiveFeed {
  /** Compares with what it was. @returns the message to all; null when nothing changed */
  update(at: number): Buffer | null;
  /** All of it, as of the last update; made once for all who ask between two. */
  snapshot(): Buffer;
  /** Number of the last change. */
  seq(): number;
}

/** An item as JSON, field by field. */
type Fields = ReadonlyMap<string, string>;

/**
 * @param key the field that names an item
 * @param look the items as they are; one that is the same object as before is taken as unchanged
 */
export function createLiveFeed(topic: LiveTopic, key: string, look: () => readonly object[]): LiveFeed {
  let known = new Map<string, { fields: Fields; item: object }>();
  let seq = 0;
  let at = 0;
  let whole: Buffer | null = null;
  const bytes = (message: LiveMessage) => Buffer.from(JSON.stringify(message));
  return {
    update: (now) => {
      at = now;
      const next: typeof known = new Map();
      const set: object[] = [];
      for (const item of look()) {
        const id = String((item as Record<string, unknown>)[key]);
        const before = known.get(id);
        if (before?.item === item) {
          next.set(id, before);
          continue;
        }
        const fields = fieldsOf(item);
        next.set(id, { fields, item });
        const change = changeOf(key, item, fields, before?.fields);
        if (change !== null) set.push(change);
      }
      const gone = [...known.keys()].filter((id) => !next.has(id));
      known = next;
      if (set.length === 0 && gone.length === 0) return null;
      seq += 1;
      whole = null;
      return bytes({ type: 'change', topic, seq, at, set, gone });
    },
    snapshot: () =>
      (whole ??= bytes({
        type: 'snapshot',
        topic,
        seq,
        at,
        items: [...known.values()].map(({ item }) => item),
      })),
    seq: () => seq,
  };
}

function fieldsOf(item: object): Fields {
  return new Map(Object.entries(item).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** The key and the fields that are not as they were; null when all are. */
function changeOf(key: string, item: object, fields: Fields, before: Fields | undefined): object | null {
  if (before === undefined) return item;
  const changed = Object.entries(item).filter(([name]) => before.get(name) !== fields.get(name));
  if (changed.length === 0) return null;
  return { [key]: (item as Record<string, unknown>)[key], ...Object.fromEntries(changed) };
}
