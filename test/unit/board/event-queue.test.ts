import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../../src/board/event-queue.ts';
import type { NativeEvent } from '../../../src/board/native-addon.ts';

const event = (channel: number, type: string, at: number) => ({ channel, ref: 1, at, type }) as NativeEvent;

function drain(queue: EventQueue): NativeEvent[] {
  const out: NativeEvent[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) out.push(next);
  return out;
}

test('a verdict goes before what other channels brought, with what came before it on its own', () => {
  const queue = new EventQueue();
  queue.push([event(1, 'seized', 1), event(2, 'answered', 2), event(3, 'seized', 3), event(2, 'verdict', 4)]);
  expect(queue).toHaveLength(4);
  expect(drain(queue).map(({ at }) => at)).toEqual([2, 4, 1, 3]);
  expect(queue).toHaveLength(0);
});

test('nothing is lost, and the events of a channel stay in order, however they come and go', () => {
  const some = fc.array(
    fc.record({
      channel: fc.integer({ min: 0, max: 4 }),
      type: fc.constantFrom('seized', 'answered', 'verdict', 'observation', 'released', 'timer'),
      take: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(some, (steps) => {
      const queue = new EventQueue();
      const out: NativeEvent[] = [];
      steps.forEach(({ channel, type, take }, at) => {
        queue.push([event(channel, type, at)]);
        for (let i = 0; i < take; i++) {
          const next = queue.shift();
          if (next !== undefined) out.push(next);
        }
      });
      out.push(...drain(queue));
      expect(out.map(({ at }) => at).sort((a, b) => a - b)).toEqual(steps.map((_, at) => at));
      for (let channel = 0; channel <= 4; channel++) {
        const times = out.filter((each) => each.channel === channel).map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
    }),
    { numRuns: 1_000 },
  );
});
