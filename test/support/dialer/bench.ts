import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Board } from '../../../src/board/board.ts';
import type { Log } from '../../../src/domain/log.ts';
import type { DialerConfig, DialerObserver } from '../../../src/dialer/contract.ts';
import { createDialer, type Dialer } from '../../../src/dialer/dialer.ts';
import { openJournal, type Journal } from '../../../src/journal/journal.ts';
import type { Sleep } from '../../../src/link/backoff.ts';
import type { LinkClient } from '../../../src/link/client.ts';
import { FakeOcs, settle, shortSleep } from './fake-ocs.ts';
import { silentLog } from '../silent-log.ts';

export const dialerConfig: DialerConfig = {
  dialPlan: { allow: ['^\\+?[0-9]{4,15}$'], deny: ['^1900'], rules: [], stripPlus: true, prefix: '' },
  plan: 'US',
  transferStyle: 'blind',
  announcements: { sorry: '/announcements/sorry.wav' },
  maxPull: 50,
  pullWaitMs: 1_000,
  reservedChannels: 0,
  showNumbers: false,
};

/** A dialler with everything around it: a board, a journal on disk, an OCS in the same process. */
export class DialerBench<B extends Board> {
  readonly board: B;
  readonly ocs: FakeOcs;
  readonly folder: string;
  readonly config: DialerConfig;
  journal: Journal;
  dialer: Dialer;
  private readonly observer: DialerObserver;
  private readonly link: LinkClient;
  private readonly sleep: Sleep;

  constructor(
    board: B,
    over: {
      config?: Partial<DialerConfig>;
      observer?: DialerObserver;
      ocs?: FakeOcs;
      /** Another OCS than the fake one. */
      link?: LinkClient;
      sleep?: Sleep;
      folder?: string;
    } = {},
  ) {
    this.board = board;
    this.ocs = over.ocs ?? new FakeOcs();
    this.config = { ...dialerConfig, ...over.config };
    this.observer = over.observer ?? {};
    this.link = over.link ?? this.ocs;
    this.sleep = over.sleep ?? shortSleep;
    this.folder = over.folder ?? mkdtempSync(join(tmpdir(), 'dialer-'));
    this.journal = openJournal(join(this.folder, 'journal.db'), () => 1_000);
    this.dialer = this.create(this.journal);
  }

  /** A dialler on this board with another journal, e.g. one that fails. */
  create(journal: Journal, log: Log = silentLog): Dialer {
    return createDialer({
      board: this.board,
      journal,
      link: this.link,
      config: this.config,
      log,
      observer: this.observer,
      sleep: this.sleep,
    });
  }

  /** Lets promises run until `done`; fails when that does not come. */
  async until(done: () => boolean, what = done.toString()): Promise<void> {
    for (let i = 0; i < 500; i++) {
      if (done()) return;
      await settle(1);
    }
    throw new Error(`did not come: ${what}`);
  }

  /** Stops the dialler without a word, as a crash would, and forgets the folder unless it is kept. */
  async close(keepFolder = false): Promise<void> {
    await this.dialer.stop(0);
    this.journal.close();
    if (!keepFolder) rmSync(this.folder, { recursive: true });
  }
}
