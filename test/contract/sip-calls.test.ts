import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasSipStandin, loopback, openSipBench, type SipOptions } from '../support/board/sip.ts';
import type { BoardBench } from '../support/board/bench.ts';

/** What an exchange may do in the course of a call; by name as `native/sipexchange/far_end.h` has it. */
describe.skipIf(!hasSipStandin())('SIP calls', () => {
  let bench: BoardBench;
  const open = async (options: SipOptions = {}) => {
    bench = await openSipBench(options);
    return bench;
  };
  afterEach(() => bench.board.close());

  const { numbers, extensions } = {
    numbers: { live: '5550001', busy: '5550003', noAnswer: '5550006', presses: '5550007' },
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

  /** Opens it with a file that has the password of the exchange's digest. */
  const openWithPassword = async ({ trunk, ...options }: SipOptions) => {
    const folder = mkdtempSync(join(tmpdir(), 'sip-'));
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'dialler\n', { mode: 0o600 });
    try {
      return await open({ ...options, trunk: { username: 'dialler', passwordFile, ...trunk } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  /** By TLS; the exchange's certificate is written where the board takes the authorities from. */
  const openByTls = async ({ trunk, ...options }: SipOptions = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'sip-'));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, '');
    try {
      return await open({
        ...options,
        certificateFile: caFile,
        trunk: { transport: 'tls', tls: { caFile }, ...trunk },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('answers a digest challenge', async () => {
    await openWithPassword({ habits: ['digest'] });
    await expectLiveCall();
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

  it.each(['repeatsOk', 'forks', 'holdsWhenUp', 'namedContact', 'longSessions'])(
    'goes on with an exchange that %s',
    async (habit) => {
      await open({ habits: [habit] });
      await expectLiveCall();
      const ref = await bench.answered(1);
      await bench.pass(8_000);
      expect(bench.story(ref)).not.toContain('disconnected');
      expect(bench.story(ref).filter((type) => type === 'answered')).toHaveLength(1);
      await expectLiveCallOn(2);
    },
  );

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
    // It may have arrived: no progress, not "no circuit".
    expect(end.cause).toBe(102);
    expect(end.at - dialled.at).toBeLessThanOrEqual(2_040);
  });

  it('ends an answered call of which nothing is heard any more', async () => {
    await open({ config: { healthEveryMs: 3_600_000, rtpTimeoutMs: 5_000, silentCalls: 'end' } });
    const ref = await bench.answered(1);
    bench.setup.raiseAlarm?.(1, 60_000);
    const end = await bench.until({ type: 'disconnected', ref });
    expect(end.cause).toBe(38);
  });

  it('waits for sound from the answer on, however long it rang without any', async () => {
    // It rings for longer than that.
    await open({ habits: ['lateMedia'], config: { rtpTimeoutMs: 1_500 } });
    const ref = await bench.dial(1, numbers.live);
    const answered = await bench.until({ type: 'answered', ref });
    expect(answered.at - (bench.find({ type: 'dialled', ref })?.at ?? 0)).toBeGreaterThan(1_600);
    expect(await bench.until({ type: 'verdict', ref })).toMatchObject({ verdict: 'live' });
    expect(bench.story(ref)).not.toContain('disconnected');
  });

  it('cuts nobody off whose agent is muted, as long as the exchange has the call', async () => {
    await open({ habits: ['silentAgents'], config: { agentRtpTimeoutMs: 1_000 } });
    const ref = await bench.answered(1);
    bench.board.transfer(1, ref, extensions.answers, 'bridge');
    const bridged = await bench.until({ type: 'transferred', ref });
    // The person waits for the agent for longer than the agent is waited for.
    const end = await bench.until({ type: 'disconnected', ref }, 60_000);
    expect(end.cause).toBe(16);
    expect(end.at - bridged.at).toBeGreaterThan(5_000);
    const { messages } = (await bench.board.report('trace', 1)) as {
      messages: { way: string; message: string }[];
    };
    const asked = messages.filter(({ way, message }) => way === '->' && message.startsWith('OPTIONS '));
    expect(asked.length).toBeGreaterThan(1);
  });

  it('keeps nobody on a bridge with an agent of whom nothing is heard any more', async () => {
    await open({ habits: ['silentAgents', 'forgetsCalls'], config: { agentRtpTimeoutMs: 5_000 } });
    const ref = await bench.answered(1);
    bench.board.transfer(1, ref, extensions.answers, 'bridge');
    const bridged = await bench.until({ type: 'transferred', ref });
    const end = await bench.until({ type: 'disconnected', ref });
    expect(end.cause).toBe(27);
    expect(end.at - bridged.at).toBeGreaterThan(7_900);
    expect(end.at - bridged.at).toBeLessThan(8_200);
  });

  it('hears the keys in the sound where no telephone events were agreed on, each once', async () => {
    await open({ habits: ['noEvents'] });
    const ref = await bench.answered(1, numbers.presses);
    bench.board.collectDigits(1, ref, { count: 1, timeoutMs: 30_000 });
    bench.board.play(1, ref, bench.setup.announcement);
    expect(await bench.until({ type: 'digits', ref })).toMatchObject({ digits: '4', reason: 'count' });
    // One that is pressed while none is asked for waits.
    await bench.pass(2_000);
    bench.board.collectDigits(1, ref, { count: 5, terminator: '#', timeoutMs: 30_000 });
    await bench.until({ type: 'digits', ref, digits: '2', reason: 'terminator' });
    bench.board.collectDigits(1, ref, { count: 1, timeoutMs: 3_000 });
    await bench.until({ type: 'digits', ref, digits: '', reason: 'timeout' });
  });

  it('lets answered calls go on while OPTIONS get no answer, and ends those that ring', async () => {
    await open({ habits: ['ignoresOptions'] });
    const ref = await bench.answered(1);
    bench.board.transfer(1, ref, extensions.answers, 'bridge');
    await bench.until({ type: 'transferred', ref });
    await bench.pass(15_000 - bench.board.now());
    const rings = await bench.dial(2, numbers.noAnswer);
    const raised = await bench.until({ type: 'alarm', on: true });
    expect(raised.at).toBeLessThan(24_000);
    expect(await bench.until({ type: 'disconnected', ref: rings })).toMatchObject({ cause: 38 });
    await bench.until({ type: 'out_of_service', channel: 3 });
    expect(() => bench.board.seize(3, 77)).toThrow('out of service');
    await bench.pass(10_000);
    expect(bench.board.channels()[0]).toMatchObject({ state: 'answered', ref, reason: null });
    bench.board.drop(2, rings);
    await bench.until({ type: 'released', ref: rings });
    expect(bench.board.channels()[1]).toMatchObject({ state: 'out_of_service', reason: 'alarm_red' });
    await bench.until({ type: 'alarm', on: false });
    await bench.until({ type: 'in_service', channel: 2 });
    expect(bench.story(ref)).not.toContain('disconnected');
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
    await expectLiveCallOn(2);
  });

  it('takes the channel of a call that outlived its trunk out of service when it is over', async () => {
    await open({ config: { rtpTimeoutMs: 6_000, silentCalls: 'end' } });
    const ref = await bench.answered(1);
    bench.setup.raiseAlarm?.(1, 20_000);
    const raised = await bench.until({ type: 'alarm', on: true });
    const end = await bench.until({ type: 'disconnected', ref });
    // Nothing is heard of it either: that ends it, not the alarm.
    expect(end.cause).toBe(38);
    expect(end.at).toBeGreaterThan(raised.at + 2_000);
    bench.board.drop(1, ref);
    await bench.until({ type: 'out_of_service', channel: 1, reason: 'alarm_red' });
    await bench.until({ type: 'in_service', channel: 1 });
    await expectLiveCall();
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

  describe.each(['tcp', 'tls'] as const)('by %s', (transport) => {
    const openBy = (options: SipOptions = {}) =>
      transport === 'tls' ? openByTls(options) : open({ ...options, trunk: { transport } });

    it('calls, hands over, and hangs up', async () => {
      await openBy();
      await expectLiveCall();
      const ref = await bench.answered(1);
      bench.board.transfer(1, ref, extensions.answers, 'consult');
      await bench.until({ type: 'released', ref });
      expect(bench.story(ref).slice(-2)).toEqual(['transferred', 'released']);
    });

    it('answers what the far end asks in the call, and ends forks', async () => {
      await openBy({ habits: ['forks', 'holdsWhenUp'] });
      const ref = await bench.answered(1);
      await bench.pass(8_000);
      expect(bench.story(ref)).not.toContain('disconnected');
    });

    it('ends a call that rings', async () => {
      await openBy();
      const ref = await bench.dial(1, numbers.noAnswer);
      await bench.until({ type: 'ringing', ref });
      bench.board.drop(1, ref);
      await bench.until({ type: 'released', ref });
      await expectLiveCallOn(1);
    });
  });

  it('does not call over TLS where the certificate is another’s', async () => {
    await openByTls({ habits: ['certified=exchange.example'], config: { healthEveryMs: 3_600_000 } });
    const ref = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 38 });
  });

  it('calls over TLS where the certificate has the name that is configured', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sip-'));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, '');
    try {
      await open({
        habits: ['certified=exchange.example'],
        certificateFile: caFile,
        trunk: { transport: 'tls', tls: { caFile, serverName: 'exchange.example' } },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
    await expectLiveCall();
  });

  it('writes to no file of the configuration', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sip-'));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, 'of the operator');
    try {
      // The board finds no certificate in it, and may say so.
      await open({ trunk: { transport: 'tls', tls: { caFile } } }).catch(() => undefined);
      expect(readFileSync(caFile, 'utf8')).toBe('of the operator');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('does not call over TLS where nobody known has signed the certificate', async () => {
    await open({ trunk: { transport: 'tls' }, config: { healthEveryMs: 3_600_000 } });
    const ref = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 38 });
  });

  it('registers before it calls, and again before that runs out', async () => {
    await openWithPassword({ habits: ['registers'], trunk: { register: true, callsPerSecond: 50 } });
    await bench.until({ type: 'in_service', channel: 1 });
    expect(bench.events[0]).toMatchObject({ type: 'out_of_service', reason: 'not_registered' });
    await expectLiveCall();
    await bench.pass(200_000);
    await expectLiveCall();
    expect(bench.events.filter(({ type }) => type === 'out_of_service')).toHaveLength(4);
  });

  it('takes its channels out of service where it is not let in', async () => {
    await openWithPassword({ habits: ['registers', 'refusesRegister'], trunk: { register: true } });
    await bench.pass(1_000);
    expect(bench.board.channels()[0]).toMatchObject({ state: 'out_of_service', reason: 'not_registered' });
    expect(() => bench.board.seize(1, 77)).toThrow('out of service');
  });

  it('never calls twice where the first address is silent, and goes by the next one then', async () => {
    const address = [`${loopback(2)}:5080`, `${loopback(1)}:5080`];
    await open({ trunk: { address, callsPerSecond: 50 }, config: { healthEveryMs: 3_600_000 } });
    const silent = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'disconnected', ref: silent })).toMatchObject({ cause: 102 });
    await expectLiveCallOn(2);
  });

  it('calls by the next address where there is no connection to the first', async () => {
    const address = [`${loopback(2)}:5080`, `${loopback(1)}:5080`];
    await open({ trunk: { address, transport: 'tcp' }, config: { healthEveryMs: 3_600_000 } });
    await expectLiveCall();
  });

  it('hands back a seizure that the trunk’s pace leaves no turn for, before any number is dialled', async () => {
    await open({ trunk: { callsPerSecond: 0.2 } });
    for (const [i, ref] of [501, 502, 503].entries()) bench.board.seize(i + 1, ref);
    await bench.until({ type: 'failed', ref: 503 });
    expect(bench.find({ type: 'failed', ref: 503 })).toMatchObject({ command: 'seize', reason: 'glare' });
    expect(bench.story(501)).toEqual(['seized']);
    expect(bench.story(502)).toEqual(['seized']);
    bench.board.drop(3, 503);
    await bench.until({ type: 'released', ref: 503 });
    expect(bench.state(3)).toBe('idle');
  });

  it('goes on by the other address when one falls silent between calls', async () => {
    const address = [`${loopback(2)}:5080`, `${loopback(1)}:5080`];
    await open({ trunk: { address } });
    await bench.pass(10_000);
    expect(bench.state(1)).toBe('idle');
    await expectLiveCall();
  });

  it('lets a trunk rest as long as it asks for, and leaves the calls that are up', async () => {
    await open({ habits: ['unavailable'] });
    const ref = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 34 });
    await bench.pass(100);
    expect(bench.board.channels()[1]).toMatchObject({ state: 'out_of_service', reason: 'retry_after' });
    await bench.pass(21_000);
    expect(bench.board.channels()[1]).toMatchObject({ state: 'idle' });
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
    await expectLiveCall();
  });

  it('calls less where the provider says that there are too many', async () => {
    await open({ habits: ['limits'], trunk: { callsPerSecond: 10 } });
    const refs = [];
    for (const channel of [1, 2, 3]) refs.push(await bench.dial(channel, numbers.live));
    const at: number[] = [];
    for (const ref of refs) at.push((await bench.until({ type: 'dialled', ref })).at);
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(200);
    expect(await bench.until({ type: 'disconnected', ref: refs[0] })).toMatchObject({ cause: 34 });
    expect(bench.board.channels()[3]).toMatchObject({ state: 'idle' });
  });

  it('acknowledges provisional responses where the exchange waits for that', async () => {
    await open({ habits: ['reliable'] });
    const ref = await bench.dial(1, numbers.live);
    await bench.until({ type: 'answered', ref });
    const told = bench.events.filter((event) => event.ref === ref && event.type !== 'observation');
    expect(told.map(({ type }) => type)).toEqual(['seized', 'dialled', 'proceeding', 'ringing', 'answered']);
    await expectLiveCallOn(2);
  });

  it.each(['sessions', 'refreshes'])(
    'keeps a session alive (%s), and ends it when it is over',
    async (habit) => {
      await open({ habits: [habit] });
      const ref = await bench.answered(1);
      bench.board.transfer(1, ref, extensions.answers, 'bridge');
      await bench.until({ type: 'transferred', ref });
      const answered = bench.find({ type: 'answered', ref })?.at ?? 0;
      if (habit === 'sessions') {
        await bench.pass(25_000);
        expect(bench.state(1)).toBe('answered');
      } else {
        // The far end refreshes it twice, at 4 s and 8 s; after that nobody does.
        const ended = await bench.until({ type: 'disconnected', ref }, 40_000);
        expect(ended.cause).toBe(102);
        expect(ended.at - answered).toBeGreaterThanOrEqual(15_900);
        expect(ended.at - answered).toBeLessThan(17_000);
      }
    },
  );

  it('talks SRTP where it is required, both ways', async () => {
    await open({ trunk: { srtp: 'required' } });
    await expectLiveCall();
    const ref = await bench.answered(1);
    bench.board.transfer(1, ref, extensions.answers, 'bridge');
    await bench.until({ type: 'transferred', ref });
    // The person hears the agent, or would have gone long ago.
    const ended = await bench.until({ type: 'disconnected', ref }, 90_000);
    expect(ended.at - (bench.find({ type: 'answered', ref })?.at ?? 0)).toBeGreaterThan(35_000);
  });

  it('has no call where SRTP is required and not to be had', async () => {
    await open({ habits: ['plainMedia'], trunk: { srtp: 'required' } });
    const ref = await bench.dial(1, numbers.live);
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 65 });
  });

  it('reports its trunks, its calls with their quality, and their messages without a number', async () => {
    await openWithPassword({ habits: ['registers'], trunk: { register: true, callsPerSecond: 50 } });
    await bench.until({ type: 'in_service', channel: 1 });
    const ref = await bench.dial(1, numbers.live);
    await bench.until({ type: 'answered', ref });
    await bench.pass(2_000);
    expect(await bench.board.report('inventory')).toMatchObject({
      trunks: [
        {
          trunk: 'exchange',
          transport: 'udp',
          state: 'in_service',
          addresses: [`${loopback(1)}:5080`],
          registeredS: expect.closeTo(54, -1) as number,
          callsPerSecond: 50,
        },
      ],
      messages: { strangers: 0 },
    });
    const { calls } = (await bench.board.report('channels')) as { calls: Record<string, unknown>[] };
    expect(calls).toMatchObject([
      { channel: 1, trunk: 'exchange', answered: true, law: 'pcma', srtp: false, lost: 0 },
    ]);
    expect(calls[0]?.['mos']).toBeGreaterThan(4.3);
    const { messages } = (await bench.board.report('trace', 1)) as {
      messages: { way: string; message: string }[];
    };
    expect(messages.map(({ way, message }) => `${way} ${message.replace(/ sip:.*/, '')}`)).toEqual([
      '-> INVITE',
      '<- 407 Authentication Required (INVITE)',
      '-> ACK',
      '-> INVITE',
      '<- 100 Trying (INVITE)',
      '<- 183 Session Progress (INVITE)',
      '<- 180 Ringing (INVITE)',
      '<- 200 OK (INVITE)',
      '-> ACK',
    ]);
    expect(JSON.stringify(messages)).not.toContain(numbers.live);
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
    expect(await bench.board.report('channels')).toEqual({ calls: [] });
    expect(await bench.board.report('inventory')).toMatchObject({ trunks: [{ calls: 1, answered: 1 }] });
    expect(await bench.board.report('cpa')).toBeNull();
  });

  it('reports why a certificate was not good enough', async () => {
    await openByTls({ habits: ['certified=exchange.example'] });
    await bench.pass(500);
    const { trunks } = (await bench.board.report('inventory')) as { trunks: { fault: string }[] };
    expect(trunks[0]?.fault).toContain('mismatch');
  });
});
