import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardEvent } from '../../src/board/board.ts';
import { CodedError, type ErrorCode } from '../../src/domain/errors.ts';
import { checkNumber } from '../../src/domain/number.ts';
import { BoardBench, type BoardSetup } from '../support/board/bench.ts';
import { randomCommands, runCommand } from '../support/board/commands.ts';

/** Names of cases that this board does not hold yet, each with the reason. They must fail until they do. */
export type KnownGaps = Record<string, string>;

/**
 * What every board promises, simulated or real. The board has at least two channels, and behind it are the far
 * ends that its setup names.
 */
export function boardContract(
  name: string,
  open: () => Promise<BoardSetup>,
  knownGaps: KnownGaps = {},
): void {
  describe(`board contract: ${name}`, () => {
    let setup: BoardSetup;
    let bench: BoardBench;
    let first: number;
    let second: number;
    const unusedGaps = new Set(Object.keys(knownGaps));

    const promise = (title: string, run: () => Promise<void> | void, timeoutMs?: number) => {
      const gap = knownGaps[title];
      unusedGaps.delete(title);
      if (gap === undefined) it(title, run, timeoutMs);
      else it.fails(`${title} (known gap: ${gap})`, run, timeoutMs);
    };

    const refused = (code: ErrorCode, command: () => void) => {
      expect(command).toThrow(expect.objectContaining({ name: 'CodedError', code }) as Error);
    };

    beforeEach(async () => {
      setup = await open();
      bench = new BoardBench(setup);
      [first = 0, second = 0] = bench.channels();
    });

    afterEach(async () => {
      await setup.board.close();
    });

    promise('names its spans and channels, all idle at first', () => {
      const inventory = setup.board.inventory();
      const channels = bench.channels();
      expect(inventory.driver).not.toBe('');
      expect(channels.length).toBeGreaterThan(1);
      expect(new Set(channels).size).toBe(channels.length);
      expect(setup.board.channels().map(({ channel }) => channel)).toEqual(channels);
      for (const state of setup.board.channels()) {
        expect(state).toMatchObject({ state: 'idle', ref: 0, reason: null });
        // A line that is opened for itself may have said that it is there.
        expect([null, 'in_service']).toContain(state.lastEvent);
        const span = inventory.spans.find((each) => each.span === state.span);
        expect(span?.channels).toContain(state.channel);
        expect(span?.kind).toBe(state.kind);
      }
    });

    promise('tells the story of a live call in order', async () => {
      const ref = await bench.dial(first, setup.numbers.live);
      const verdict = await bench.until({ type: 'verdict', ref });
      bench.board.drop(first, ref);
      await bench.until({ type: 'released', ref });
      const story = bench.story(ref).filter((type) => type !== 'proceeding' && type !== 'ringing');
      expect(story).toEqual(['seized', 'dialled', 'answered', 'verdict', 'released']);
      expect(verdict).toMatchObject({ channel: first, verdict: 'live', sit: null });
      expect(verdict.confidence).toBeGreaterThan(0);
      expect(verdict.confidence).toBeLessThanOrEqual(1);
      expect(verdict.evidence).toMatchObject({ verdict: 'live', confidence: verdict.confidence });
      expect(verdict.evidence.rule).not.toBe('');
      expect(verdict.evidence.segments.length).toBeGreaterThan(0);
      const times = bench.events.map((event) => event.at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(bench.state(first)).toBe('idle');
    });

    promise('listens anew to an answered call, its times going on', async () => {
      const ref = await bench.dial(first, setup.numbers.live);
      const before = await bench.until({ type: 'verdict', ref });
      bench.board.rearm(first, ref);
      const verdicts = () => bench.events.filter((event) => event.type === 'verdict');
      for (let ms = 0; verdicts().length < 2 && ms < 10_000; ms += 200) await bench.pass(200);
      const [, again] = verdicts();
      if (again === undefined) throw new Error('no second verdict');
      expect(again.evidence.answerMs).toBeGreaterThanOrEqual(before.evidence.decidedMs ?? 0);
      expect(again.evidence.decidedMs).toBeGreaterThan(again.evidence.answerMs ?? 0);
    });

    promise('shows the state of a channel as the call goes on', async () => {
      const ref = await bench.seize(first);
      expect(bench.state(first)).toBe('seized');
      bench.board.dial(first, ref, checkNumber(setup.numbers.live), bench.parameters());
      expect(bench.state(first)).toBe('dialling');
      await bench.until({ type: 'answered', ref });
      expect(bench.state(first)).toBe('answered');
      expect(bench.board.channels().find(({ channel }) => channel === first)?.ref).toBe(ref);
      bench.board.drop(first, ref);
      expect(bench.state(first)).toBe('dropping');
    });

    promise('replies before it tells of the event', async () => {
      let commanding = false;
      let inside = 0;
      const command = (run: () => void) => {
        commanding = true;
        run();
        commanding = false;
      };
      const other = bench.ref();
      bench.listener = (event) => {
        if (commanding) inside += 1;
        if (event.type === 'seized' && event.channel === first) {
          command(() => bench.board.seize(second, other));
        }
        if (event.type === 'seized' && event.channel === second) {
          command(() => bench.board.drop(second, other));
        }
      };
      command(() => bench.board.seize(first, bench.ref()));
      await bench.until({ type: 'released', ref: other });
      expect(inside).toBe(0);
    });

    promise('marks each event with the call it belongs to', async () => {
      const refs = [bench.ref(), bench.ref(), bench.ref()];
      const waiting = [...refs];
      const next = () => {
        const ref = waiting.shift();
        if (ref !== undefined) bench.board.seize(first, ref);
      };
      bench.listener = (event) => {
        if (event.type === 'seized') {
          bench.board.dial(first, event.ref, checkNumber(setup.numbers.live), bench.parameters());
        }
        if (event.type === 'dialled') bench.board.drop(first, event.ref);
        if (event.type === 'released') next();
      };
      next();
      await bench.until({ type: 'released', ref: refs[2] ?? 0 });
      const order = bench.events.map((event) => event.ref);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      for (const ref of refs) expect(bench.story(ref).slice(0, 2)).toEqual(['seized', 'dialled']);
    });

    promise('refuses a command for a call that is over', async () => {
      const old = await bench.seize(first);
      bench.board.drop(first, old);
      await bench.until({ type: 'released', ref: old });
      refused('ILLEGAL_STATE', () => bench.board.drop(first, old));
      const ref = await bench.answered(first);
      refused('ILLEGAL_STATE', () => bench.board.drop(first, old));
      refused('ILLEGAL_STATE', () => bench.board.transfer(first, old, setup.extensions.answers, 'blind'));
      expect(bench.state(first)).toBe('answered');
      expect(bench.story(ref)).not.toContain('released');
    });

    promise('hears a machine, by its beep at the latest', async () => {
      const ref = await bench.dial(first, setup.numbers.machine);
      const heard = () =>
        bench.events.some(
          (event) =>
            event.ref === ref &&
            ((event.type === 'verdict' && event.verdict === 'machine') ||
              (event.type === 'observation' && event.observation.kind === 'beep')),
        );
      for (let waited = 0; !heard() && waited < 40_000; waited += 100) await bench.pass(100);
      expect(heard()).toBe(true);
    });

    promise('hears a fax', async () => {
      const ref = await bench.dial(first, setup.numbers.fax);
      expect((await bench.until({ type: 'verdict', ref })).verdict).toBe('fax');
    });

    promise('tells a busy number by its tone or its cause', async () => {
      const ref = await bench.dial(first, setup.numbers.busy);
      const told = () =>
        bench.find({ type: 'verdict', ref, verdict: 'busy' }) ??
        bench.find({ type: 'disconnected', ref, cause: 17 });
      for (let waited = 0; told() === undefined && waited < 20_000; waited += 100) await bench.pass(100);
      expect(told()).toBeDefined();
      expect(bench.story(ref)).not.toContain('answered');
    });

    promise('hears special information tones', async () => {
      const ref = await bench.dial(first, setup.numbers.sit);
      const verdict = await bench.until({ type: 'verdict', ref });
      expect(verdict).toMatchObject({ verdict: 'sit', sit: expect.stringMatching(/./) as string });
    });

    promise('gives one verdict a call', async () => {
      for (const number of [setup.numbers.live, setup.numbers.fax]) {
        const ref = await bench.dial(first, number);
        await bench.until({ type: 'verdict', ref });
        await bench.pass(3_000);
        bench.board.drop(first, ref);
        await bench.until({ type: 'released', ref });
        expect(bench.story(ref).filter((type) => type === 'verdict')).toHaveLength(1);
      }
    });

    promise('gives its verdict before the deadline', async () => {
      const ref = await bench.dial(first, setup.numbers.live, { cpdTimeoutMs: 1_000 });
      const answered = await bench.until({ type: 'answered', ref });
      const verdict = await bench.until({ type: 'verdict', ref });
      expect(verdict.at - answered.at).toBeLessThanOrEqual(1_040);
    });

    promise('says when nobody answers in time', async () => {
      const ref = await bench.dial(first, setup.numbers.noAnswer, { ringTimeoutMs: 15_000 });
      const dialled = await bench.until({ type: 'dialled', ref });
      const end = await bench.until({ type: 'no_answer', ref });
      expect(end.at - dialled.at).toBeGreaterThanOrEqual(15_000);
      expect(end.at - dialled.at).toBeLessThan(16_000);
      expect(bench.story(ref)).not.toContain('answered');
    });

    promise('listens to nothing on a leg without detection', async () => {
      const ref = await bench.dial(first, setup.extensions.answers, { noDetection: true });
      await bench.until({ type: 'answered', ref });
      await bench.pass(6_000);
      expect(bench.story(ref)).not.toContain('verdict');
      expect(bench.events.filter((event) => event.ref === ref && event.type === 'observation')).toEqual([]);
    });

    promise('transfers a call and frees the channel', async () => {
      const ref = await bench.answered(first);
      bench.board.transfer(first, ref, setup.extensions.answers, 'blind');
      await bench.until({ type: 'released', ref });
      expect(bench.story(ref).slice(-2)).toEqual(['transferred', 'released']);
      expect(bench.state(first)).toBe('idle');
    });

    promise('says why a transfer failed, and keeps the call', async () => {
      for (const [extension, reason] of [
        [setup.extensions.busy, 'transfer_busy'],
        [setup.extensions.refuses, 'transfer_refused'],
      ] as const) {
        const ref = await bench.answered(first);
        bench.board.transfer(first, ref, extension, 'consult');
        const failed = await bench.until({ type: 'failed', ref });
        expect(failed).toMatchObject({ command: 'transfer', reason });
        expect(bench.state(first)).toBe('answered');
        bench.board.drop(first, ref);
        await bench.until({ type: 'released', ref });
      }
    });

    promise('joins two calls and parts them', async () => {
      const agent = await bench.dial(second, setup.extensions.answers, { noDetection: true });
      await bench.until({ type: 'answered', ref: agent });
      const customer = await bench.answered(first);
      const asked = bench.board.now();
      bench.board.join(first, customer, second);
      const joined = await bench.until({ type: 'joined', ref: customer });
      expect(joined.other).toBe(second);
      expect(joined.at - asked).toBeLessThanOrEqual(20);
      expect(await bench.until({ type: 'joined', ref: agent })).toMatchObject({ other: first });
      refused('ILLEGAL_STATE', () => bench.board.join(first, customer, second));
      bench.board.part(first, customer);
      await bench.until({ type: 'parted', ref: customer });
      await bench.until({ type: 'parted', ref: agent });
      expect(bench.state(first)).toBe('answered');
      expect(bench.state(second)).toBe('answered');
    });

    promise('parts the peer of a call that ends', async () => {
      const agent = await bench.dial(second, setup.extensions.answers, { noDetection: true });
      await bench.until({ type: 'answered', ref: agent });
      const customer = await bench.answered(first);
      bench.board.join(first, customer, second);
      await bench.until({ type: 'joined', ref: agent });
      bench.board.drop(first, customer);
      await bench.until({ type: 'parted', ref: agent });
      await bench.until({ type: 'released', ref: customer });
      expect(bench.state(second)).toBe('answered');
    });

    promise('plays to the end, or until it is stopped', async () => {
      const ref = await bench.answered(first);
      bench.board.play(first, ref, setup.announcement);
      refused('ILLEGAL_STATE', () => bench.board.play(first, ref, setup.announcement));
      expect(await bench.until({ type: 'played', ref })).toMatchObject({ completed: true });
      bench.board.play(first, ref, setup.announcement);
      await bench.pass(200);
      bench.board.stopPlay(first, ref);
      await bench.until({ type: 'played', ref, completed: false });
      expect(bench.state(first)).toBe('answered');
      refused('BAD_ARGUMENT', () => bench.board.play(first, ref, '/nowhere/announcement.wav'));
    });

    promise('collects digits up to the terminator or the time limit', async () => {
      const ref = await bench.answered(first, setup.numbers.presses);
      bench.board.collectDigits(first, ref, { count: 5, terminator: '#', timeoutMs: 30_000 });
      bench.board.play(first, ref, setup.announcement);
      expect(await bench.until({ type: 'digits', ref })).toMatchObject({
        digits: '42',
        reason: 'terminator',
      });
      bench.board.collectDigits(first, ref, { count: 5, timeoutMs: 1_000 });
      expect(await bench.until({ type: 'digits', ref, reason: 'timeout' })).toMatchObject({ digits: '' });
    });

    promise('takes a key during an announcement, which is stopped at once for another', async () => {
      const ref = await bench.answered(first, setup.numbers.presses);
      bench.board.collectDigits(first, ref, { count: 1, timeoutMs: 30_000 });
      bench.board.play(first, ref, setup.announcement);
      expect(await bench.until({ type: 'digits', ref })).toMatchObject({ digits: '4', reason: 'count' });
      bench.board.stopPlay(first, ref);
      await bench.until({ type: 'played', ref, completed: false });
      bench.board.play(first, ref, setup.announcement);
      bench.board.collectDigits(first, ref, { count: 1, timeoutMs: 30_000 });
      await bench.until({ type: 'digits', ref, digits: '2' });
      await bench.until({ type: 'played', ref, completed: true });
      // Who asks for an agent is moved while the announcement is still being stopped.
      bench.board.play(first, ref, setup.announcement);
      await bench.pass(200);
      bench.board.stopPlay(first, ref);
      bench.board.transfer(first, ref, setup.extensions.answers, 'blind');
      await bench.until({ type: 'transferred', ref });
    });

    promise('drops a call in any state and frees the channel', async () => {
      const reach: ((ref: number) => Promise<unknown>)[] = [
        () => Promise.resolve(),
        (ref) => bench.until({ type: 'seized', ref }),
        (ref) => dialOnce(ref),
        async (ref) => {
          await dialOnce(ref);
          await bench.until({ type: 'ringing', ref });
        },
        async (ref) => {
          await dialOnce(ref);
          await bench.until({ type: 'answered', ref });
        },
      ];
      const dialOnce = async (ref: number) => {
        await bench.until({ type: 'seized', ref });
        bench.board.dial(first, ref, checkNumber(setup.numbers.live), bench.parameters());
      };
      for (const go of reach) {
        const ref = bench.ref();
        bench.board.seize(first, ref);
        await go(ref);
        bench.board.drop(first, ref);
        await bench.until({ type: 'released', ref });
        await bench.pass(1_000);
        expect(bench.story(ref).filter((type) => type === 'released')).toHaveLength(1);
        expect(bench.story(ref).at(-1)).toBe('released');
        expect(bench.state(first)).toBe('idle');
      }
    });

    promise('resets a channel, with a call on it or without', async () => {
      bench.board.reset(first);
      await bench.until({ type: 'reset', channel: first, ref: 0 });
      const ref = await bench.answered(first);
      bench.board.reset(first);
      await bench.until({ type: 'reset', channel: first, ref });
      expect(bench.state(first)).toBe('idle');
      refused('ILLEGAL_STATE', () => bench.board.drop(first, ref));
      await bench.seize(first);
    });

    promise('takes a channel out of service and back', async () => {
      bench.board.setInService(first, false);
      const out = await bench.until({ type: 'out_of_service', channel: first });
      expect(out.reason).not.toBe('');
      expect(bench.board.channels().find(({ channel }) => channel === first)).toMatchObject({
        state: 'out_of_service',
        reason: out.reason,
      });
      refused('CHANNEL_OUT_OF_SERVICE', () => bench.board.seize(first, bench.ref()));
      bench.board.setInService(first, true);
      await bench.until({ type: 'in_service', channel: first });
      await bench.seize(first);
      refused('CHANNEL_BUSY', () => bench.board.setInService(first, false));
    });

    promise('tells of an alarm, ends the calls on its span, and comes back', async () => {
      if (setup.raiseAlarm === undefined) throw new Error('this board cannot be made to have an alarm');
      const ref = setup.alarmsSpareAnswered
        ? await bench.dial(first, setup.numbers.noAnswer)
        : await bench.answered(first);
      await bench.until({ type: 'dialled', ref });
      const span = setup.board.inventory().spans[0]?.span ?? 0;
      setup.raiseAlarm(span, 5_000);
      expect(await bench.until({ type: 'alarm', on: true })).toMatchObject({ span, alarm: 'red' });
      await bench.until({ type: 'disconnected', ref });
      await bench.until({ type: 'out_of_service', channel: second });
      refused('CHANNEL_OUT_OF_SERVICE', () => bench.board.seize(second, bench.ref()));
      bench.board.drop(first, ref);
      await bench.until({ type: 'released', ref });
      await bench.until({ type: 'alarm', on: false, span });
      await bench.until({ type: 'in_service', channel: second });
      await bench.seize(first);
    });

    promise('refuses what makes no sense, by code', async () => {
      const { board } = bench;
      const number = checkNumber(setup.numbers.live);
      refused('UNKNOWN_CHANNEL', () => board.seize(99_999, bench.ref()));
      refused('UNKNOWN_CHANNEL', () => board.seize(Number.NaN, bench.ref()));
      refused('UNKNOWN_CHANNEL', () => board.reset(-1));
      refused('BAD_ARGUMENT', () => board.seize(first, 0));
      refused('ILLEGAL_STATE', () => board.dial(first, bench.ref(), number, bench.parameters()));
      refused('ILLEGAL_STATE', () => board.drop(first, bench.ref()));
      const ref = await bench.seize(first);
      refused('CHANNEL_BUSY', () => board.seize(first, bench.ref()));
      refused('BAD_ARGUMENT', () => board.dial(first, ref, 'T5,1' as typeof number, bench.parameters()));
      refused('BAD_ARGUMENT', () => board.dial(first, ref, number, bench.parameters({ plan: 'XX' })));
      refused('ILLEGAL_STATE', () => board.rearm(first, ref));
      refused('ILLEGAL_STATE', () => board.transfer(first, ref, setup.extensions.answers, 'blind'));
      refused('ILLEGAL_STATE', () => board.join(first, ref, second));
      refused('ILLEGAL_STATE', () => board.part(first, ref));
      refused('ILLEGAL_STATE', () => board.play(first, ref, setup.announcement));
      refused('ILLEGAL_STATE', () => board.stopPlay(first, ref));
      refused('ILLEGAL_STATE', () => board.collectDigits(first, ref, { count: 1, timeoutMs: 1_000 }));
      expect(bench.state(first)).toBe('seized');
    });

    promise('runs its timers by its own clock, in order, and not when cancelled', async () => {
      const rang: string[] = [];
      const start = bench.board.now();
      bench.board.after(300, () => rang.push(`c at ${bench.board.now() - start >= 300}`));
      bench.board.after(100, () => rang.push('a'));
      const cancel = bench.board.after(150, () => rang.push('never'));
      bench.board.after(200, () => rang.push('b'));
      cancel();
      cancel();
      await bench.pass(280);
      expect(rang).toEqual(['a', 'b']);
      await bench.pass(200);
      expect(rang).toEqual(['a', 'b', 'c at true']);
    });

    promise('closes with calls up, twice, and is silent then', async () => {
      await bench.answered(first);
      bench.board.seize(second, bench.ref());
      let late: BoardEvent | null = null;
      bench.board.after(50, () => (late = { type: 'reset', channel: 0, ref: 0, at: 0 }));
      const closing = bench.board.close();
      refused('BOARD_DEAD', () => bench.board.seize(second, bench.ref()));
      await closing;
      bench.listener = (event) => (late = event);
      await bench.board.close();
      await new Promise((resolve) => setImmediate(resolve));
      expect(late).toBeNull();
      refused('BOARD_DEAD', () => bench.board.reset(first));
      expect(() => bench.board.after(10, () => {})()).not.toThrow();
    });

    promise(
      'survives any order of commands and loses no channel',
      async () => {
        await fc.assert(
          fc.asyncProperty(randomCommands, async (commands) => {
            for (const command of commands) {
              try {
                await runCommand(bench, command);
              } catch (error) {
                if (!(error instanceof CodedError)) throw error;
              }
            }
            for (const { channel, ref } of bench.board.channels()) {
              bench.board.setInService(channel, true);
              try {
                if (ref !== 0) bench.board.drop(channel, ref);
              } catch (error) {
                // A board with threads of its own may have ended the call since it was asked.
                if (!(error instanceof CodedError && error.code === 'ILLEGAL_STATE')) throw error;
              }
            }
            await bench.pass(setup.settleMs ?? 1_000);
            expect(bench.board.channels().filter(({ state }) => state !== 'idle')).toEqual([]);
          }),
          { numRuns: setup.propertyRuns ?? 200, seed: 2_026 },
        );
      },
      // Time enough for the slowest board on a machine that does other things too.
      600_000,
    );

    it('has no known gap that is not a case', () => {
      expect([...unusedGaps]).toEqual([]);
    });
  });
}
