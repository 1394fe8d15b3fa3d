import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dialRequest } from '../../support/dialer/call-script.ts';
import { DialerBench } from '../../support/dialer/bench.ts';
import { ScriptedBoard } from '../../support/board/scripted-board.ts';
import { SlowOcs, type Weather } from '../../support/dialer/slow-ocs.ts';

const channels = 4;
const attempts = 24;

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Weather['fate']>('arrives') },
  { weight: 1, arbitrary: fc.constantFrom<Weather['fate']>('lost', 'reply lost', 'arrives twice') },
);
const weather = (slowest: number) => fc.record({ delay: fc.nat({ max: slowest }), fate });

/** A day of many short calls: every number is busy, one board millisecond after it was dialled. */
async function work(
  ocs: SlowOcs,
): Promise<{ dials: Map<string, number>; turns: number; allDialledAt: number }> {
  const board = new ScriptedBoard(channels);
  const bench = new DialerBench(board, {
    link: ocs,
    sleep: async (_ms, signal) => {
      if (signal?.aborted !== true) await nextTurn();
    },
  });
  const dials = new Map<string, number>();
  let seen = 0;
  let turns = 0;
  let allDialledAt = 0;
  bench.dialer.start();
  const done = () => ocs.unsent === 0 && [...ocs.attempts.values()].every(({ ends }) => ends.length > 0);
  for (; !done() && turns < 5_000; turns++) {
    await nextTurn();
    board.advance(1);
    for (; seen < board.commands.length; seen++) {
      const command = board.commands[seen];
      if (command?.name !== 'dial') continue;
      dials.set(String(command.to), (dials.get(String(command.to)) ?? 0) + 1);
      if (dials.size === attempts) allDialledAt = turns;
      board.emit(command.channel, { type: 'disconnected', cause: 17 });
    }
  }
  await bench.close();
  return { dials, turns, allDialledAt };
}

const requests = Array.from({ length: attempts }, (_, i) =>
  dialRequest({ attemptId: `a-${i}`, number: String(2_025_550_000 + i) as never }),
);

test('whatever the network does, nothing is dialled twice, lost, or sent again once it arrived', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(weather(4), { minLength: 1, maxLength: 40 }),
      fc.array(weather(60), { minLength: 1, maxLength: 40 }),
      async (pulls, reports) => {
        let [p, r] = [0, 0];
        const ocs = new SlowOcs(requests, (path) => {
          const list = path === 'pull' ? pulls : reports;
          const at = (path === 'pull' ? p++ : r++) % list.length;
          // Weather that never lets anything through is no weather: it clears up now and then.
          const clear: Weather = { delay: 1, fate: 'arrives' };
          return (path === 'pull' ? p : r) % 5 === 0 ? clear : (list[at] ?? clear);
        });
        const { dials } = await work(ocs);
        expect(dials.size).toBe(attempts);
        for (const times of dials.values()) expect(times).toBe(1);
        for (const { ends, arrived } of ocs.attempts.values()) {
          expect(ends).toHaveLength(1);
          // Sent again is only what the network lost: below twice the attempts, whatever became of reports.
          expect(arrived).toBe(1);
        }
        expect(ocs.questions.every(({ free }) => free <= channels)).toBe(true);
      },
    ),
    { numRuns: 12 },
  );
});

test('whatever happens to reports, the free channels are used as if nothing did', async () => {
  const clear: Weather = { delay: 1, fate: 'arrives' };
  const fast = await work(new SlowOcs(requests, () => clear));
  await fc.assert(
    fc.asyncProperty(fc.array(weather(100), { minLength: 1, maxLength: 40 }), async (reports) => {
      let r = 0;
      const ocs = new SlowOcs(requests, (path) => {
        if (path === 'pull' || ++r % 5 === 0) return clear;
        return reports[r % reports.length] ?? clear;
      });
      const { allDialledAt, dials } = await work(ocs);
      expect([...dials.values()]).toEqual(requests.map(() => 1));
      expect(allDialledAt).toBeLessThanOrEqual(fast.allDialledAt + 10);
      for (const { sent } of ocs.attempts.values()) expect(sent).toBe(1);
    }),
    { numRuns: 8 },
  );
});

test('slow reports do not keep the free channels from being used', async () => {
  const run = async (delay: number) => {
    const ocs = new SlowOcs(requests, (path) => ({ delay: path === 'pull' ? 1 : delay, fate: 'arrives' }));
    const { allDialledAt, dials } = await work(ocs);
    const sent = [...ocs.attempts.values()].reduce((sum, attempt) => sum + attempt.sent, 0);
    return { allDialledAt, dialled: dials.size, sent };
  };
  const fast = await run(1);
  const slow = await run(200);
  expect(slow).toMatchObject({ dialled: attempts, sent: attempts });
  expect(slow.allDialledAt).toBeLessThanOrEqual(fast.allDialledAt + 10);
});
