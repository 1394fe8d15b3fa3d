import type { Board } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Legs } from '../handoff/legs.ts';
import type { Sleep } from '../link/backoff.ts';
import type { LinkClient } from '../link/client.ts';
import {
  mostChannelsInMessage,
  type HeardCall,
  type WatchCommand,
  type WatchedChannel,
} from '../link/live-schemas.ts';
import { outOfServiceReason, type ChannelEntry } from './channels/channel-table.ts';
import type { ChannelPool } from './channels/channels.ts';
import type { LiveCalls } from './live-calls.ts';

/** Tells OCS what the channels do while somebody looks at them, and nothing otherwise. */
export interface ChannelWatch {
  /** Begins, or goes on for as long as the command says. */
  watch(command: WatchCommand): void;
  stop(): void;
}

export interface ChannelWatchOptions {
  pool: Pick<ChannelPool, 'entries' | 'dead'>;
  live: Pick<LiveCalls, 'find'>;
  legs: Pick<Legs, 'snapshot'>;
  board: Pick<Board, 'tellScores'>;
  link: Pick<LinkClient, 'live'>;
  /** Board ms. */
  now(): number;
  sleep: Sleep;
  log: Log;
}

/** Between two messages, wall-clock ms. */
const everyMs = 250;

/** After so many looks without a change it is asked whether somebody looks yet. */
const looksInSilence = 8;

/** What was told of a channel, and what a message is compared by. */
type Told = Map<number, string>;

export function createChannelWatch(options: ChannelWatchOptions): ChannelWatch {
  const { board, link, log, pool, sleep } = options;
  const stopping = new AbortController();
  /** Looks that are left; they are counted, since the dialler has no clock of its own. */
  let looks = 0;
  let hear: readonly number[] = [];
  let isRunning = false;
  let turn: number | null = null;
  let silent = 0;
  let seq = 0;
  let told: Told = new Map();
  let toldHeard: Told = new Map();
  let toldBoard: 'ok' | 'dead' | null = null;

  const forget = () => {
    seq = 0;
    told = new Map();
    toldHeard = new Map();
    toldBoard = null;
  };

  /** Scores are told of these channels and of no others. Again of those that were: the board may be another one. */
  const tellScores = (wanted: readonly number[]) => {
    const gone = hear.filter((channel) => !wanted.includes(channel));
    hear = wanted;
    for (const channel of [...gone, ...wanted]) {
      try {
        board.tellScores(channel, wanted.includes(channel));
      } catch {
        // No such channel, or no board: then there is no score either.
      }
    }
  };

  const next = () => {
    const boardNow: 'ok' | 'dead' = pool.dead ? 'dead' : 'ok';
    const channels = changedChannels(options, told);
    const heard = changedHearing(pool.entries(), hear, toldHeard, options.now());
    const isNew = seq === 0 || channels.length + heard.length > 0 || boardNow !== toldBoard;
    silent = isNew ? 0 : silent + 1;
    if (silent % looksInSilence !== 0) return null;
    toldBoard = boardNow;
    seq += 1;
    return { seq, board: boardNow, channels, heard };
  };

  /** @returns whether somebody looks yet */
  const look = async (): Promise<boolean> => {
    const message = next();
    if (message === null) return true;
    const { want } = await link.live(message, stopping.signal);
    if (want === 'all') forget();
    return want !== 'nothing';
  };

  const run = async () => {
    isRunning = true;
    try {
      while (looks > 0 && !stopping.signal.aborted) {
        looks -= 1;
        if (!(await look())) break;
        await sleep(everyMs, stopping.signal);
      }
    } catch (error) {
      // Nobody loses anything: whoever looks yet asks again.
      const code = error instanceof CodedError ? error.code : 'INTERNAL';
      if (!stopping.signal.aborted)
        log.debug({ code, err: error }, 'OCS cannot be told what the channels do');
    } finally {
      looks = 0;
      isRunning = false;
      tellScores([]);
      forget();
    }
  };

  return {
    watch(command) {
      looks = Math.ceil(command.forMs / everyMs);
      tellScores(command.hear);
      if (turn !== command.turn) forget();
      turn = command.turn;
      for (const channel of toldHeard.keys()) if (!hear.includes(channel)) toldHeard.delete(channel);
      if (!isRunning && looks > 0) void run();
    },
    stop() {
      stopping.abort();
    },
  };
}

/** Those that are not as they were told, as many as a message takes; they are told now. */
export function changedChannels(
  options: Pick<ChannelWatchOptions, 'legs' | 'live' | 'now' | 'pool'>,
  told: Told,
): WatchedChannel[] {
  const { legs, live, pool } = options;
  const agentsOfLegs = new Map(
    legs.snapshot().map(({ agentId, channel, phase }) => [channel, { agentId, phase }]),
  );
  const at = options.now();
  const changed: WatchedChannel[] = [];
  for (const entry of pool.entries()) {
    if (changed.length === mostChannelsInMessage) break;
    const { channel, faults, owner, span, story, use, useSince } = entry;
    const call = owner?.kind === 'call' ? live.find(owner.id)?.state : undefined;
    const leg = owner?.kind === 'leg' ? agentsOfLegs.get(channel) : undefined;
    const phase = call?.phase ?? leg?.phase ?? null;
    const since = call?.phaseSince ?? useSince;
    const reason = use === 'out_of_service' ? outOfServiceReason(entry) : null;
    const agentId = call?.agentId ?? leg?.agentId ?? null;
    const looks = [use, phase, since, owner?.id, agentId, story.lastEvent, story.lastEventAt, reason, faults];
    const print = looks.join(' ');
    if (told.get(channel) === print) continue;
    told.set(channel, print);
    const isTest = call?.request.handoff.kind === 'test';
    changed.push({
      channel,
      span,
      use,
      phase,
      forMs: Math.max(0, at - since),
      attemptId: call === undefined ? null : call.request.attemptId,
      campaign: call === undefined || isTest ? null : call.request.campaign,
      agentId,
      test: isTest,
      lastEvent: story.lastEvent,
      lastEventMs: story.lastEventAt === null ? null : Math.max(0, at - story.lastEventAt),
      reason: reason?.slice(0, 200) ?? null,
      faults,
    });
  }
  return changed;
}

/** @param at board ms */
function changedHearing(
  entries: readonly ChannelEntry[],
  hear: readonly number[],
  told: Told,
  at: number,
): HeardCall[] {
  if (hear.length === 0) return [];
  return entries.flatMap(({ channel, story }): HeardCall[] => {
    if (!hear.includes(channel) || story.call === null) return [];
    const print = String(story.told);
    if (told.get(channel) === print) return [];
    told.set(channel, print);
    const { call, dialledAt } = story;
    return [
      {
        channel,
        call,
        dialledMs: dialledAt === null ? null : Math.max(0, at - dialledAt),
        items: story.heard(),
        scores: [...story.scores()],
      },
    ];
  });
}
