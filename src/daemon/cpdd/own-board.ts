import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { tonePlans } from '../../board/tone-plans.ts';
import type { BoardInput } from '../../board/drivers.ts';
import { openBoard, type OpenOptions } from '../../board/open.ts';
import type { SimKind } from '../../board/sim/config.ts';
import type { DialerConfig, TestCallOptions } from '../../dialer/contract.ts';
import { createDialer } from '../../dialer/dialer.ts';
import { CodedError } from '../../domain/errors.ts';
import type { CheckedNumber } from '../../domain/number.ts';
import { openJournal } from '../../journal/journal.ts';
import type { LinkClient } from '../../link/client.ts';
import type { TestCallLine } from '../../api/admin.ts';
import { loadCpddConfig } from './config.ts';
import { boardOptions, dialerConfig } from './settings.ts';
import { ReleaserStack } from '../releasers.ts';

/** Recordings that come with the project, by what they are for. */
const speechFolder = fileURLToPath(new URL('../../../examples/speech', import.meta.url));
const speechOf: Partial<Record<SimKind, string>> = {
  live: 'live-07-en.wav',
  machine: 'machine-01-en.wav',
  screening: 'screening-2-en.wav',
};

const unreachable = () => Promise.reject(new CodedError('OCS_UNREACHABLE', 'a test call does not use OCS'));

/** Keeps the dialler from taking requests: a test call is all it does here. */
const noOcs: LinkClient = {
  register: unreachable,
  renew: () => {},
  pull: unreachable,
  report: unreachable,
  requestAgent: unreachable,
  live: unreachable,
  recording: unreachable,
};

interface BoardSetup {
  board: BoardInput;
  options: OpenOptions;
  dialer: DialerConfig;
}

/**
 * Places a test call without cpdd, on a board of its own: the one of a cpdd configuration, or a simulated one
 * where the number is of the given kind.
 */
export async function* ownBoardCall(
  call: TestCallOptions & { number: CheckedNumber },
  from: { simulate: SimKind | undefined; config: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<TestCallLine> {
  const setup =
    from.config === undefined ? simulated(call.number, from.simulate ?? 'live') : configured(from.config);
  const log = pino({ level: 'silent' });
  const releasers = new ReleaserStack((part, error) => process.stderr.write(`${part}: ${String(error)}\n`));
  try {
    const board = await openBoard(setup.board, setup.options);
    releasers.add('board', () => board.close());
    // A test call is in no journal; the dialler wants one all the same, and it has to be its own.
    const folder = mkdtempSync(join(tmpdir(), 'cpdctl-dial-'));
    releasers.add('folder', () => rmSync(folder, { recursive: true }));
    const journal = openJournal(join(folder, 'journal.db'), () => Date.now());
    releasers.add('journal', () => journal.close());
    const dialer = createDialer({ board, journal, link: noOcs, config: setup.dialer, log });
    releasers.add('dialer', () => dialer.stop(0));

    dialer.start();
    const { number, ...options } = call;
    const queue: TestCallLine[] = [];
    let wake = () => {};
    const test = dialer.testCall(number, options, (event) => {
      queue.push(event);
      wake();
    });
    signal.addEventListener('abort', () => test.hangup());
    yield { kind: 'started', channel: test.channel };
    for (let ended = false; !ended;) {
      if (queue.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      for (const line of queue.splice(0)) {
        yield line;
        ended ||= line.kind === 'end';
      }
    }
  } finally {
    await releasers.close();
  }
}

function configured(file: string): BoardSetup {
  const setup = loadCpddConfig(file);
  return { board: setup.config.board, options: boardOptions(setup), dialer: dialerConfig(setup) };
}

function simulated(number: CheckedNumber, kind: SimKind): BoardSetup {
  const speech = speechOf[kind];
  return {
    board: {
      driver: 'sim',
      trunks: [{ kind: 'isdn', channels: 1 }],
      world: {
        audioFolder: speechFolder,
        subscribers: [{ number, kind, speech: speech === undefined ? [] : [speech] }],
      },
    },
    options: {},
    dialer: {
      dialPlan: { allow: ['.'], deny: [], rules: [], stripPlus: false, prefix: '' },
      plan: 'US',
      plans: tonePlans().map(({ code }) => code),
      transferStyle: 'blind',
      announcements: {},
      maxPull: 1,
      pullWaitMs: 1_000,
      reservedChannels: 0,
      showNumbers: true,
    },
  };
}
