import { describe, expect, it } from 'vitest';
import { mostRecordedBytes } from '../../../src/link/recording-schemas.ts';
import { bench, open } from '../../support/dialer/stage.ts';

const ask = (attemptId: string, requestId = attemptId) => {
  bench.ocs.command({ kind: 'recording', requestId, attemptId });
};

describe('a dialler that is asked for a recording', () => {
  it('sends it, once however often it is asked meanwhile', async () => {
    await bench.close();
    let asked = 0;
    open(2, {
      soundOf: async (attemptId) => {
        asked += 1;
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (attemptId === 'broken') throw new Error('unreadable');
        return attemptId === 'a' ? Uint8Array.of(1, 2, 3) : null;
      },
    });
    bench.dialer.start();
    ask('a');
    ask('a');
    await bench.until(() => bench.ocs.recordings.length === 1, 'a recording');
    expect(bench.ocs.recordings).toEqual([
      { requestId: 'a', muLaw: Buffer.from([1, 2, 3]).toString('base64'), reason: null },
    ]);
    expect(asked).toBe(1);
    ask('none');
    await bench.until(() => bench.ocs.recordings.length === 2, 'a second answer');
    ask('broken');
    await bench.until(() => bench.ocs.recordings.length === 3, 'a third answer');
    expect(bench.ocs.recordings.slice(1)).toEqual([
      { requestId: 'none', muLaw: null, reason: 'none' },
      { requestId: 'broken', muLaw: null, reason: 'unreadable' },
    ]);
  });

  it('does not obey a command that comes again after it was obeyed', async () => {
    await bench.close();
    const asked: string[] = [];
    open(2, {
      soundOf: (attemptId) => {
        asked.push(attemptId);
        return Promise.resolve(null);
      },
    });
    bench.dialer.start();
    ask('a');
    await bench.until(() => bench.ocs.recordings.length === 1, 'an answer');
    ask('a');
    ask('b');
    await bench.until(() => asked.includes('b'), 'the next one');
    expect(asked).toEqual(['a', 'b']);
  });

  it('sends no more than a message may hold', async () => {
    await bench.close();
    open(2, { soundOf: () => Promise.resolve(new Uint8Array(mostRecordedBytes + 100).subarray(1)) });
    bench.dialer.start();
    ask('a');
    await bench.until(() => bench.ocs.recordings.length === 1, 'a recording');
    expect(Buffer.from(bench.ocs.recordings[0]?.muLaw ?? '', 'base64')).toHaveLength(mostRecordedBytes);
  });

  it('says that there is none where calls are not recorded', async () => {
    bench.dialer.start();
    ask('a');
    await bench.until(() => bench.ocs.recordings.length === 1, 'an answer');
    expect(bench.ocs.recordings).toEqual([{ requestId: 'a', muLaw: null, reason: 'none' }]);
  });
});
