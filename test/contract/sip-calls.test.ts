import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasSipStandin, openSipBench, type SipOptions } from '../support/board-sip.ts';
import type { BoardBench } from '../support/board-bench.ts';

/** What an exchange may do in the course of a call; by name as `native/sipexchange/far_end.h` has it. */
describe.skipIf(!hasSipStandin())('SIP calls', () => {
  let bench: BoardBench;
  const open = async (options: SipOptions = {}) => {
    bench = await openSipBench(options);
    return bench;
  };
  afterEach(() => bench.board.close());

  const { numbers, extensions } = {
    numbers: { live: '5550001', busy: '5550003', noAnswer: '5550006' },
    extensions: { answers: '7001', rings: '7300' },
  };

  /** The person is heard, and the channel can be used again. */
  const expectLiveCall = async () => {
    const ref = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'verdict', ref })).toMatchObject({ verdict: 'live' });
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
  };

  it('tells progress, ringing and answer by signal, each once', async () => {
    await open();
    const ref = await bench.dial(1, numbers.live);
    await bench.until({ type: 'answered', ref });
    const told = bench.events.filter((event) => event.ref === ref && event.type !== 'observation');
    expect(told.map(({ type }) => type)).toEqual(['seized', 'dialled', 'proceeding', 'ringing', 'answered']);
    expect(told.slice(-2)).toMatchObject([{ by: 'signal' }, { by: 'signal' }]);
  });

  it('hears the tones before the answer', async () => {
    await open();
    const ref = await bench.dial(1, numbers.live);
    await bench.until({ type: 'answered', ref });
    const tones = bench.events.flatMap((event) =>
      event.type === 'observation' && event.observation.kind === 'tone' ? [event.observation.tone] : [],
    );
    expect(tones).toContain('ringback');
  });

  it('answers a digest challenge', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sip-'));
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'dialler\n', { mode: 0o600 });
    try {
      await open({ habits: ['digest'], trunk: { username: 'dialler', passwordFile } });
      await expectLiveCall();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives up on a challenge that it has no answer to, with a cause that is not the number’s', async () => {
    await open({ habits: ['digest'] });
    const ref = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 29 });
  });

  it('does not follow a redirection', async () => {
    await open({ habits: ['redirects'] });
    const ref = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 23 });
    await bench.pass(5_000);
    expect(bench.story(ref)).toEqual(['seized', 'dialled', 'proceeding', 'disconnected']);
  });

  it.each(['repeatsOk', 'forks', 'holdsWhenUp'])('goes on with an exchange that %s', async (habit) => {
    await open({ habits: [habit] });
    await expectLiveCall();
    const ref = await bench.answered(1);
    await bench.pass(8_000);
    expect(bench.story(ref)).not.toContain('disconnected');
    expect(bench.story(ref).filter((type) => type === 'answered')).toHaveLength(1);
    await expectLiveCallOn(2);
  });

  const expectLiveCallOn = async (channel: number) => {
    const ref = await bench.dial(channel, numbers.live);
    expect(await bench.until({ type: 'verdict', ref })).toMatchObject({ verdict: 'live' });
  };

  it('ends a call whose answer crosses its end', async () => {
    await open({ habits: ['crossesCancel'] });
    const ref = await bench.dial(1, numbers.live);
    await bench.until({ type: 'ringing', ref });
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
    await bench.pass(2_000);
    expect(bench.story(ref)).not.toContain('answered');
    expect(bench.state(1)).toBe('idle');
    await bench.answered(1);
  });

  it('gives up on a peer that answers nothing', async () => {
    await open({ config: { healthEveryMs: 3_600_000, firstResponseMs: 2_000 } });
    bench.setup.raiseAlarm?.(1, 60_000);
    const ref = await bench.dial(1, numbers.live);
    const dialled = await bench.until({ type: 'dialled', ref });
    const end = await bench.until({ type: 'disconnected', ref });
    expect(end.cause).toBe(38);
    expect(end.at - dialled.at).toBeLessThanOrEqual(2_040);
  });

  it('ends an answered call of which nothing is heard any more', async () => {
    await open({ config: { healthEveryMs: 3_600_000, rtpTimeoutMs: 5_000 } });
    const ref = await bench.answered(1);
    bench.setup.raiseAlarm?.(1, 60_000);
    const end = await bench.until({ type: 'disconnected', ref });
    expect(end.cause).toBe(38);
  });

  it('starts no more calls in a second than the trunk allows', async () => {
    await open({ trunk: { callsPerSecond: 2 } });
    const refs = [];
    for (const channel of [1, 2, 3, 4]) refs.push(await bench.dial(channel, numbers.live));
    const at: number[] = [];
    for (const ref of refs) at.push((await bench.until({ type: 'dialled', ref })).at);
    const gaps = at.slice(1).map((each, i) => each - (at[i] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(500);
  });

  it('keeps the two together itself where the exchange will not', async () => {
    await open({ habits: ['refusesRefer'] });
    for (const style of ['blind', 'consult'] as const) {
      const ref = await bench.answered(1);
      bench.board.transfer(1, ref, extensions.answers, style);
      await bench.until({ type: 'transferred', ref });
      await bench.pass(2_000);
      expect(bench.state(1)).toBe('answered');
      expect(bench.story(ref)).not.toContain('released');
      bench.board.drop(1, ref);
      await bench.until({ type: 'released', ref });
    }
  });

  it('moves the call to an extension that was asked first', async () => {
    await open();
    const ref = await bench.answered(1);
    bench.board.transfer(1, ref, extensions.answers, 'consult');
    await bench.until({ type: 'released', ref });
    expect(bench.story(ref).slice(-2)).toEqual(['transferred', 'released']);
  });

  it.each(['blind', 'consult', 'bridge'] as const)(
    'keeps the call where nobody takes it up there (%s)',
    async (style) => {
      await open({ config: { transferMs: 5_000 } });
      const ref = await bench.answered(1);
      bench.board.transfer(1, ref, extensions.rings, style);
      const failed = await bench.until({ type: 'failed', ref });
      expect(failed).toMatchObject({ command: 'transfer', reason: 'transfer_no_answer' });
      expect(bench.state(1)).toBe('answered');
    },
  );

  it('keeps a call of whose transfer nothing is told', async () => {
    await open({ habits: ['silentAfterRefer'], config: { transferMs: 5_000 } });
    const ref = await bench.answered(1);
    bench.board.transfer(1, ref, extensions.answers, 'blind');
    await bench.until({ type: 'failed', ref, reason: 'transfer_no_answer' });
    expect(bench.state(1)).toBe('answered');
  });

  it('carries the sound of a bridge both ways until one of the two hangs up', async () => {
    await open();
    const ref = await bench.answered(1);
    bench.board.transfer(1, ref, extensions.answers, 'bridge');
    await bench.until({ type: 'transferred', ref });
    // The person talks as long as it hears the agent, which is longer than it would have waited.
    const ended = await bench.until({ type: 'disconnected', ref }, 90_000);
    expect(ended.cause).toBe(16);
    expect(ended.at - (bench.find({ type: 'answered', ref })?.at ?? 0)).toBeGreaterThan(35_000);
  });
});
