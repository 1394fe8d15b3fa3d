import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { BoardEvent } from '../../src/board/board.ts';
import { checkNumber } from '../../src/domain/number.ts';
import { loadNative } from '../../src/board/native.ts';
import type { NativeEvent } from '../../src/board/native-addon.ts';
import { openSimBoard } from '../../src/board/open.ts';
import { simBoardConfigSchema } from '../../src/board/sim/config.ts';
import type { BoardBench } from '../support/board/bench.ts';
import { openSimBench, simWorld } from '../support/board/sim.ts';

const number = checkNumber('5551234');
const parameters = {
  plan: 'US',
  mode: 'accurate_am_detection',
  ringTimeoutMs: 30_000,
  cpdTimeoutMs: 4_500,
} as const;

/** A world where every number is busy for ever: the detector has something to say all the time. */
const busyTrunk = {
  driver: 'sim' as const,
  trunks: [{ kind: 'analog' as const, channels: 24 }],
  world: { unlisted: 'busy' as const },
};

/** A stepped board without the adapter that takes its events, all its channels dialling. */
async function storm(eventCapacity: number) {
  const config = { ...simBoardConfigSchema.parse({ ...busyTrunk, clock: 'step' }), plans: [] };
  const board = new (loadNative().NativeBoard)(config, null, {
    eventCapacity,
    boardHostProgram: null,
    stepped: true,
  });
  await board.open();
  const channels = board.channels().map(({ channel }) => channel);
  for (const channel of channels) board.seize(channel, channel);
  board.advance(3_000);
  const seized = board.drain(10_000);
  for (const channel of channels) board.dial(channel, channel, number, parameters);
  return { board, channels, seized };
}

const ofType = (events: NativeEvent[], type: NativeEvent['type']) =>
  events.filter((event) => event.type === type);

describe('the event bridge', () => {
  it('drops observations first when nobody takes the events, counts them, and keeps every verdict', async () => {
    const capacity = 64;
    const { board, channels } = await storm(capacity);
    board.advance(60_000);
    const events = board.drain(100_000);
    const overflow = ofType(events, 'overflow') as Extract<BoardEvent, { type: 'overflow' }>[];
    expect(overflow).toHaveLength(1);
    expect(events.at(-1)).toBe(overflow[0]);
    expect(overflow[0]).toMatchObject({ channel: 0, ref: 0 });
    expect(overflow[0]?.count).toBeGreaterThan(100);
    expect(ofType(events, 'observation').length).toBeLessThanOrEqual(capacity / 2);
    expect(ofType(events, 'dialled')).toHaveLength(channels.length);
    const heard = ofType(events, 'verdict').map((event) => event.channel);
    expect([...new Set(heard)].sort((a, b) => a - b)).toEqual(channels);
    board.closeNow();
  });

  it('loses nothing while there is room, and says so by silence', async () => {
    const { board } = await storm(65_536);
    board.advance(10_000);
    const events = board.drain(100_000);
    expect(ofType(events, 'observation').length).toBeGreaterThan(100);
    expect(ofType(events, 'overflow')).toEqual([]);
    board.closeNow();
  });

  it('has room again after it was drained', async () => {
    const { board } = await storm(64);
    board.advance(30_000);
    expect(ofType(board.drain(100_000), 'overflow')).toHaveLength(1);
    const events: NativeEvent[] = [];
    for (let frame = 0; frame < 100; frame += 1) {
      board.advance(20);
      events.push(...board.drain(100_000));
    }
    expect(events.length).toBeGreaterThan(0);
    expect(ofType(events, 'overflow')).toEqual([]);
    board.closeNow();
  });

  it('hands over a batch no larger than asked, oldest first', async () => {
    const { board } = await storm(65_536);
    board.advance(5_000);
    const events: NativeEvent[] = [];
    for (let batch = board.drain(10); batch.length > 0; batch = board.drain(10)) {
      expect(batch.length).toBeLessThanOrEqual(10);
      events.push(...batch);
    }
    const times = events.map((event) => event.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    board.closeNow();
  });

  it('tells a listener of the overflow when JavaScript stood still', async () => {
    const board = await openSimBoard({ ...busyTrunk, clock: { speed: 200 } }, { eventCapacity: 16 });
    const overflown = new Promise<number>((resolve) => {
      board.onEvent((event) => {
        if (event.type === 'seized') board.dial(event.channel, event.ref, number, parameters);
        if (event.type === 'verdict') {
          // Nothing in JavaScript moves until the board is seconds ahead.
          const until = board.now() + 5_000;
          while (board.now() < until) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        }
        if (event.type === 'overflow') resolve(event.count);
      });
    });
    for (const { channel } of board.channels()) board.seize(channel, channel);
    expect(await overflown).toBeGreaterThan(0);
    await board.close();
  });
});

describe('a simulated board', () => {
  it('says the same every time it is stepped through the same calls', async () => {
    const runs = [];
    for (const step of [1_000, 1_000, 20]) {
      const { board, bench } = await openSimBench({ seed: 7 });
      bench.listener = (event) => {
        if (event.type === 'seized') board.dial(event.channel, event.ref, number, parameters);
        if (event.type === 'verdict') board.drop(event.channel, event.ref);
      };
      for (const { channel } of board.channels()) board.seize(channel, channel);
      for (let passed = 0; passed < 30_000; passed += step) board.simulation.advance(step);
      runs.push(bench.events);
      await board.close();
    }
    expect(runs[0]?.length).toBeGreaterThan(20);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it('tells the truth about its calls to the test', async () => {
    const { board, bench } = await openSimBench();
    const ref = await bench.answered(1);
    board.simulation.advance(100);
    board.drop(1, ref);
    await bench.until({ type: 'released', ref });
    const [truth] = board.simulation.groundTruth();
    expect(truth).toMatchObject({ channel: 1, ref, number: '5550001', kind: 'live', endedBy: 'drop' });
    expect(truth?.dialledAt).toBeGreaterThanOrEqual(bench.find({ type: 'seized', ref })?.at ?? Infinity);
    expect(truth?.dialledAt).toBeLessThanOrEqual(bench.find({ type: 'dialled', ref })?.at ?? 0);
    expect(truth?.answeredAt).toBe(bench.find({ type: 'answered', ref })?.at);
    await board.close();
  });

  it('tells a listener the alarms that came before it', async () => {
    const board = await openSimBoard({
      driver: 'sim',
      clock: 'step',
      world: { faults: [{ kind: 'alarm', span: 1, alarm: 'red', atMs: 0, forMs: 60_000 }] },
    });
    board.simulation.advance(100);
    const seen: BoardEvent[] = [];
    board.onEvent((event) => seen.push(event));
    expect(seen).toEqual([]);
    board.simulation.advance(20);
    expect(seen).toMatchObject([{ type: 'alarm', span: 1, alarm: 'red', on: true }]);
    board.simulation.advance(20);
    expect(seen).toHaveLength(1);
    await board.close();
  });

  it('dies on request, and its clock goes on', async () => {
    const { board, bench } = await openSimBench();
    const ref = await bench.answered(1);
    board.simulation.injectFault({ kind: 'dead', atMs: board.now() + 100 });
    const dead = await bench.until({ type: 'dead' });
    expect(dead.reason).not.toBe('');
    let rang = false;
    board.after(500, () => (rang = true));
    const before = bench.events.length;
    board.simulation.advance(20_000);
    expect(bench.events.length).toBe(before);
    expect(rang).toBe(true);
    expect(() => board.drop(1, ref)).toThrow(expect.objectContaining({ code: 'BOARD_DEAD' }) as Error);
    await board.close();
  });

  it('refuses a fault it cannot have, and to be moved on from within a listener', async () => {
    const { board, bench } = await openSimBench();
    expect(() => board.simulation.injectFault({ kind: 'glare', channel: 77, times: 1 })).toThrow(
      expect.objectContaining({ name: 'CodedError', code: 'BAD_ARGUMENT' }) as Error,
    );
    const illegal = expect.objectContaining({ name: 'CodedError', code: 'ILLEGAL_STATE' }) as Error;
    bench.listener = () => board.simulation.advance(20);
    board.seize(1, 1);
    expect(() => board.simulation.advance(100)).toThrow(illegal);
    bench.listener = () => {};
    await board.close();
    const running = await openSimBoard({ driver: 'sim' });
    expect(() => running.simulation.advance(20)).toThrow(illegal);
    await running.close();
  });

  it('goes on with the events behind one whose listener threw', async () => {
    const { board, bench } = await openSimBench();
    bench.listener = (event) => {
      if (event.channel === 1) throw new Error('on purpose');
    };
    board.seize(1, 1);
    board.seize(2, 2);
    expect(() => board.simulation.advance(100)).toThrow('on purpose');
    board.simulation.advance(0);
    expect(bench.story(2)).toEqual(['seized']);
    await board.close();
  });

  it('is left to the garbage collector once it is closed', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const boards: WeakRef<BoardBench>[] = [];
    for (let i = 0; i < 40; i += 1) {
      const { board, bench } = await openSimBench({ world: simWorld({ subscribers: [] }) });
      board.after(1_000, () => bench.ref());
      boards.push(new WeakRef(bench));
      await board.close();
    }
    for (let i = 0; i < 10; i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    expect(boards.filter((board) => board.deref() !== undefined).length).toBeLessThan(5);
  });
});
