import { describe, expect, it } from 'vitest';
import { treatmentSchema } from '../../../../src/api/campaign-definition.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { treat } from '../../../../src/ocs/records/treatment.ts';

describe('treatments', () => {
  const busy = treatmentSchema.parse({ result: 'Busy', retryMinutes: 30, retries: 3, incrementMinutes: 5 });

  it('retries later each time, then goes to the next number', () => {
    let used = {};
    const minutes: number[] = [];
    for (;;) {
      const treated = treat(callResult.Busy, [busy], used);
      used = treated.used;
      if (treated.action !== 'retry') {
        expect(treated.action).toBe('next_in_chain');
        break;
      }
      minutes.push(treated.afterMs / 60_000);
    }
    expect(minutes).toEqual([30, 35, 40]);
  });

  it('counts each result by itself', () => {
    const noAnswer = treatmentSchema.parse({ result: ['NoAnswer', 28], retries: 1, then: 'mark' });
    const first = treat(callResult.Busy, [busy, noAnswer], { [callResult.NoAnswer]: 1 });
    expect(first).toMatchObject({ action: 'retry', used: { 6: 1, 7: 1 } });
    expect(treat(callResult.NoAnswer, [busy, noAnswer], first.used).action).toBe('mark');
  });

  it('for what became of the message goes before one for every machine', () => {
    const any = treatmentSchema.parse({ result: 'AnsweringMachine', retries: 2, retryMinutes: 60 });
    const left = treatmentSchema.parse({ result: 'AnsweringMachine', reason: 'message_left', then: 'mark' });
    const machine = (reason: string | null, treatments = [any, left]) =>
      treat(callResult.AnsweringMachine, treatments, {}, reason).action;
    expect(machine('message_left')).toBe('mark');
    expect(machine('message_left', [left, any])).toBe('mark');
    expect(machine('message_cut')).toBe('retry');
    expect(machine(null)).toBe('retry');
    expect(machine('no_beep', [left])).toBe('next_in_chain');
  });

  it('goes to the next number when the result has no treatment', () => {
    expect(treat(callResult.Fax, [busy], {})).toEqual({ action: 'next_in_chain', used: {} });
  });
});
