import { describe, expect, it } from 'vitest';
import { createReporter } from '../../../src/link/reporter.ts';
import type { EngagementReport, Report, ReportsReply } from '../../../src/link/schemas.ts';
import { settle, shortSleep } from '../../support/dialer/fake-ocs.ts';
import { silentLog } from '../../support/silent-log.ts';

type Answer = Error | ((reports: readonly Report[]) => ReportsReply);

const id = ({ attemptId, seq }: Report) => ({ attemptId, seq });
const all: Answer = (reports) => ({ accepted: reports.map(id), refused: [] });
const none: Answer = () => ({ accepted: [], refused: [] });
const away = new Error('away');
/** A pause that only its signal ends. */
const aborted = (signal?: AbortSignal) =>
  new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
const leg = (engagementId: string): EngagementReport => ({ engagementId, state: 'up', reason: null });

/** A reporter before an OCS that answers so, one answer a message; the last one stays. */
function reporting(answers: Answer[], sleep = shortSleep) {
  const seen = {
    waiting: [] as Report[],
    sent: [] as number[][],
    legs: [] as string[][],
    pauses: [] as number[],
    /** Limits that the source was asked with. */
    asked: [] as [number, number][],
    said: [] as string[],
  };
  const note = (_fields: object, message: string) => seen.said.push(message);
  const reporter = createReporter({
    source: {
      unacknowledged: (limit, bytes) => {
        seen.asked.push([limit, bytes]);
        return seen.waiting.slice(0, limit);
      },
      unacknowledgedCount: () => seen.waiting.length,
      acknowledge: (done) => {
        const isDone = (report: Report) =>
          done.some(({ attemptId, seq }) => attemptId === report.attemptId && seq === report.seq);
        seen.waiting.splice(0, Infinity, ...seen.waiting.filter((report) => !isDone(report)));
      },
    },
    link: {
      report: (reports, engagements) => {
        seen.sent.push(reports.map(({ seq }) => seq));
        seen.legs.push(engagements.map(({ engagementId }) => engagementId));
        const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? all;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer(reports));
      },
    },
    sleep: (ms, signal) => {
      seen.pauses.push(ms);
      return sleep(ms, signal);
    },
    random: () => 0,
    log: { ...silentLog, warn: note, error: note },
  });
  const add = (...seqs: number[]) => {
    for (const seq of seqs)
      seen.waiting.push({ attemptId: 'a', seq, kind: 'milestone', name: 'ringing', atMs: 1 });
  };
  return { ...seen, reporter, add };
}

describe('the reporter', () => {
  it('sends nothing while there is nothing, and what comes as soon as it is woken', async () => {
    const { add, reporter, sent, asked } = reporting([all]);
    reporter.start();
    reporter.start();
    await settle();
    expect([sent, asked.length]).toEqual([[], 1]);
    add(1, 2);
    reporter.wake();
    await reporter.delivered();
    expect(sent).toEqual([[1, 2]]);
    await reporter.stop();
  });

  it('sends at most a thousand reports and 500 kB in one message', async () => {
    const { add, reporter, sent, asked } = reporting([all]);
    add(...Array.from({ length: 2_500 }, (_, i) => i));
    reporter.start();
    await reporter.delivered();
    await reporter.stop();
    expect(sent.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
    expect(asked[0]).toEqual([1_000, 500_000]);
  });

  it('pauses longer and longer while nothing is acknowledged, also by an OCS that answers; and then no more', async () => {
    const { add, pauses, reporter } = reporting([away, none, away, all]);
    add(1);
    reporter.start();
    await reporter.delivered();
    expect(pauses).toEqual([250, 500, 1_000]);
    add(2);
    reporter.wake();
    await reporter.delivered();
    await reporter.stop();
    expect(pauses).toHaveLength(3);
  });

  it('tells of a leg until OCS has it, alone or with other reports', async () => {
    const { add, legs, reporter, sent } = reporting([away, all]);
    reporter.engagement(leg('e-1'));
    reporter.start();
    await settle();
    reporter.engagement(leg('e-2'));
    await reporter.delivered();
    add(1);
    reporter.engagement(leg('e-3'));
    await reporter.delivered();
    await reporter.stop();
    expect(legs[0]).toEqual(['e-1']);
    expect(legs.slice(1).flat().sort()).toEqual(['e-1', 'e-2', 'e-3']);
    expect(sent.at(-1)).toEqual([1]);
  });

  it('says which reports OCS refused and that others could not be delivered', async () => {
    const refused = { attemptId: 'a', seq: 1, code: 'BAD_MESSAGE', message: 'no' };
    const { add, reporter, said } = reporting([away, () => ({ accepted: [], refused: [refused] })]);
    add(1);
    reporter.start();
    await reporter.delivered();
    await reporter.stop();
    expect(said).toEqual(['reports could not be delivered; they are repeated', 'OCS refused a report']);
  });

  it('has caught up only when all that waited at the time was acknowledged', async () => {
    const { add, reporter, waiting } = reporting([all]);
    add(...Array.from({ length: 1_500 }, (_, i) => i));
    reporter.start();
    await reporter.catchUp();
    expect(waiting).toHaveLength(0);
    // And when nothing waits.
    await reporter.catchUp();
    await reporter.stop();
  });

  it('has caught up although more reports come in all the time', async () => {
    let seq = 1;
    const { add, reporter, sent } = reporting([
      (reports) => {
        // A call somewhere goes on; at some time it ends.
        if (seq < 30) add(++seq);
        return { accepted: reports.map(id), refused: [] };
      },
    ]);
    add(1);
    reporter.start();
    await reporter.catchUp();
    expect(sent.length).toBeLessThan(10);
    await reporter.stop();
  });

  it('repeats until each report is acknowledged, in order, and gives up refused ones', async () => {
    const ack = (seq: number) => ({ attemptId: 'a', seq });
    const refused = [{ ...ack(3), code: 'BAD_MESSAGE', message: 'no' }];
    const { add, reporter, sent } = reporting([
      away,
      () => ({ accepted: [ack(1)], refused: [] }),
      () => ({ accepted: [ack(2)], refused }),
    ]);
    add(1, 2, 3);
    reporter.start();
    await reporter.delivered();
    expect(sent).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [2, 3],
    ]);
    await reporter.stop();
  });

  it('that sleeps after a failure goes on at once when OCS is back, and says when it has caught up', async () => {
    const { add, reporter, sent, waiting } = reporting([away, all], (_ms, signal) => aborted(signal));
    add(1, 2);
    reporter.start();
    await settle();
    expect(sent).toHaveLength(1);
    await reporter.catchUp();
    expect(waiting).toEqual([]);
    await reporter.stop();
  });

  it('begins with the shortest pause when OCS is back', async () => {
    let slept = 0;
    // The third pause does not end by itself.
    const { add, pauses, reporter } = reporting([away, away, away, away, all], (ms, signal) =>
      ++slept === 3 ? aborted(signal) : shortSleep(ms, signal),
    );
    add(1);
    reporter.start();
    while (slept < 3) await settle(1);
    await reporter.catchUp();
    await reporter.stop();
    expect(pauses).toEqual([250, 500, 1_000, 250]);
  });

  it('lets nobody wait who asks before it runs, or after its end, or when it is stopped', async () => {
    const { add, reporter } = reporting([none], (_ms, signal) => aborted(signal));
    add(1);
    await Promise.all([reporter.catchUp(), reporter.delivered()]);
    reporter.start();
    await settle(1);
    const waits = Promise.all([reporter.catchUp(), reporter.delivered()]);
    await settle(1);
    await reporter.stop();
    await waits;
    await Promise.all([reporter.catchUp(), reporter.delivered()]);
  });

  it('that is stopped says nothing of the message that it gave up', async () => {
    const said: string[] = [];
    const reporter = createReporter({
      source: { unacknowledged: () => [], unacknowledgedCount: () => 0, acknowledge: () => {} },
      link: {
        report: (_reports, _legs, signal) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              reject(new Error('given up'));
            });
          }),
      },
      sleep: shortSleep,
      random: () => 0,
      log: { ...silentLog, warn: (_fields, message) => said.push(message) },
    });
    reporter.engagement(leg('e-1'));
    reporter.start();
    await settle(1);
    await reporter.stop();
    expect(said).toEqual([]);
  });
});
