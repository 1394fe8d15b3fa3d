import type { Ending } from './call-state.ts';
import { play, stopPlaying } from './call-play.ts';
import { drop, enter, isTest, keyMs, outcome, type Turn } from './call-turn.ts';

/** The board waits for a key so long: an announcement, and what comes after it; ms. */
const collectMs = 90_000 + keyMs;

/** A person may ask for an agent so often. */
const mostAgentKeys = 3;

/** The announcement if there is one, then the end. */
export function announce(turn: Turn, ending: Ending): void {
  const { s } = turn;
  s.ending = isTest(s) ? outcome('dropped', 'test') : ending;
  const { announcement } = s.request;
  if (announcement === undefined || isTest(s)) {
    drop(turn, s.ending);
    return;
  }
  enter(turn, 'announcing');
  play(turn, announcement);
  collect(turn);
}

/** The person heard an announcement that was meant for everybody. */
export const toldEverybody: Ending = outcome('dropped', 'announced');

export function isToldEverybody(ending: Ending | null): boolean {
  return ending?.kind === 'outcome' && ending.status === 'dropped' && ending.reason === 'announced';
}

/** Whether this request's persons hear the announcement instead of an agent. */
export function isForAll({ announcement, announcementFor }: Turn['s']['request']): boolean {
  return announcement !== undefined && announcementFor === 'all';
}

/** The announcement is over, or cannot be played: a key may still be pressed. */
export function announced(turn: Turn): void {
  const { s } = turn;
  if (takesKeys(turn) && s.collecting) enter(turn, 'awaiting_key');
  else drop(turn, outcome('abandoned', 'no_agent'));
}

/**
 * A key of the person, or none in time.
 * @returns whether the person asks for an agent: the caller finds one
 */
export function takeKey(turn: Turn, digits: string): boolean {
  const { s } = turn;
  const { optOut, agentKey } = s.request;
  if (!s.collecting) return false;
  s.collecting = false;
  const listens = s.phase === 'announcing' || s.phase === 'awaiting_key';
  // Who pressed it and hung up means it all the same.
  const ends = s.phase === 'dropping' || s.phase === 'resetting';
  if (optOut !== undefined && digits.includes(optOut.key) && (listens || ends)) {
    optOutNow(turn, optOut.key, optOut.file, listens);
    return false;
  }
  if (!listens) return false;
  if (agentKey !== undefined && digits.includes(agentKey) && s.agentKeys < mostAgentKeys) {
    s.agentKeys++;
    stopPlaying(turn);
    return true;
  }
  if (digits !== '') collect(turn);
  return false;
}

/** The number is as good as on Do Not Call: the report is repeated until OCS has taken it. */
function optOutNow(turn: Turn, key: string, file: string | undefined, listens: boolean): void {
  const { s, effects } = turn;
  effects.push({ kind: 'report', report: { kind: 'do_not_call', key } });
  if (s.ending?.kind === 'outcome' && (s.ending.reason === 'no_agent' || s.ending.reason === 'announced')) {
    s.ending = outcome(s.ending.status, 'do_not_call');
  }
  if (!listens) return;
  stopPlaying(turn);
  if (file === undefined) {
    drop(turn, outcome('abandoned', 'do_not_call'));
    return;
  }
  enter(turn, 'confirming_opt_out');
  play(turn, file);
}

function takesKeys({ s: { request } }: Turn): boolean {
  return request.optOut !== undefined || request.agentKey !== undefined;
}

function collect(turn: Turn): void {
  const { s, effects } = turn;
  if (!takesKeys(turn) || s.collecting) return;
  s.collecting = true;
  effects.push({ kind: 'collect_key', ms: collectMs });
}
