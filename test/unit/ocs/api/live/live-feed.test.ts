import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../../../../src/api/live.ts';
import { createLiveFeed } from '../../../../../src/ocs/api/live/live-feed.ts';

interface Item {
  agentId: string;
  state: string;
  counts: Record<string, number>;
}
type Change = Extract<LiveMessage, { type: 'change' }>;
type Snapshot = Extract<LiveMessage, { type: 'snapshot' }>;

const read = <T extends LiveMessage>(bytes: Buffer) => JSON.parse(bytes.toString()) as T;

function openFeed() {
  let items: Item[] = [];
  let looks = 0;
  const feed = createLiveFeed('agents', 'agentId', () => {
    looks += 1;
    return items;
  });
  return {
    feed,
    looks: () => looks,
    now: (next: Item[], at = 1) => {
      items = next;
      const change = feed.update(at);
      return change === null ? null : read<Change>(change);
    },
  };
}
const anna = { agentId: 'anna', state: 'ready', counts: { a: 1 } };
const ben = { agentId: 'ben', state: 'busy', counts: {} };

describe('a feed', () => {
  it('tells the fields that changed, new items whole, and who is gone', () => {
    const { feed, now } = openFeed();
    expect(now([anna, ben], 5)).toEqual({
      type: 'change',
      topic: 'agents',
      seq: 1,
      at: 5,
      set: [anna, ben],
      gone: [],
    });
    expect(now([anna, ben])).toBeNull();
    expect(feed.seq()).toBe(1);
    expect(now([{ ...anna, counts: { a: 2 } }, ben])).toMatchObject({
      seq: 2,
      set: [{ agentId: 'anna', counts: { a: 2 } }],
    });
    expect(now([ben], 9)).toMatchObject({ seq: 3, set: [], gone: ['anna'] });
    expect(read<Snapshot>(feed.snapshot())).toEqual({
      type: 'snapshot',
      topic: 'agents',
      seq: 3,
      at: 9,
      items: [ben],
    });
  });

  it('is written once for all who ask, and looks at nothing for a snapshot', () => {
    const { feed, looks, now } = openFeed();
    now([anna]);
    const first = feed.snapshot();
    expect(feed.snapshot()).toBe(first);
    expect(looks()).toBe(1);
    now([ben]);
    expect(feed.snapshot()).not.toBe(first);
  });

  it('is the same for who follows the changes as for who comes later', () => {
    const items = fc.uniqueArray(
      fc.record({
        agentId: fc.constantFrom('a', 'b', 'c', 'd'),
        state: fc.constantFrom('ready', 'busy'),
        counts: fc.dictionary(fc.constantFrom('x', 'y'), fc.nat(2), { noNullPrototype: true }),
      }),
      { selector: ({ agentId }) => agentId },
    );
    fc.assert(
      fc.property(fc.array(items, { minLength: 1, maxLength: 8 }), fc.nat(7), (states, from) => {
        const { feed, now } = openFeed();
        let seen: Map<string, object> | null = null;
        let seq = 0;
        states.forEach((state, index) => {
          const change = now(state);
          if (seen !== null && change !== null) {
            expect(change.seq).toBe(seq + 1);
            for (const item of change.set as Item[]) {
              seen.set(item.agentId, { ...seen.get(item.agentId), ...item });
            }
            for (const id of change.gone) seen.delete(id);
            seq = change.seq;
          }
          if (index === from % states.length) {
            const snapshot = read<Snapshot>(feed.snapshot());
            seq = snapshot.seq;
            seen = new Map((snapshot.items as Item[]).map((item) => [item.agentId, item]));
          }
        });
        const last = [...(states.at(-1) ?? [])].sort((a, b) => (a.agentId < b.agentId ? -1 : 1));
        const followed = [...(seen ?? new Map<string, object>()).entries()]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, item]) => item);
        expect(followed).toEqual(last);
      }),
    );
  });
});
