import type { LiveItems, LiveMessage, LiveTopic } from './live.ts';

/** What a client of the live stream knows, by the keys of the items. */
export type LiveState = { readonly [T in LiveTopic]: ReadonlyMap<string, LiveItems[T]> };

type Told = Extract<LiveMessage, { type: 'snapshot' | 'change' | 'beat' }>;

/** What one message changed: the items as they are now, and the keys of those that are gone. */
export interface LiveNews {
  topic: LiveTopic;
  set: object[];
  gone: string[];
}

/** Follows the messages of the live stream. */
export interface LiveFollower {
  readonly state: LiveState;
  /** @returns what is new; null for a beat; `missing` when a change was lost and the topics must be asked for again */
  take(message: Told): LiveNews | null | 'missing';
  /** The connection is another one: what is known stays until the next snapshot. */
  reconnected(): void;
}

/** @param keys the field of each topic that names its items */
export function followLive(keys: Readonly<Record<LiveTopic, string>>): LiveFollower {
  const items = Object.fromEntries(
    Object.keys(keys).map((topic) => [topic, new Map<string, object>()]),
  ) as Record<LiveTopic, Map<string, object>>;
  const seqs = new Map<LiveTopic, number>();

  const idOf = (topic: LiveTopic, item: object) => String((item as Record<string, unknown>)[keys[topic]]);
  const tell = (message: Exclude<Told, { type: 'beat' }>): LiveNews => {
    const { topic } = message;
    const before = items[topic];
    const isWhole = message.type === 'snapshot';
    const after = isWhole ? new Map<string, object>() : new Map(before);
    const told = isWhole ? message.items : message.set;
    const set = told.map((item) => {
      const id = idOf(topic, item);
      const now = { ...after.get(id), ...item };
      after.set(id, now);
      return now;
    });
    const gone = isWhole ? [...before.keys()].filter((id) => !after.has(id)) : message.gone;
    for (const id of gone) after.delete(id);
    items[topic] = after;
    seqs.set(topic, message.seq);
    return { topic, set, gone };
  };
  return {
    get state() {
      return { ...items } as unknown as LiveState;
    },
    take: (message) => {
      if (message.type === 'beat') {
        const told = Object.entries(message.seqs) as [LiveTopic, number][];
        return told.every(([topic, seq]) => (seqs.get(topic) ?? seq) === seq) ? null : 'missing';
      }
      const isNext = message.type === 'snapshot' || seqs.get(message.topic) === message.seq - 1;
      return isNext ? tell(message) : 'missing';
    },
    reconnected: () => {
      seqs.clear();
    },
  };
}
