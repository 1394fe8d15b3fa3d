import { beforeEach, describe, expect, it } from 'vitest';
import type { HeardCall, RecordingLearning } from '../../../src/dialer/contract.ts';
import { createHeardCalls } from '../../../src/recordings/heard-calls.ts';
import type { TaughtCall } from '../../../src/recordings/learner.ts';
import { drawnPrints } from '../../support/prints.ts';

const prints = drawnPrints(1);
const call = (over: Partial<HeardCall> = {}): HeardCall => ({
  attemptId: 'a-1',
  number: '5550101',
  prints,
  evidence: { verdict: 'machine' },
  ...over,
});
let taught: TaughtCall[];
let calls: RecordingLearning;
beforeEach(() => {
  taught = [];
  calls = createHeardCalls((each) => taught.push(each));
});

describe('the word of somebody who heard the call', () => {
  it('teaches a machine that the end of the call did not', () => {
    calls.ended(call(), null);
    calls.told('a-1', 'machine');
    calls.told('a-1', 'machine');
    expect(taught).toEqual([{ number: '5550101', prints, lesson: { kind: 'learn' } }]);
  });

  it.each(['screening', 'live', 'unknown'] as const)(
    'teaches no machine where the verdict was %s',
    (verdict) => {
      calls.ended(call({ evidence: { verdict } }), null);
      calls.told('a-1', 'machine');
      expect(taught).toEqual([]);
    },
  );

  it('teaches nothing twice', () => {
    calls.ended(call(), { kind: 'learn' });
    calls.told('a-1', 'machine');
    expect(taught.map(({ lesson }) => lesson)).toEqual([{ kind: 'learn' }]);
  });

  it('takes back what the end of the call taught', () => {
    calls.ended(call(), { kind: 'learn' });
    calls.told('a-1', 'person');
    expect(taught.map(({ lesson }) => lesson)).toEqual([{ kind: 'learn' }, { kind: 'doubt' }]);
  });

  it('takes back the recording that was taken for known', () => {
    calls.ended(call({ prints: null, evidence: { verdict: 'machine', recording: 'mailbox' } }), null);
    calls.told('a-1', 'machine');
    calls.told('a-1', 'person');
    expect(taught.map(({ lesson }) => lesson)).toEqual([{ kind: 'unlearn', name: 'mailbox' }]);
  });

  it('says nothing of a call of which nothing was kept', () => {
    calls.ended(call({ prints: null }), null);
    calls.told('a-1', 'person');
    calls.told('a-2', 'machine');
    expect(taught).toEqual([]);
  });

  it('comes too late for the oldest of very many calls', () => {
    for (let n = 0; n < 2_001; n++) calls.ended(call({ attemptId: `a-${String(n)}` }), null);
    calls.told('a-0', 'machine');
    expect(taught).toEqual([]);
    calls.told('a-1', 'machine');
    expect(taught).toHaveLength(1);
  });
});
