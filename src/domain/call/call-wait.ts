import { announce } from './call-announcement.ts';
import { drop, enter, isTest, mark, outcome, type Turn } from './call-turn.ts';
import { callResult } from '../result.ts';

/** Tries to reach agents for one person before the announcement. */
const mostTries = 3;

/**
 * While a person still speaks their greeting the wait has not begun; it is not put off longer than this, in ms.
 */
const longestGreetingMs = 5_000;

/** A person is on the line: an agent is wanted at once, within the time limit. */
export function awaitAgent(turn: Turn): void {
  const { s } = turn;
  if (s.phase !== 'awaiting_agent') enter(turn, 'awaiting_agent');
  mark(turn, 'agentRequested', turn.at);
  if (s.agentDeadline === null && !s.agentTimeUp) {
    s.agentWantedAt = turn.at;
    limitWait(turn);
  }
  seekAgent(turn);
}

/** The person pressed the key for an agent: their wait begins anew. */
export function askForAgent(turn: Turn): void {
  const { s } = turn;
  s.ending = null;
  s.agentTimeUp = false;
  s.transferTries = 0;
  awaitAgent(turn);
}

function seekAgent(turn: Turn): void {
  const { handoff } = turn.s.request;
  switch (handoff.kind) {
    case 'agent':
      turn.effects.push({ kind: 'request_agent', failed: turn.s.failedAgents });
      return;
    case 'destination':
      transfer(turn, handoff.extension);
      return;
    case 'engaged':
      turn.effects.push({ kind: 'request_leg', group: handoff.group });
      return;
    case 'test':
  }
}

/**
 * Sets the time limit of the wait: the request's `agentTimeoutMs`, counted from the end of the greeting or the
 * moment an agent was wanted, whichever is later. Set anew when the end of the greeting becomes known.
 */
export function limitWait(turn: Turn): void {
  const { s, at } = turn;
  if (s.agentTimeUp || isTest(s)) return;
  const { greetingStart, greetingEnd } = s.milestones;
  const speaking = greetingStart !== undefined && greetingEnd === undefined;
  const from = Math.max(s.agentWantedAt ?? at, greetingEnd === undefined ? 0 : s.takenAt + greetingEnd);
  const deadline = from + s.request.agentTimeoutMs + (speaking ? longestGreetingMs : 0);
  const known = s.agentDeadline;
  if (known !== null) turn.effects.push({ kind: 'cancel_timer', name: 'agent' });
  s.agentDeadline = known === null ? deadline : Math.min(known, deadline);
  turn.effects.push({ kind: 'start_timer', name: 'agent', ms: Math.max(0, s.agentDeadline - at) });
}

/** Listens on for an engineer. */
export function hold(turn: Turn, ms: number): void {
  enter(turn, 'awaiting_agent');
  turn.s.agentDeadline = turn.at + ms;
  turn.effects.push({ kind: 'start_timer', name: 'agent', ms });
}

export function transfer(turn: Turn, extension: string): void {
  const { s } = turn;
  s.extension = extension;
  s.transferTries++;
  enter(turn, 'transferring');
  turn.effects.push({ kind: 'transfer', extension });
}

export function join(turn: Turn, agentId: string, channel: number): void {
  const { s } = turn;
  s.agentId = agentId;
  s.transferTries++;
  enter(turn, 'joining');
  turn.effects.push({ kind: 'join', channel });
}

/** The hand-over failed. While there is time, another agent; what was no person is dropped. */
export function retryAgent(turn: Turn, reason: string): void {
  const { s } = turn;
  if (s.result !== callResult.Answer) {
    drop(turn, outcome('dropped', reason));
    return;
  }
  if (s.agentId !== null) s.failedAgents = [...s.failedAgents, s.agentId];
  s.agentId = null;
  s.extension = null;
  if (s.agentTimeUp || s.transferTries >= mostTries) {
    announce(turn, outcome('abandoned', reason));
    return;
  }
  const joined = s.phase === 'joining';
  enter(turn, 'awaiting_agent');
  if (joined) turn.effects.push({ kind: 'release_agent' });
  awaitAgent(turn);
}
