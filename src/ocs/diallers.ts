import { randomUUID } from 'node:crypto';
import { CodedError } from '../domain/errors.ts';
import type { Command, RegisterRequest } from '../link/schemas.ts';
import type { Clock } from './clock.ts';

/** A dialler that registered. All its times are of the wire clock. */
export interface Dialler {
  readonly dialerId: string;
  sessionId: string;
  about: RegisterRequest;
  heardAt: number;
  /** Open attempts that went to this name when it had another journal: only that one knows if they were dialled. */
  readonly otherJournals: ReadonlySet<string>;
  free: number;
  channels: { inService: number; busy: number };
  /** When a command was last sent, by what it is; it is repeated while it is still needed. */
  readonly sent: Map<string, number>;
  /** Ends the long poll that waits now. */
  wake: (() => void) | null;
}

/** Commands stay needed until the dialler's reports say they were done; one may be lost with its reply. */
const repeatCommandMs = 5_000;

export interface Diallers {
  /**
   * @param open the attempts that are open under this name
   * @throws CodedError ILLEGAL_STATE while another dialler of this name, with a journal of its own, is alive
   */
  register(about: RegisterRequest, open: readonly string[]): Dialler;
  /** @throws CodedError UNKNOWN_DIALER when the session is not the present one */
  need(dialerId: string, sessionId: string): Dialler;
  get(dialerId: string): Dialler | undefined;
  all(): Dialler[];
  /** Not silent beyond its lease. */
  isHeard(dialerId: string): boolean;
  /** The commands of these that are due to be sent, now or again. */
  dueCommands(dialler: Dialler, commands: readonly Command[]): Command[];
  /** Wakes all long polls: there may be something for them. */
  wake(): void;
}

/** Ends the waiting poll without giving it anything. */
export function supersede(dialler: Dialler): void {
  const { wake } = dialler;
  dialler.wake = null;
  wake?.();
}

export function createDiallers(wireClock: Clock, leaseMs: number): Diallers {
  const diallers = new Map<string, Dialler>();
  return {
    register: (about, open) => {
      const old = diallers.get(about.dialerId);
      const sameJournal = old === undefined || old.about.journalId === about.journalId;
      if (!sameJournal && wireClock.now() - old.heardAt <= leaseMs) {
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
      if (old !== undefined) supersede(old);
      const dialler: Dialler = {
        dialerId: about.dialerId,
        sessionId: randomUUID(),
        about,
        heardAt: wireClock.now(),
        otherJournals: sameJournal ? (old?.otherJournals ?? new Set()) : new Set(open),
        free: 0,
        channels: { inService: 0, busy: 0 },
        sent: new Map(),
        wake: null,
      };
      diallers.set(about.dialerId, dialler);
      return dialler;
    },
    need: (dialerId, sessionId) => {
      const dialler = diallers.get(dialerId);
      if (dialler?.sessionId !== sessionId) {
        throw new CodedError('UNKNOWN_DIALER', `dialler ${dialerId} is not registered with this session`, {
          field: 'sessionId',
          found: sessionId,
          expected: 'the session of the last registration; register again',
        });
      }
      dialler.heardAt = wireClock.now();
      return dialler;
    },
    get: (dialerId) => diallers.get(dialerId),
    all: () => [...diallers.values()],
    isHeard: (dialerId) => {
      const dialler = diallers.get(dialerId);
      return dialler !== undefined && wireClock.now() - dialler.heardAt <= leaseMs;
    },
    dueCommands: (dialler, commands) => {
      const now = wireClock.now();
      const wanted = new Map(commands.map((command) => [JSON.stringify(command), command]));
      for (const key of dialler.sent.keys()) if (!wanted.has(key)) dialler.sent.delete(key);
      return [...wanted].flatMap(([key, command]) => {
        const before = dialler.sent.get(key);
        if (before !== undefined && now - before < repeatCommandMs) return [];
        dialler.sent.set(key, now);
        return [command];
      });
    },
    wake: () => {
      for (const dialler of diallers.values()) dialler.wake?.();
    },
  };
}
