import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSimBoard } from '../../../src/board/open.ts';
import { createCallRecordings } from '../../../src/daemon/cpdd/call-recordings.ts';
import { createDialer } from '../../../src/dialer/dialer.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { createLinkClient } from '../../../src/link/client.ts';
import type { LiveReply, LiveRequest, WatchedChannel } from '../../../src/link/live-schemas.ts';
import type { PullReply, RegisterReply, RegisterRequest } from '../../../src/link/schemas.ts';
import { dialerConfig } from '../dialer/bench.ts';
import type { Subscriber } from '../dialer/scenario.ts';
import { speechFolder } from '../board/sim.ts';
import { silentLog } from '../silent-log.ts';
import { linkPost } from './link-post.ts';

const can = {
  handoff: ['agent', 'destination'],
  plans: ['US'],
  modes: ['accurate_am_detection'],
  watch: true,
} satisfies RegisterRequest['capabilities'];

/** A dialler as it is, on a simulated board whose time goes on only when the test says so. */
export async function openRealDialler(
  url: string,
  channels: number,
  subscribers: Subscriber[],
  recorded = false,
) {
  const folder = mkdtempSync(join(tmpdir(), 'dialler-'));
  const board = await openSimBoard({
    driver: 'sim',
    clock: 'step',
    trunks: [{ kind: 'isdn', channels }],
    world: { audioFolder: speechFolder, subscribers, extensions: [{ extension: '70xx', answerMs: 600 }] },
  });
  const journal = openJournal(join(folder, 'journal.db'), () => 1_000);
  const config = { folder: join(folder, 'recordings'), share: 1, mostMegabytes: 10 };
  const recordings = recorded ? createCallRecordings(config, () => Date.now(), silentLog) : null;
  const link = createLinkClient({
    url,
    dialerId: 'd1',
    softwareVersion: '9',
    describe: () => ({ boards: [], capabilities: { ...can, recordings: recorded } }),
  });
  const recording =
    recordings === null
      ? {}
      : {
          recordFile: (call: { attemptId: string; number: string }) => recordings.fileFor(call),
          soundOf: (attemptId: string) => recordings.soundOf(attemptId),
        };
  const dialer = createDialer({
    ...{ board, journal, link, log: silentLog },
    config: { ...dialerConfig, ...recording },
  });
  dialer.start();
  return {
    board,
    dialer,
    close: async () => {
      await dialer.stop(0);
      await board.close();
      journal.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A dialler that tells of its channels what the test says. */
export async function openToldDialler(url: string, dialerId: string, capabilities: object = can) {
  const post = linkPost(url);
  const about = { dialerId, linkVersion: 1, softwareVersion: '9', boards: [], capabilities };
  const { sessionId } = await post<RegisterReply>('/register', about);
  const session = { dialerId, sessionId };
  let seq = 0;
  return {
    /** Polls until it is asked to tell. */
    asked: async () => {
      for (;;) {
        const poll = { free: 0, channels: { inService: 0, busy: 0 }, waitMs: 500, active: [] };
        const { commands } = await post<PullReply>('/pull', { ...session, ...poll });
        const watch = commands.find(({ kind }) => kind === 'watch');
        if (watch !== undefined) return watch;
      }
    },
    /** @param from the number of the message, where it begins anew */
    tell: (message: Partial<LiveRequest>, from?: number) => {
      seq = from ?? seq + 1;
      const live = { ...session, seq, board: 'ok', channels: [], heard: [], ...message };
      return post<LiveReply>('/live', live);
    },
  };
}

/** An idle channel, unless it is said otherwise. */
export function toldChannel(channel: number, more: Partial<WatchedChannel> = {}): WatchedChannel {
  return {
    ...{
      channel,
      span: Math.floor((channel - 1) / 30),
      use: 'idle',
      phase: null,
      forMs: 12_000,
      attemptId: null,
    },
    ...{
      campaign: null,
      agentId: null,
      test: false,
      lastEvent: 'released',
      lastEventMs: 12_000,
      reason: null,
    },
    ...{ faults: 0 },
    ...more,
  };
}
