import type { CheckedNumber } from '../domain/number.ts';
import type { DialRequest } from '../domain/request.ts';
import type { Legs } from '../handoff/legs.ts';
import type { Journal } from '../journal/journal.ts';
import type { PullAnswer, PullQuestion } from '../link/client.ts';
import type { PullerOptions } from '../link/puller.ts';
import type { Command } from '../link/schemas.ts';
import type { ChannelPool } from './channels/channels.ts';
import { takeIn, type IntakeOptions } from './intake/intake.ts';
import type { LimitGuard } from './intake/limits.ts';
import type { JournalBuffer } from './journal-buffer.ts';
import type { JournalReads } from './journal-reads.ts';
import type { LiveCalls } from './live-calls.ts';
import type { Outages } from './outages.ts';

/** How long OCS may hold a poll while no channel is free: soon after one is, we ask for work. Wall-clock ms. */
const fullPullWaitMs = 100;

/**
 * While reports are so slow that more attempts than this, beside one for each channel, are taken and not yet told,
 * no more are asked for: their number in a pull has a bound.
 */
const mostUntold = 1_000;

/** What the dialler asks OCS for, and what becomes of the answer. */
export function createPulls(options: {
  intake: Omit<IntakeOptions, 'isActive'>;
  journal: Pick<Journal, 'stateOf'>;
  buffer: JournalBuffer;
  reads: Pick<JournalReads, 'untold' | 'hasReports'>;
  live: LiveCalls;
  pool: Pick<ChannelPool, 'counts'>;
  legs: Pick<Legs, 'snapshot' | 'forgotten'>;
  limits: Pick<LimitGuard, 'room'>;
  outages: Pick<Outages, 'state' | 'resultsFirst'>;
  config: { maxPull: number; pullWaitMs: number; reservedChannels: number };
  /** New calls may be begun. */
  running(): boolean;
  startCall(request: DialRequest, digits: CheckedNumber): void;
  obey(command: Command): void;
}): Pick<PullerOptions, 'question' | 'take' | 'giveBack'> {
  const { intake, journal, buffer, reads, live, pool, legs, limits, outages, config } = options;
  const { log } = intake;
  /** Session of the last pull. */
  let session: string | null = null;

  return {
    question(): PullQuestion {
      const { idle, busy, outOfService } = pool.counts();
      const untold = reads.untold();
      // The pull that finds OCS again takes nothing while results wait for it.
      const behind = outages.state === 'down' && reads.hasReports();
      const open =
        options.running() &&
        untold !== null &&
        !outages.resultsFirst &&
        !behind &&
        untold.length <= mostUntold + idle + busy;
      // Who waits though channels are free needs lines of another kind; more than all lines never wait.
      const room = idle + busy - live.waiting;
      const free = open
        ? Math.min(config.maxPull, Math.max(0, Math.min(idle - config.reservedChannels, room, limits.room())))
        : 0;
      return {
        free,
        channels: { inService: idle + busy, busy: Math.min(busy, idle + busy + outOfService) },
        waitMs: free === 0 ? Math.min(fullPullWaitMs, config.pullWaitMs) : config.pullWaitMs,
        // One that ended is held until OCS knows that it was taken: what is not named would be sent again.
        active: [...new Set([...live.attemptIds(), ...(untold ?? [])])],
      };
    },
    take(answer: PullAnswer) {
      if (session !== null && session !== answer.sessionId) {
        log.warn({ legs: legs.snapshot().length }, 'OCS had forgotten this dialler');
        legs.forgotten();
      }
      session = answer.sessionId;
      const known = new Set(live.attemptIds());
      const isActive = (attemptId: string) => known.has(attemptId);
      buffer.together(() => {
        for (const { request, digits } of takeIn({ ...intake, isActive }, answer)) {
          options.startCall(request, digits);
        }
        for (const command of answer.commands) options.obey(command);
      });
    },
    giveBack(attemptIds) {
      const fresh = attemptIds.filter((id) => live.get(id) === undefined && journal.stateOf(id) === null);
      log.warn({ requests: attemptIds.length }, 'OCS sent more requests than channels are free; handed back');
      buffer.handBack([...new Set(fresh)], 'no_channel');
    },
  };
}
