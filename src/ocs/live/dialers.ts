import { randomUUID } from 'node:crypto';
import { isEmergencyEverywhere } from '../../domain/emergency-numbers.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Command, RegisterRequest } from '../../link/schemas.ts';
import type { Clock } from '../clock.ts';
import type { Memory } from '../store/transactions/memory.ts';

/** A dialler that registered. All its times are of the wire clock. */
export interface Dialer {
  readonly dialerId: string;
  sessionId: string;
  about: RegisterRequest;
  heardAt: number;
  /** Whether it may call this extension; all are allowed when it did not say. */
  readonly reaches: (extension: string) => boolean;
  free: number;
  channels: { inService: number; busy: number };
  /** When a command was last sent, by what it is; it is repeated while it is still needed. */
  readonly sent: Map<string, number>;
  /** Polls so far: only the newest is answered with anything. */
  polls: number;
  /** Wakes the long poll that waits now. */
  wake: (() => void) | null;
}

/** Commands stay needed until the dialler's reports say they were done; one may be lost with its reply. */
const repeatCommandMs = 5_000;

export interface Dialers {
  /** @throws CodedError ILLEGAL_STATE while another dialler of this name, with a journal of its own, is alive; or at 256 live ones */
  register(about: RegisterRequest): Dialer;
  /** @throws CodedError UNKNOWN_DIALER when the session is not the present one */
  need(dialerId: string, sessionId: string): Dialer;
  get(dialerId: string): Dialer | undefined;
  all(): Dialer[];
  /** Not silent beyond its lease. */
  isHeard(dialerId: string): boolean;
  /**
   * Whether the dialler of a call is heard, or spoke of the call within its lease: it will tell how the call ends. After
   * a restart of OCS no dialler is known yet; calls have a lease from then on.
   */
  attends(call: { readonly dialerId: string; readonly heardAt: number }): boolean;
  /**
   * Whether a dialler that is here may call this extension. While none is here, or one does not say which it may call,
   * any may be called that can be one of a switch. Never a number that is closed everywhere (112, 911, 999).
   */
  someReaches(extension: string): boolean;
  /** The commands of these that are due to be sent, now or again. */
  dueCommands(dialer: Dialer, commands: readonly Command[]): Command[];
  /** Wakes all long polls: there may be something for them. */
  wake(): void;
  /** Wakes them at the end of this turn, once however much happens in it. */
  wakeSoon(): void;
  /** Forgets diallers that have been silent for a day. */
  tidy(): void;
  /** Ends all long polls; nothing is woken any more. */
  stop(): void;
}

/** A dialler is a host with a board; more names than this are invented. */
const mostDialers = 256;

/** So many that never asked for work: the oldest of them makes room, since a dialler asks at once. */
const mostUnused = 32;

/** A dialler that was silent for so long is forgotten; until then it is told as lost. Wire-clock ms. */
const forgetMs = 24 * 3_600_000;

/** Ends the waiting poll without giving it anything. */
export function supersede(dialer: Dialer): void {
  const { wake } = dialer;
  dialer.polls += 1;
  dialer.wake = null;
  wake?.();
}

/** Where no dialler says which extensions there are: not what begins like a call abroad. */
function canBeInside(extension: string): boolean {
  return !extension.startsWith('00');
}

function extensionsOf({ capabilities }: RegisterRequest): Dialer['reaches'] {
  const patterns = capabilities.extensions?.map((pattern) => new RegExp(pattern));
  return (extension) =>
    patterns === undefined ? canBeInside(extension) : patterns.some((pattern) => pattern.test(extension));
}

export function createDialers(wireClock: Clock, memory: Memory, leaseMs: number): Dialers {
  const dialers = new Map<string, Dialer>();
  const isHeard: Dialers['isHeard'] = (dialerId) => {
    const dialer = dialers.get(dialerId);
    return dialer !== undefined && wireClock.now() - dialer.heardAt <= leaseMs;
  };
  const forget = (dialerId: string) => {
    memory.keepEntry(dialers, dialerId);
    dialers.delete(dialerId);
  };
  /** @throws CodedError ILLEGAL_STATE when so many are alive that there can be no other */
  const makeRoom = (dialerId: string) => {
    const unused = [...dialers.values()].filter(({ polls }) => polls === 0);
    if (unused.length >= mostUnused && unused[0] !== undefined) forget(unused[0].dialerId);
    if (dialers.size < mostDialers) return;
    // Silent ones are forgotten first; one that comes back registers again, and its attempts are its own still.
    for (const { dialerId: known } of [...dialers.values()]) if (!isHeard(known)) forget(known);
    if (dialers.size < mostDialers) return;
    throw new CodedError('ILLEGAL_STATE', 'too many diallers are registered', {
      field: 'dialerId',
      found: dialerId,
      expected: `at most ${String(mostDialers)} diallers that are alive`,
    });
  };
  let waking = false;
  let stopped = false;
  const wake = () => {
    for (const dialer of dialers.values()) dialer.wake?.();
  };
  return {
    register: (about) => {
      const old = dialers.get(about.dialerId);
      const sameJournal = old === undefined || old.about.journalId === about.journalId;
      if (!sameJournal && isHeard(about.dialerId)) {
        throw new CodedError(
          'ILLEGAL_STATE',
          `another dialler is registered as ${about.dialerId} and alive`,
          {
            field: 'dialerId',
            found: about.dialerId,
            expected: `a name of its own for each dialler; after the loss of a journal, a wait of ${String(leaseMs)} ms`,
          },
        );
      }
      if (old === undefined) makeRoom(about.dialerId);
      if (old !== undefined) supersede(old);
      const dialer: Dialer = {
        dialerId: about.dialerId,
        sessionId: randomUUID(),
        about,
        heardAt: wireClock.now(),
        reaches: extensionsOf(about),
        free: 0,
        channels: { inService: 0, busy: 0 },
        sent: new Map(),
        polls: 0,
        wake: null,
      };
      dialers.set(about.dialerId, dialer);
      return dialer;
    },
    need: (dialerId, sessionId) => {
      const dialer = dialers.get(dialerId);
      if (dialer?.sessionId !== sessionId) {
        throw new CodedError('UNKNOWN_DIALER', `dialler ${dialerId} is not registered with this session`, {
          field: 'sessionId',
          found: sessionId,
          expected: 'the session of the last registration; register again',
        });
      }
      dialer.heardAt = wireClock.now();
      return dialer;
    },
    get: (dialerId) => dialers.get(dialerId),
    all: () => [...dialers.values()],
    isHeard,
    attends: ({ dialerId, heardAt }) => isHeard(dialerId) || wireClock.now() - heardAt <= leaseMs,
    someReaches: (extension) => {
      if (isEmergencyEverywhere(extension)) return false;
      const here = [...dialers.values()].filter(({ dialerId }) => isHeard(dialerId));
      return here.length === 0 ? canBeInside(extension) : here.some((dialer) => dialer.reaches(extension));
    },
    dueCommands: (dialer, commands) => {
      const now = wireClock.now();
      const wanted = new Map(commands.map((command) => [JSON.stringify(command), command]));
      for (const key of dialer.sent.keys()) {
        if (wanted.has(key)) continue;
        memory.keepEntry(dialer.sent, key);
        dialer.sent.delete(key);
      }
      return [...wanted].flatMap(([key, command]) => {
        const before = dialer.sent.get(key);
        if (before !== undefined && now - before < repeatCommandMs) return [];
        memory.keepEntry(dialer.sent, key);
        dialer.sent.set(key, now);
        return [command];
      });
    },
    tidy: () => {
      for (const { dialerId, heardAt } of [...dialers.values()]) {
        if (wireClock.now() - heardAt > forgetMs) forget(dialerId);
      }
    },
    wake,
    wakeSoon: () => {
      if (waking) return;
      waking = true;
      setImmediate(() => {
        waking = false;
        if (!stopped) wake();
      });
    },
    stop: () => {
      stopped = true;
      for (const dialer of dialers.values()) supersede(dialer);
    },
  };
}
