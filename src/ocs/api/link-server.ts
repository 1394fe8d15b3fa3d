import type { FastifyInstance } from 'fastify';
import { CodedError } from '../../domain/errors.ts';
import type { DialRequest } from '../../domain/request.ts';
import type {
  Command,
  PullReply,
  PullRequest,
  Report,
  ReportsReply,
  ReportsRequest,
} from '../../link/schemas.ts';
import { linkApi, linkOperations } from '../../api/link.ts';
import type { Agent, Agents } from '../live/agents.ts';
import { isSeizing } from '../../api/campaign-definition.ts';
import { cannotDial } from '../live/capability.ts';
import type { Campaign, Campaigns } from '../live/campaigns.ts';
import type { ChannelWatch } from '../live/channel-watch.ts';
import { advance, type Calls } from '../live/calls.ts';
import { isCut } from '../records/cancels.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import { supersede, type Dialer, type Dialers } from '../live/dialers.ts';
import type { CalledParties } from '../live/called-parties.ts';
import type { Engagements } from '../live/engagements.ts';
import type { Retrieval } from '../records/retrieval.ts';
import { asCodedError } from '../../http/errors.ts';
import { serveApi } from '../../http/serve.ts';
import { wantToken } from '../../http/tokens.ts';
import type { Pacer } from '../live/pacer.ts';
import type { RecordingRequests } from '../live/recording-requests.ts';
import { recordType } from '../../domain/record.ts';
import type { Reports } from '../records/reports.ts';
import type { Log } from '../../domain/log.ts';
import type { AgentCalls } from '../records/agent-calls.ts';
import type { Turns } from '../live/turns.ts';
import type { Telephones } from '../live/telephones.ts';
import type { Store } from '../store/store.ts';

export interface LinkServerParts {
  agents: Agents;
  calls: Calls;
  campaigns: Campaigns;
  channelWatch: ChannelWatch;
  config: OcsConfig;
  dialers: Dialers;
  calledParties: CalledParties;
  engagements: Engagements;
  retrieval: Retrieval;
  log: Log;
  pacer: Pacer;
  recordingRequests: RecordingRequests;
  store: Store;
  telephones: Telephones;
  turns: Turns<Campaign>;
  reports: Reports;
  version: string;
  wireClock: Clock;
  agentCalls: AgentCalls;
}

/** The OCS link, version 1: what a dialler can ask. */
export async function serveLink(app: FastifyInstance, parts: LinkServerParts): Promise<void> {
  const { config, dialers } = parts;
  const serve = await serveApi(app, linkApi, {
    guard: () => wantToken(config.tokens.link, app.tokenWatch),
    softwareVersion: parts.version,
  });

  serve(linkOperations.register, ({ body: about }) => {
    const { sessionId } = dialers.register(about);
    parts.telephones.checkAll();
    parts.engagements.lost(about.dialerId);
    parts.log.info({ dialerId: about.dialerId, version: about.softwareVersion }, 'dialler registered');
    return { sessionId, ocsVersion: parts.version, leaseMs: config.leaseMs, maxWaitMs: config.maxWaitMs };
  });
  serve(linkOperations.pull, ({ body: pull }, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => {
      gone.abort();
    });
    return answerPull(parts, dialers.need(pull.dialerId, pull.sessionId), pull, gone.signal);
  });
  serve(linkOperations.reports, ({ body: message }) => {
    dialers.need(message.dialerId, message.sessionId);
    return takeReports(parts, message);
  });
  serve(linkOperations.requestAgent, async ({ body: message }) => {
    dialers.need(message.dialerId, message.sessionId);
    const agent = await parts.store.soon('live', () =>
      findAgent(parts, message.dialerId, message.attemptId, message.failed ?? []),
    );
    return {
      agent: agent === null ? null : { agentId: agent.agentId, extension: agent.extension },
      retryMs: config.agentRetryMs,
    };
  });
  serve(linkOperations.live, ({ body: message }) =>
    parts.channelWatch.take(dialers.need(message.dialerId, message.sessionId), message),
  );
  serve(linkOperations.recording, ({ body: message }) => {
    parts.recordingRequests.take(dialers.need(message.dialerId, message.sessionId), message);
    return {};
  });
}

/** So many reports are one change: others have their turns between. */
const reportSlice = 100;

/**
 * Takes the reports of one message in their order, in slices. When one of a slice cannot be written, none of it and
 * none behind it is taken, since a later one would contradict it when it comes again: the answer names those before.
 */
async function takeReports(parts: LinkServerParts, message: ReportsRequest): Promise<ReportsReply> {
  const { dialerId, engagements, reports } = message;
  const reply = await parts.store.soon('report', () => {
    const first = takeSlice(parts, dialerId, reports.slice(0, reportSlice));
    for (const engagement of engagements) parts.engagements.report(engagement);
    return first;
  });
  try {
    for (let at = reportSlice; at < reports.length; at += reportSlice) {
      const slice = reports.slice(at, at + reportSlice);
      const { accepted, refused } = await parts.store.soon('report', () => takeSlice(parts, dialerId, slice));
      reply.accepted.push(...accepted);
      reply.refused.push(...refused);
    }
  } catch (error) {
    const taken = reply.accepted.length + reply.refused.length;
    parts.log.warn(
      { dialerId, reports: reports.length, taken, err: error },
      'not all reports could be taken',
    );
  }
  for (const { attemptId, seq, code } of reply.refused) {
    parts.log.warn({ attemptId, seq, code }, 'report refused');
  }
  return reply;
}

/** @throws what the store throws; then none of them is to count */
function takeSlice(parts: LinkServerParts, dialerId: string, reports: readonly Report[]): ReportsReply {
  const taken: ReportsReply = { accepted: [], refused: [] };
  for (const report of reports) {
    const { attemptId, seq } = report;
    try {
      parts.reports.take(dialerId, report);
      taken.accepted.push({ attemptId, seq });
    } catch (error) {
      const { code, message } = asCodedError(error);
      // Our own fault: the dialler must keep the report and send it again.
      if (code === 'INTERNAL' || code === 'DATABASE_ERROR') throw error;
      taken.refused.push({ attemptId, seq, code, message });
    }
  }
  const attemptIds = reports.map(({ attemptId }) => attemptId);
  parts.calls.heard(dialerId, attemptIds, parts.wireClock.now());
  return taken;
}

/** The reserved agent of this call, or the longest idle one, who is reserved now and sees the record. */
function findAgent(
  parts: LinkServerParts,
  dialerId: string,
  attemptId: string,
  failed: readonly string[],
): Agent | null {
  const { agents, calls, campaigns, engagements, agentCalls } = parts;
  const call = calls.get(attemptId);
  if (call?.dialerId !== dialerId) {
    throw new CodedError('UNKNOWN_ATTEMPT', `dialler ${dialerId} has no open attempt ${attemptId}`, {
      field: 'attemptId',
      found: attemptId,
    });
  }
  parts.store.memory.keep(call);
  advance(call, 'waiting');
  const reserved = agents.byAttempt(attemptId);
  if (reserved !== undefined && !failed.includes(reserved.agentId)) return reserved;
  if (reserved?.state === 'reserved') {
    // Its telephone did not take the call: no further calls until the agent says it is ready.
    agentCalls.ended(attemptId, 'not_taken', false, 'not_taken');
  }
  const definition = campaigns.get(call.campaign)?.definition;
  const group = definition?.group;
  if (definition === undefined || group === undefined) return null;
  const reaches = parts.dialers.get(dialerId)?.reaches ?? (() => true);
  const suits = (agent: Agent) =>
    !failed.includes(agent.agentId) &&
    reaches(agent.extension) &&
    (!isSeizing(definition.mode) || engagements.legAt(agent.agentId) === dialerId);
  const record = parts.store.records.get(call.handle);
  const own =
    record?.record_type === recordType.PersonalCallBack && record.agent_id !== null
      ? agents.idle(group, (agent) => agent.agentId === record.agent_id && suits(agent))
      : null;
  const agent = own ?? agents.idle(group, suits);
  if (agent !== null) agentCalls.reserve(agent, attemptId);
  return agent;
}

/**
 * Requests that were sent to this dialler but never arrived there: it does not name them. Only the dialler can
 * say that it never dialled one, so each goes out again; what must not be dialled any more goes with the command
 * that takes it back, which the dialler obeys before it dials.
 */
function lostRequests(parts: LinkServerParts, dialer: Dialer, pull: PullRequest): PullReply {
  const named = new Set(pull.active);
  const requests = parts.calls
    .all()
    .filter(
      (call) => call.dialerId === dialer.dialerId && call.phase === 'leased' && !named.has(call.attemptId),
    )
    // Only the journal it went to knows whether it was dialled.
    .filter(({ journalId }) => journalId === (dialer.about.journalId ?? null))
    .slice(0, pull.free)
    .map(({ request }) => request);
  const commands = requests.flatMap(({ attemptId, campaign: name, recordHandle }): Command[] => {
    const call = parts.calls.get(attemptId);
    if (call !== undefined && isCut(call)) return [{ kind: 'cancel', attemptId }];
    const campaign = parts.campaigns.get(name);
    const wanted =
      campaign?.running === true && parts.retrieval.stillAllowed(campaign.definition, recordHandle);
    return wanted ? [] : [{ kind: 'drain', campaign: name }];
  });
  return { requests, commands };
}

/** New requests in one answer: more would hold up others. The dialler asks again at once. */
const mostRequests = 25;

/** New requests from the running campaigns, each in its turn first. */
function newRequests(parts: LinkServerParts, dialer: Dialer, free: number): DialRequest[] {
  const room = Math.min(free, mostRequests);
  const campaigns = parts.campaigns
    .all()
    .filter(({ running, definition }) => running && cannotDial(dialer.about, definition) === null);
  const requests: DialRequest[] = [];
  for (const campaign of parts.turns.order(campaigns)) {
    const { calls } = parts.pacer.decide(campaign, dialer.dialerId);
    const wanted = Math.min(calls, room - requests.length);
    const got = parts.retrieval.retrieve(campaign.definition, dialer.about, wanted);
    if (requests.length === 0 && got.length > 0) parts.turns.served(campaign);
    requests.push(...got);
  }
  return requests;
}

function commandsFor(parts: LinkServerParts, dialer: Dialer): Command[] {
  const calls = parts.calls.all().filter((call) => call.dialerId === dialer.dialerId);
  const cancels = calls.filter(isCut).map((call): Command => ({ kind: 'cancel', attemptId: call.attemptId }));
  // What is not dialled yet waits for the campaign's next start.
  const stopped = calls
    .filter((call) => call.undialled && parts.campaigns.get(call.campaign)?.running !== true)
    .map((call) => call.campaign);
  const drains = [...new Set(stopped)].map((campaign): Command => ({ kind: 'drain', campaign }));
  const due = parts.dialers.dueCommands(dialer, [
    ...drains,
    ...cancels,
    ...parts.engagements.commands(dialer),
    ...parts.channelWatch.commands(dialer),
    ...parts.recordingRequests.commands(dialer),
  ]);
  return [...due, ...parts.calledParties.take(dialer)];
}

/** Answers at once when there is something, else holds the poll until there is, or its time is over. */
async function answerPull(
  parts: LinkServerParts,
  dialer: Dialer,
  pull: PullRequest,
  gone: AbortSignal,
): Promise<PullReply> {
  const { wireClock } = parts;
  supersede(dialer);
  const poll = dialer.polls;
  const nothing: PullReply = { requests: [], commands: [] };
  const empty = (reply: PullReply) => reply.requests.length === 0 && reply.commands.length === 0;
  /** False when a newer poll or registration of the same dialler took over, or the connection is gone. */
  const isPresent = () =>
    parts.dialers.get(dialer.dialerId) === dialer && dialer.polls === poll && !gone.aborted;
  /** All that one answer brings is taken in one transaction: an answer that fails has taken nothing. */
  const look = (resent: () => PullReply): Promise<PullReply> =>
    parts.store.soon('poll', () => {
      if (!isPresent()) return nothing;
      const before = resent();
      return {
        requests: [...before.requests, ...newRequests(parts, dialer, pull.free - before.requests.length)],
        commands: [...before.commands, ...commandsFor(parts, dialer)],
      };
    });
  const now = await look(() => {
    parts.store.memory.keep(dialer);
    dialer.free = pull.free;
    dialer.channels = pull.channels;
    parts.calls.heard(dialer.dialerId, pull.active, wireClock.now());
    return lostRequests(parts, dialer, pull);
  });
  if (!empty(now) || pull.waitMs === 0 || !isPresent()) return now;

  let woken = false;
  let over = false;
  let goOn = () => {};
  const wake = () => {
    woken = true;
    goOn();
  };
  const end = () => {
    over = true;
    goOn();
  };
  const stopTimer = wireClock.after(Math.min(pull.waitMs, parts.config.maxWaitMs), end);
  gone.addEventListener('abort', end);
  dialer.wake = wake;
  try {
    for (;;) {
      if (!woken && !over) {
        const { promise, resolve } = Promise.withResolvers<void>();
        goOn = resolve;
        await promise;
      }
      if (over || !isPresent()) return nothing;
      woken = false;
      const reply = await look(() => nothing);
      if (!empty(reply)) return reply;
    }
  } finally {
    stopTimer();
    gone.removeEventListener('abort', end);
    if (dialer.wake === wake) dialer.wake = null;
  }
}
