import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/domain/errors.ts';
import type { PullAnswer, PullQuestion } from '../../../src/link/client.ts';
import { createPuller, type Puller, type PullerOptions } from '../../../src/link/puller.ts';
import { dialRequest } from '../../support/dialer/call-script.ts';
import { settle, shortSleep } from '../../support/dialer/fake-ocs.ts';
import { silentLog } from '../../support/silent-log.ts';

const question: PullQuestion = { free: 2, channels: { inService: 4, busy: 2 }, waitMs: 5_000, active: [] };
const empty: PullAnswer = { sessionId: 's-1', requests: [], refused: [], excess: [], commands: [] };
const command: PullAnswer = { ...empty, commands: [{ kind: 'drain' }] };
/** What a test does not look at. */
const quiet: Omit<PullerOptions, 'link'> = {
  sleep: shortSleep,
  random: () => 0,
  log: silentLog,
  question: () => question,
  take: () => {},
  giveBack: () => {},
  changed: () => {},
};

/** A puller that is answered so, one answer a poll; the last one stays. An error is thrown. */
function pulling(...answers: (PullAnswer | Error)[]) {
  const seen = {
    asked: [] as PullQuestion[],
    pauses: [] as number[],
    states: [] as string[],
    said: [] as unknown[],
    returned: [] as number[],
    /** What `fault` was when the poll began. */
    faults: [] as (string | null)[],
  };
  const puller: Puller = createPuller({
    ...quiet,
    link: {
      pull: (asked) => {
        seen.asked.push(asked);
        seen.faults.push(puller.fault);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? empty);
      },
    },
    sleep: (ms, signal) => {
      seen.pauses.push(ms);
      return shortSleep(ms, signal);
    },
    log: { ...silentLog, warn: (fields, message) => seen.said.push([message, fields]) },
    giveBack: (ids) => seen.returned.push(ids.length),
    changed: (state) => seen.states.push(state),
  });
  const untilAsked = async (times: number) => {
    for (let i = 0; i < 500 && seen.asked.length < times; i++) await settle(1);
  };
  return { ...seen, puller, untilAsked };
}

describe('the puller', () => {
  it('has its first poll answered at once; held open, it would look like one that is lost', async () => {
    const { asked, puller, untilAsked } = pulling(empty, new Error('away'), empty);
    puller.start();
    await untilAsked(4);
    await puller.stop();
    expect(asked.slice(0, 4).map(({ waitMs }) => waitMs)).toEqual([0, 5_000, 0, 5_000]);
  });

  it('pauses after an answer with nothing in it, and asks again at once after one that had something', async () => {
    const idle = pulling(empty);
    idle.puller.start();
    await idle.untilAsked(3);
    await idle.puller.stop();
    expect(idle.pauses.slice(0, 2)).toEqual([20, 20]);
    const busy = pulling(command, command, empty);
    busy.puller.start();
    await busy.untilAsked(4);
    await busy.puller.stop();
    expect(busy.pauses[0]).toBe(20);
    expect(busy.asked.length - busy.pauses.length).toBeGreaterThanOrEqual(2);
  });

  it('says what the last poll failed with, until one does not fail', async () => {
    const away = new CodedError('OCS_UNREACHABLE', 'away');
    const { faults, puller, said, untilAsked } = pulling(
      new Error('bug'),
      away,
      new CodedError('UNAUTHORIZED', 'no'),
      new CodedError('TOO_MANY_WRONG_TOKENS', 'no'),
      empty,
    );
    expect([puller.state, puller.fault]).toEqual(['down', null]);
    puller.start();
    await untilAsked(6);
    expect([puller.state, puller.fault]).toEqual(['up', null]);
    await puller.stop();
    expect(faults.slice(0, 6)).toEqual([
      null,
      'INTERNAL',
      'OCS_UNREACHABLE',
      'UNAUTHORIZED',
      'TOO_MANY_WRONG_TOKENS',
      null,
    ]);
    expect(said).toEqual([
      ['pull failed', expect.objectContaining({ code: 'INTERNAL', failures: 1, pauseMs: 250 })],
      ['pull failed', expect.objectContaining({ code: 'OCS_UNREACHABLE', failures: 2, pauseMs: 500 })],
      ['OCS refuses the token', expect.objectContaining({ code: 'UNAUTHORIZED', failures: 3 })],
      ['OCS refuses the token', expect.objectContaining({ code: 'TOO_MANY_WRONG_TOKENS', failures: 4 })],
    ]);
  });

  it('pauses longer and longer while OCS is away, begins with the shortest pause again after a success, and says up or down only when that changes', async () => {
    const away = new Error('away');
    const { asked, pauses, puller, states, untilAsked } = pulling(
      away,
      away,
      away,
      command,
      away,
      command,
      command,
      empty,
    );
    puller.start();
    puller.start();
    expect(asked).toHaveLength(1);
    await untilAsked(8);
    await puller.stop();
    await puller.stop();
    expect(pauses.slice(0, 4)).toEqual([250, 500, 1_000, 250]);
    expect(states).toEqual(['up', 'down', 'up']);
  });

  it('says once that an answer cannot be taken, tries ever more slowly, and says it again after a success', async () => {
    const pauses: number[] = [];
    /** At which attempts something was said. */
    const said: number[] = [];
    let takes = 0;
    const puller = createPuller({
      ...quiet,
      link: { pull: () => Promise.resolve(command) },
      sleep: (ms, signal) => {
        pauses.push(ms);
        return shortSleep(ms, signal);
      },
      log: { ...silentLog, error: () => said.push(takes) },
      take: () => {
        takes += 1;
        if (takes !== 4) throw new Error('disk full');
      },
    });
    puller.start();
    while (takes < 6) await settle();
    await puller.stop();
    expect(said).toEqual([1, 5]);
    expect(pauses.slice(0, 5)).toEqual([250, 500, 1_000, 250, 500]);
  });

  describe('takes a long answer', () => {
    const refused = [{ attemptId: 'r-1', code: 'BAD_NUMBER' as const, message: 'no', request: {} }];
    const requests = Array.from({ length: 25 }, (_, i) => dialRequest({ attemptId: `a-${i}` }));
    /** What is taken of one answer until the next is asked for, and the turns of others between. */
    const takesOf = async (answer: PullAnswer) => {
      const parts: PullAnswer[] = [];
      const order: string[] = [];
      const puller: Puller = createPuller({
        ...quiet,
        link: {
          pull: (_question, signal) => {
            if (parts.length === 0) return Promise.resolve(answer);
            order.push('asked');
            return new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => {
                reject(new Error('stopped'));
              });
            });
          },
        },
        take: (part) => {
          parts.push(part);
          order.push(`took ${part.requests.length}`);
          setImmediate(() => order.push('others'));
        },
      });
      puller.start();
      while (!order.includes('asked')) await settle();
      await puller.stop();
      return { parts, order: order.slice(0, order.indexOf('asked')) };
    };

    it('in slices, each request and refusal once and in order; others have their turns between', async () => {
      const { parts, order } = await takesOf({ ...empty, requests, refused });
      expect(order).toEqual(['took 10', 'others', 'took 10', 'others', 'took 5']);
      expect(parts.flatMap((part) => part.requests)).toEqual(requests);
      expect(parts.flatMap((part) => part.refused)).toEqual(refused);
    });

    it('whole when it is stopped between two slices, so that none waits at OCS for the end of its lease', async () => {
      const taken: number[] = [];
      const puller = createPuller({
        ...quiet,
        link: { pull: () => Promise.resolve({ ...empty, requests }) },
        take: (part) => {
          taken.push(part.requests.length);
          void puller.stop();
        },
      });
      puller.start();
      await settle(1);
      await puller.stop();
      expect(taken).toEqual([10, 10, 5]);
    });

    it('whole when it has commands, which may concern its requests', async () => {
      const answer = { ...empty, requests, refused, commands: command.commands };
      expect((await takesOf(answer)).parts).toEqual([answer]);
    });
  });

  it('hands back in slices what came beyond the free channels; the event loop has its turn between them', async () => {
    const excess = Array.from({ length: 250 }, (_, i) => `a-${i}`);
    const { pauses, puller, returned, untilAsked } = pulling({ ...empty, excess }, empty);
    puller.start();
    await untilAsked(2);
    await puller.stop();
    expect(returned).toEqual([100, 100, 50]);
    expect(pauses.slice(0, 3)).toEqual([0, 0, 0]);
  });

  it('that is stopped gives up its poll and does not call that a lost OCS', async () => {
    const states: string[] = [];
    const puller = createPuller({
      ...quiet,
      link: {
        pull: (_question, signal) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              reject(new Error('given up'));
            });
          }),
      },
      changed: (state) => states.push(state),
    });
    puller.start();
    await settle(1);
    await puller.stop();
    expect([states, puller.fault]).toEqual([[], null]);
  });

  it('that is stopped hands nothing more back: OCS finds out by the end of the lease', async () => {
    const excess = Array.from({ length: 1_000 }, (_, i) => `a-${i}`);
    const { puller, returned } = pulling({ ...empty, excess });
    puller.start();
    while (returned.length < 1) await settle(1);
    await puller.stop();
    expect(returned.length).toBeLessThan(10);
  });
});
