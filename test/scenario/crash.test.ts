import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDialer, type Dialer } from '../../src/dialer/dialer.ts';
import type { CheckedNumber } from '../../src/domain/number.ts';
import { openJournal, type Journal } from '../../src/journal/journal.ts';
import type { LinkClient } from '../../src/link/client.ts';
import { dialRequest, verdict } from '../support/dialer/call-script.ts';
import { dialerConfig } from '../support/dialer/bench.ts';
import { FakeOcs, settle, shortSleep } from '../support/dialer/fake-ocs.ts';
import { ScriptedBoard } from '../support/board/scripted-board.ts';
import { silentLog } from '../support/silent-log.ts';

const requests = ['1001', '1002', '1003'].map((digits) =>
  dialRequest({ attemptId: digits, number: digits as CheckedNumber }),
);

/** What changes something outside; a death between two of them is the same wherever it is. */
const deeds = new Set([
  'recover',
  'accept',
  'commit',
  'report',
  'acknowledge',
  'requestAgent',
  'seize',
  'dial',
  'transfer',
  'drop',
]);

/**
 * One life of the process. It dies at its `diesAt`-th deed (on journal, board or link): from
 * there on nothing it does reaches anything.
 */
class Life {
  readonly board = new ScriptedBoard(2);
  readonly dialer: Dialer;
  readonly journal: Journal;
  dead = false;
  private deeds = 0;
  private readonly diesAt: number;

  constructor(path: string, ocs: FakeOcs, diesAt: number) {
    this.diesAt = diesAt;
    this.journal = openJournal(path, () => 1_000);
    this.dialer = createDialer({
      board: this.mortal(this.board, ['now', 'after', 'inventory', 'channels', 'onEvent', 'onTurn']),
      journal: this.mortal(this.journal, []),
      link: this.mortal<LinkClient>(ocs, []),
      config: dialerConfig,
      log: silentLog,
      sleep: shortSleep,
    });
  }

  /** The same object, whose methods (but those named) stop working when the process is dead. */
  private mortal<T extends object>(target: T, free: string[]): T {
    return new Proxy(target, {
      get: (_target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function' || free.includes(String(name))) {
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        }
        return (...args: unknown[]) => {
          if (deeds.has(String(name))) this.deeds += 1;
          if (this.deeds >= this.diesAt) this.dead = true;
          if (this.dead) throw new Error('the process is dead');
          return value.apply(target, args) as unknown;
        };
      },
    });
  }

  /** The far ends of this life: the first number is busy, the others are persons. */
  async live(): Promise<void> {
    try {
      this.dialer.start();
    } catch (error) {
      if (!this.dead) throw error;
    }
    for (let i = 0; i < 12 && !this.dead; i++) {
      await settle(2);
      this.board.advance(10);
      for (const { name, channel, to } of [...this.board.commands]) {
        if (this.dead || this.done.has(`${name} ${to}`)) continue;
        if (name === 'dial' && to === '1001') this.board.emit(channel, { type: 'disconnected', cause: 17 });
        if (name === 'dial' && to !== '1001') {
          this.board.emit(channel, { type: 'answered', by: 'signal' });
          this.board.emit(channel, verdict('live'));
        }
        if (name === 'transfer') this.board.transferred(channel);
        if (name === 'dial' || name === 'transfer') this.done.add(`${name} ${to}`);
      }
    }
  }

  private readonly done = new Set<string>();

  get dials(): (string | number | undefined)[] {
    return this.board.commands.filter(({ name }) => name === 'dial').map(({ to }) => to);
  }

  async bury(): Promise<void> {
    this.dead = true;
    await this.dialer.stop(0).catch(() => undefined);
    this.journal.close();
  }
}

test('whenever the process dies, no attempt is dialled twice, and each has exactly one end', async () => {
  let completed = false;
  let deaths = 0;
  for (let diesAt = 1; !completed; diesAt++) {
    const folder = mkdtempSync(join(tmpdir(), 'crash-'));
    const path = join(folder, 'journal.db');
    const ocs = new FakeOcs();
    ocs.agents = Array.from({ length: 9 }, (_, n) => ({ agentId: `agent-${n}`, extension: `700${n}` }));
    ocs.offer(...requests);
    const first = new Life(path, ocs, diesAt);
    await first.live();
    completed = !first.dead;
    await first.bury();

    // OCS offers again what it has no end of; it does not know how far that had come.
    ocs.offer(...requests.filter(({ attemptId }) => ocs.ends(attemptId).length === 0));
    const second = new Life(path, ocs, Infinity);
    await second.live();
    for (let i = 0; i < 50 && second.dialer.status().unacknowledged > 0; i++) await settle(1);
    const dials = [...first.dials, ...second.dials];
    expect(new Set(dials).size, `died at deed ${diesAt}: dialled ${dials.join(' ')}`).toBe(dials.length);
    for (const { attemptId } of requests) {
      const ends = ocs.ends(attemptId);
      expect(ends, `died at deed ${diesAt}: ends of ${attemptId}`).toHaveLength(1);
      // OCS would give it out anew, as another attempt.
      if (ends.some((end) => 'handBack' in end)) expect(dials).not.toContain(attemptId);
    }
    await second.bury();
    rmSync(folder, { recursive: true });
    deaths = diesAt;
    if (deaths > 400) throw new Error('the first life never ends by itself');
  }
  expect(deaths).toBeGreaterThan(40);
}, 120_000);
