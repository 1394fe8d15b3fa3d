import { describe, expect, test } from 'vitest';
import type { TestCallEvent, TestCallOptions } from '../../../../src/dialer/contract.ts';
import type { CheckedNumber } from '../../../../src/domain/number.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { verdict } from '../../../support/dialer/call-script.ts';
import { answer, bench, board, dial, open, request } from '../../../support/dialer/stage.ts';
import { settle } from '../../../support/dialer/fake-ocs.ts';

describe('a test call', () => {
  test('is dialled through the dial plan, listens on, and tells what it hears; OCS hears nothing of it', async () => {
    bench.dialer.start();
    const events: TestCallEvent[] = [];
    const call = bench.dialer.testCall(
      '+1 202 555 0123',
      { mode: 'accurate_am_detection', holdMs: 2_000, channel: 2 },
      (event) => events.push(event),
    );
    expect(call.channel).toBe(2);
    board.advance(1);
    expect(board.commands.at(-1)).toMatchObject({ name: 'dial', to: '12025550123' });
    expect(bench.dialer.calls()[0]).toMatchObject({ test: true, number: '**********23', phase: 'dialling' });
    // OCS has nothing to do with it, but whoever drains or watches this dialler has.
    expect(bench.dialer.status()).toMatchObject({ calls: 1, channels: { busy: 1 } });
    answer(2, verdict('machine'));
    board.advance(1_999);
    expect(board.did('drop')).toEqual([]);
    board.advance(2);
    const outcome = await call.done;
    expect(outcome).toMatchObject({ result: callResult.AnsweringMachine, status: 'dropped', reason: 'test' });
    expect(events.map((event) => event.kind)).toContain('board');
    expect(events.at(-1)).toMatchObject({ kind: 'end' });
    await settle();
    expect(bench.ocs.reports).toEqual([]);
    expect(bench.ocs.questions.every(({ active }) => active.length === 0)).toBe(true);
    expect(bench.dialer.calls()).toEqual([]);
    expect(bench.dialer.status().calls).toBe(0);
  });

  test('ends without an attempt of the same text, which goes on', async () => {
    bench.dialer.start();
    const placed = bench.dialer.testCall('2025550199', { mode: 'accurate_am_detection' }, () => {});
    const id = bench.dialer.calls()[0]?.attemptId ?? '';
    expect(id).toMatch(/^test-[0-9a-f]{8}-1$/);
    await dial(request('test-1'), request(id));
    expect(bench.dialer.calls()).toHaveLength(3);
    placed.hangup();
    board.advance(1);
    await placed.done;
    await settle();
    const left = bench.dialer.calls().map(({ attemptId, test: isTest }) => [attemptId, isTest]);
    expect(left).toEqual([
      ['test-1', false],
      [id, false],
    ]);
  });

  test('with a tone plan that the board has not is refused before a channel is seized', async () => {
    await bench.close();
    open(2, { plans: ['US', 'GB'] });
    bench.dialer.start();
    const place = () => {
      bench.dialer.testCall('2025550123', { mode: 'accurate_am_detection', plan: 'XX' }, () => {});
    };
    expect(place).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_PLAN',
        field: 'plan',
        found: 'XX',
        expected: 'one of US, GB',
      }),
    );
    expect(board.commands).toEqual([]);
  });

  test('with a call analysis that the channel has not is refused before it is seized', async () => {
    await bench.close();
    open(2, {}, [
      ['board', 'ours'],
      ['board', 'ours', 'both'],
    ]);
    bench.dialer.start();
    const place = (channel?: number, to = '2025550123') =>
      bench.dialer.testCall(
        to,
        { mode: 'accurate_am_detection', cpa: 'both', ...(channel !== undefined && { channel }) },
        () => {},
      );
    expect(() => place(1)).toThrow(
      expect.objectContaining({
        code: 'NOT_SUPPORTED',
        field: 'cpa',
        found: 'both',
        expected: 'one of board, ours',
      }),
    );
    expect(board.commands).toEqual([]);
    expect(place().channel).toBe(2);
    expect(() => place(undefined, '2025550124')).toThrow(expect.objectContaining({ code: 'CHANNEL_BUSY' }));
  });

  test('with a channel or a time that makes no sense is refused before anything is seized', async () => {
    bench.dialer.start();
    const place = (options: Partial<TestCallOptions>) =>
      bench.dialer.testCall('2025550123', { mode: 'accurate_am_detection', ...options }, () => {});
    const refused: [Partial<TestCallOptions>, string, string][] = [
      [{ channel: 3 }, 'UNKNOWN_CHANNEL', 'channel'],
      [{ ringTimeoutMs: 999 }, 'BAD_ARGUMENT', 'ringTimeoutMs'],
      [{ cpdTimeoutMs: 499 }, 'BAD_ARGUMENT', 'cpdTimeoutMs'],
      [{ holdMs: -1 }, 'BAD_ARGUMENT', 'holdMs'],
      [{ holdMs: Infinity }, 'BAD_ARGUMENT', 'holdMs'],
    ];
    for (const [options, code, field] of refused)
      expect(() => place(options)).toThrow(expect.objectContaining({ code, field }));
    expect(board.commands).toEqual([]);
    place({
      channel: 2,
      ringTimeoutMs: 1_000,
      cpdTimeoutMs: 500,
      holdMs: 0,
      maxHumanLoss: 0.01,
      recordFile: 'f.wav',
    });
    board.advance(1);
    expect(board.commands.at(-1)).toMatchObject({
      name: 'dial',
      channel: 2,
      parameters: { ringTimeoutMs: 1_000, cpdTimeoutMs: 500, maxHumanLoss: 0.01, recordFile: 'f.wav' },
    });
    await bench.dialer.stop(0);
    expect(() => place({})).toThrow(expect.objectContaining({ code: 'ILLEGAL_STATE', found: 'stopped' }));
  });

  test('to a number that may not be dialled, or without a free channel, is refused at once', async () => {
    await dial(request('a-1'), request('a-2'));
    const place = (to: string) => bench.dialer.testCall(to, { mode: 'accurate_am_detection' }, () => {});
    expect(() => place('19005550123')).toThrow(expect.objectContaining({ code: 'NUMBER_NOT_ALLOWED' }));
    expect(() => place('555T,!')).toThrow(expect.objectContaining({ code: 'BAD_NUMBER' }));
    expect(() => place('2025550123')).toThrow(expect.objectContaining({ code: 'CHANNEL_BUSY' }));
    expect(bench.dialer.calls()).toHaveLength(2);
  });

  test('to a number that is in a call is refused, and no request is dialled to the number of a test call', async () => {
    const same = { number: '12025550181' as CheckedNumber };
    await bench.close();
    open(3);
    await dial(request('a-1', same));
    const place = (to: string) => bench.dialer.testCall(to, { mode: 'accurate_am_detection' }, () => {});
    expect(() => place(same.number)).toThrow(expect.objectContaining({ code: 'NUMBER_IN_CALL' }));
    const test = place('12025550182');
    bench.ocs.offer(request('a-2', { number: '12025550182' as CheckedNumber }));
    await bench.until(() => bench.ocs.ends('a-2').length === 1, 'refused');
    expect(bench.ocs.ends('a-2')[0]).toMatchObject({ reason: 'NUMBER_IN_CALL' });
    test.hangup();
    board.advance(1);
    await test.done;
    expect(() => place('12025550182')).not.toThrow();
  });
});
