import { describe, expect, it } from 'vitest';
import { resultOfCause } from '../../../src/domain/causes.ts';
import { callResult, type CallResult } from '../../../src/domain/result.ts';

/** Causes that have a result of their own; all others follow from their class (Q.850, table 1). */
const own: readonly [result: keyof typeof callResult, causes: readonly number[]][] = [
  ['SitVacantCode', [1]],
  ['SitNoCircuit', [2, 38]],
  ['SitInvalidNumber', [3, 5, 28]],
  ['SitUnknown', [4]],
  ['RemoteRelease', [16, 21, 26, 31]],
  ['Busy', [17]],
  ['NoAnswer', [18, 19, 20]],
  ['SitOperatorIntercept', [22, 23]],
  ['SitReorder', [25, 41]],
  ['NuTone', [27]],
  ['SwitchError', [29, 30, 43]],
  ['NoProgress', [102]],
];

function ofClass(cause: number): CallResult {
  if (cause >= 32 && cause <= 47) return callResult.AllTrunksBusy;
  return cause >= 48 && cause <= 111 ? callResult.SwitchError : callResult.Unknown;
}

describe('a cause of the network', () => {
  it('has its own result, or that of its class: no circuit 32 to 47, service and protocol 48 to 111', () => {
    const named = new Map(
      own.flatMap(([result, causes]) => causes.map((cause) => [cause, callResult[result]])),
    );
    for (let cause = 0; cause <= 127; cause++) {
      const expected = named.get(cause) ?? ofClass(cause);
      for (const alerting of [false, true])
        expect({ cause, result: resultOfCause(cause, alerting) }).toEqual({ cause, result: expected });
    }
  });

  it('that is not given is a far end that let go when it rang, and no progress when it did not', () => {
    expect(resultOfCause(null, true)).toBe(callResult.RemoteRelease);
    expect(resultOfCause(null, false)).toBe(callResult.NoProgress);
  });
});
