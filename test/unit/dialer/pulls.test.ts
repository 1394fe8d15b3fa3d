import { describe, expect, test } from 'vitest';
import { createPulls } from '../../../src/dialer/pulls.ts';
import { silentLog } from '../../support/silent-log.ts';

type Options = Parameters<typeof createPulls>[0];

/** What the dialler is like when it asks; all of it idle and well where nothing is said. */
interface Now {
  idle?: number;
  busy?: number;
  outOfService?: number;
  waiting?: number;
  room?: number;
  reserved?: number;
  maxPull?: number;
  untold?: string[] | null;
  calls?: string[];
  running?: boolean;
  resultsFirst?: boolean;
  link?: 'up' | 'down';
  reports?: boolean;
  /** What the journal knows. */
  known?: string[];
}

function pulls(now: Now, more: Partial<Options> = {}) {
  const { idle = 10, busy = 0, outOfService = 0, calls = [] } = now;
  const handedBack: [string[], string][] = [];
  const forgotten: number[] = [];
  // Only what a pull asks of them.
  const parts = {
    intake: { log: silentLog },
    journal: { stateOf: (id: string) => (now.known?.includes(id) === true ? 'ended' : null) },
    buffer: {
      together: (run: () => void) => {
        run();
      },
      handBack: (ids: string[], reason: string) => handedBack.push([ids, reason]),
    },
    reads: {
      untold: () => (now.untold === undefined ? [] : now.untold),
      hasReports: () => now.reports ?? false,
    },
    live: {
      waiting: now.waiting ?? 0,
      attemptIds: () => calls,
      get: (id: string) => (calls.includes(id) ? {} : undefined),
    },
    pool: { counts: () => ({ idle, busy, outOfService }) },
    legs: { snapshot: () => [], forgotten: () => forgotten.push(1) },
    limits: { room: () => now.room ?? 1_000 },
    outages: { state: now.link ?? 'up', resultsFirst: now.resultsFirst ?? false },
    config: { maxPull: now.maxPull ?? 50, pullWaitMs: 5_000, reservedChannels: now.reserved ?? 0 },
    running: () => now.running ?? true,
    startCall: () => {},
    obey: () => {},
    ...more,
  } as unknown as Options;
  return { ...createPulls(parts), handedBack, forgotten };
}
const ask = (now: Now) => pulls(now).question();

describe('a pull asks for', () => {
  test.each<[string, Now, number]>([
    ['as many as are idle', { idle: 7, busy: 3 }, 7],
    ['no more than one pull may bring', { idle: 80, maxPull: 50 }, 50],
    ['none for the channels that are reserved', { idle: 7, reserved: 2 }, 5],
    ['nothing where only those are idle', { idle: 2, reserved: 3 }, 0],
    ['none for lines that others wait for', { idle: 4, busy: 1, waiting: 3 }, 2],
    ['no more than the limits let begin', { idle: 7, room: 3 }, 3],
    ['nothing when it does not run', { running: false }, 0],
    ['nothing when the journal cannot be read', { untold: null }, 0],
    ['nothing while results go first', { resultsFirst: true }, 0],
    ['nothing when OCS is not found yet and results wait', { link: 'down', reports: true }, 0],
    ['calls when OCS is not found yet and nothing waits', { link: 'down', idle: 3 }, 3],
    ['calls while results go out as usual', { reports: true, idle: 3 }, 3],
  ])('%s', (_what, now, free) => {
    expect(ask(now).free).toBe(free);
  });

  test('nothing while more are untold than a thousand and one for each channel', () => {
    const untold = (count: number) => Array.from({ length: count }, (_, i) => `u-${i}`);
    expect(ask({ idle: 6, busy: 4, untold: untold(1_010) }).free).toBe(6);
    expect(ask({ idle: 6, busy: 4, untold: untold(1_011) }).free).toBe(0);
  });

  test('a long wait, but a short one while it has no room: a channel may be free at any moment', () => {
    expect(ask({}).waitMs).toBe(5_000);
    expect(ask({ idle: 0, busy: 3 }).waitMs).toBe(100);
  });
});

describe('a pull says', () => {
  test('which channels can be used at all, and which are busy', () => {
    expect(ask({ idle: 5, busy: 3, outOfService: 4 }).channels).toEqual({ inService: 8, busy: 3 });
  });

  test('every attempt that it has, also those of which OCS knows nothing yet, each once', () => {
    expect(ask({ calls: ['a', 'b'], untold: ['b', 'c'] }).active).toEqual(['a', 'b', 'c']);
    expect(ask({ calls: ['a'], untold: null }).active).toEqual(['a']);
  });
});

describe('an answer', () => {
  const answer = (sessionId: string) => ({ sessionId, requests: [], refused: [], excess: [], commands: [] });

  test('in another session than before means that OCS forgot the legs; the first one does not', () => {
    const intake = { log: silentLog, journal: {}, buffer: {} } as unknown as Options['intake'];
    const { take, forgotten } = pulls({}, { intake });
    take(answer('s-1'));
    take(answer('s-1'));
    expect(forgotten).toEqual([]);
    take(answer('s-2'));
    take(answer('s-2'));
    expect(forgotten).toEqual([1]);
  });

  test('with more than was asked for is given back, without what is known of it already, each once', () => {
    const { giveBack, handedBack } = pulls({ calls: ['a'], known: ['b'] });
    giveBack(['a', 'b', 'c', 'c', 'd']);
    expect(handedBack).toEqual([[['c', 'd'], 'no_channel']]);
  });
});
