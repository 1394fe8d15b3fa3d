import type { FastifyInstance } from 'fastify';
import { CodedError } from '../domain/errors.ts';
import type { DialRequest } from '../domain/request.ts';
import {
  agentRequestSchema,
  linkPaths,
  linkPrefix,
  pullRequestSchema,
  registerRequestSchema,
  reportsRequestSchema,
  type AgentReply,
  type Command,
  type PullReply,
  type PullRequest,
  type RegisterReply,
  type ReportsReply,
} from '../link/schemas.ts';
import { linkOpenApi } from '../link/openapi.ts';
import type { Agent, Agents } from './agents.ts';
import type { Attempts } from './attempts.ts';
import { isSeizing } from './campaign.ts';
import { cannotDial } from './capability.ts';
import type { Campaigns } from './campaigns.ts';
import { advance, type Calls } from './calls.ts';
import { isCut } from './cancels.ts';
import type { Clock } from './clock.ts';
import type { OcsConfig } from './config.ts';
import { supersede, type Dialler, type Diallers } from './diallers.ts';
import type { Engagements } from './engagements.ts';
import type { HandOut } from './hand-out.ts';
import { asCodedError, checkBearer, parseMessage } from './http.ts';
import type { Campaign } from './campaigns.ts';
import type { PacingDecision } from './pacing.ts';
import { recordType } from '../domain/record.ts';
import type { Records } from './records.ts';
import type { Reports } from './reports.ts';
import type { Log } from '../domain/log.ts';
import type { Work } from './work.ts';

export interface LinkServerParts {
  agents: Agents;
  attempts: Attempts;
  calls: Calls;
  campaigns: Campaigns;
  config: OcsConfig;
  diallers: Diallers;
  engagements: Engagements;
  handOut: HandOut;
  log: Log;
  pace: (campaign: Campaign, dialerId: string) => PacingDecision;
  records: Records;
  reports: Reports;
  transaction: <T>(run: () => T) => T;
  version: string;
  wireClock: Clock;
  work: Work;
}

/** The OCS link, version 1: what a dialler can ask. */
export function serveLink(app: FastifyInstance, parts: LinkServerParts): void {
  const { config, diallers, wireClock } = parts;
  const route = (path: string, handle: (body: unknown, gone: AbortSignal) => unknown) => {
    app.post(linkPrefix + path, (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => {
        gone.abort();
      });
      return handle(request.body, gone.signal);
    });
  };
  app.addHook('onRequest', (request, _reply, done) => {
    // The route that answers, not the address as written: that can be spelt in more than one way.
    if (request.routeOptions.url?.startsWith(linkPrefix) === true) checkBearer(request, config.tokens.link);
    done();
  });
  app.get(`${linkPrefix}/openapi.json`, () => linkOpenApi(parts.version));

  route(linkPaths.register, (body): RegisterReply => {
    const about = parseMessage(registerRequestSchema, body, 'register');
    const open = parts.calls.all().filter((call) => call.dialerId === about.dialerId);
    const { sessionId } = diallers.register(
      about,
      open.map(({ attemptId }) => attemptId),
    );
    parts.engagements.lost(about.dialerId);
    parts.log.info({ dialler: about.dialerId, version: about.softwareVersion }, 'a dialler registered');
    return { sessionId, ocsVersion: parts.version, leaseMs: config.leaseMs, maxWaitMs: config.maxWaitMs };
  });
  route(linkPaths.pull, (body, gone) => {
    const pull = parseMessage(pullRequestSchema, body, 'pull');
    return answerPull(parts, diallers.need(pull.dialerId, pull.sessionId), pull, gone);
  });
  route(linkPaths.reports, (body): ReportsReply => {
    const message = parseMessage(reportsRequestSchema, body, 'reports');
    diallers.need(message.dialerId, message.sessionId);
    const reply: ReportsReply = { accepted: [], refused: [] };
    // One transaction, one wait for the disk, however many reports a batch has.
    parts.transaction(() => {
      for (const report of message.reports) {
        const { attemptId, seq } = report;
        try {
          parts.reports.take(message.dialerId, report);
          reply.accepted.push({ attemptId, seq });
        } catch (error) {
          const coded = asCodedError(error);
          // Our own fault: the dialler shall keep the report and send it again.
          if (coded.code === 'INTERNAL' || coded.code === 'DATABASE_ERROR') throw error;
          parts.log.warn({ attemptId, seq, code: coded.code }, 'a report is refused');
          reply.refused.push({ attemptId, seq, code: coded.code, message: coded.message });
        }
      }
    });
    for (const report of message.engagements) parts.engagements.report(report);
    parts.calls.heard(
      message.dialerId,
      message.reports.map((report) => report.attemptId),
      wireClock.now(),
    );
    return reply;
  });
  route(linkPaths.agent, (body): AgentReply => {
    const message = parseMessage(agentRequestSchema, body, 'agent request');
    diallers.need(message.dialerId, message.sessionId);
    const agent = findAgent(parts, message.dialerId, message.attemptId, message.failed ?? []);
    return {
      agent: agent === null ? null : { agentId: agent.agentId, extension: agent.extension },
      retryMs: config.agentRetryMs,
    };
  });
}

/** The reserved agent of this call, or the longest idle one, who is reserved now and sees the record. */
function findAgent(
  parts: LinkServerParts,
  dialerId: string,
  attemptId: string,
  failed: readonly string[],
): Agent | null {
  const { agents, calls, campaigns, engagements, records, work } = parts;
  const call = calls.get(attemptId);
  if (call?.dialerId !== dialerId) {
    throw new CodedError('UNKNOWN_ATTEMPT', `dialler ${dialerId} has no open attempt ${attemptId}`, {
      field: 'attemptId',
      found: attemptId,
    });
  }
  advance(call, 'waiting');
  const reserved = agents.byAttempt(attemptId);
  if (reserved !== undefined && !failed.includes(reserved.agentId)) return reserved;
  if (reserved?.state === 'reserved') {
    // Its telephone did not take the call: no further calls until the agent says it is ready.
    reserved.next = 'not_ready';
    work.callEnded(attemptId, 'not_taken', false);
  }
  const definition = campaigns.get(call.campaign)?.definition;
  const group = definition?.group;
  if (definition === undefined || group === undefined) return null;
  const suits = (agent: Agent) =>
    !failed.includes(agent.agentId) &&
    (!isSeizing(definition.mode) || engagements.legAt(agent.agentId) === dialerId);
  const record = records.get(call.handle);
  const own =
    record?.record_type === recordType.PersonalCallBack && record.agent_id !== null
      ? agents.idle(group, (agent) => agent.agentId === record.agent_id && suits(agent))
      : null;
  const agent = own ?? agents.idle(group, suits);
  if (agent !== null) work.reserve(agent, attemptId);
  return agent;
}

/**
 * Requests that were sent to this dialler but never arrived there: it does not name them. Only the dialler can
 * say that it never dialled one, so each goes out again; what must not be dialled any more goes with the command
 * that takes it back, which the dialler obeys before it dials.
 */
function lostRequests(parts: LinkServerParts, dialler: Dialler, pull: PullRequest): PullReply {
  const named = new Set(pull.active);
  const requests = parts.attempts
    .open(dialler.dialerId)
    .filter((row) => row.state === 'leased' && !named.has(row.attempt_id))
    .filter((row) => !dialler.otherJournals.has(row.attempt_id))
    .slice(0, pull.free)
    .map((row) => JSON.parse(row.request) as DialRequest);
  const commands = requests.flatMap(({ attemptId, campaign: name, recordHandle }): Command[] => {
    const call = parts.calls.get(attemptId);
    if (call !== undefined && isCut(call)) return [{ kind: 'cancel', attemptId }];
    const campaign = parts.campaigns.get(name);
    const wanted =
      campaign?.running === true && parts.handOut.stillAllowed(campaign.definition, recordHandle);
    return wanted ? [] : [{ kind: 'drain', campaign: name }];
  });
  return { requests, commands };
}

/** New requests from the running campaigns, each in its turn first. */
function newRequests(parts: LinkServerParts, dialler: Dialler, room: number): DialRequest[] {
  const campaigns = parts.campaigns
    .all()
    .filter(({ running, definition }) => running && cannotDial(dialler.about, definition) === null);
  const turn = campaigns.length === 0 ? 0 : parts.wireClock.now() % campaigns.length;
  const requests: DialRequest[] = [];
  for (const campaign of [...campaigns.slice(turn), ...campaigns.slice(0, turn)]) {
    const { calls } = parts.pace(campaign, dialler.dialerId);
    const wanted = Math.min(calls, room - requests.length);
    requests.push(...parts.handOut(campaign.definition, dialler.dialerId, wanted));
  }
  return requests;
}

function commandsFor(parts: LinkServerParts, dialler: Dialler): Command[] {
  const calls = parts.calls.all().filter((call) => call.dialerId === dialler.dialerId);
  const cancels = calls.filter(isCut).map((call): Command => ({ kind: 'cancel', attemptId: call.attemptId }));
  // What is not dialled yet waits for the campaign's next start.
  const stopped = calls
    .filter((call) => call.undialled && parts.campaigns.get(call.campaign)?.running !== true)
    .map((call) => call.campaign);
  const drains = [...new Set(stopped)].map((campaign): Command => ({ kind: 'drain', campaign }));
  return parts.diallers.dueCommands(dialler, [...drains, ...cancels, ...parts.engagements.commands(dialler)]);
}

/** Answers at once when there is something, else holds the poll until there is, or its time is over. */
function answerPull(
  parts: LinkServerParts,
  dialler: Dialler,
  pull: PullRequest,
  gone: AbortSignal,
): Promise<PullReply> {
  const { wireClock } = parts;
  supersede(dialler);
  dialler.free = pull.free;
  dialler.channels = pull.channels;
  parts.calls.heard(dialler.dialerId, pull.active, wireClock.now());
  const look = (resent: PullReply): PullReply => ({
    requests: [...resent.requests, ...newRequests(parts, dialler, pull.free - resent.requests.length)],
    commands: [...resent.commands, ...commandsFor(parts, dialler)],
  });
  const empty = (reply: PullReply) => reply.requests.length === 0 && reply.commands.length === 0;
  const nothing: PullReply = { requests: [], commands: [] };
  const now = look(lostRequests(parts, dialler, pull));
  if (!empty(now) || pull.waitMs === 0) return Promise.resolve(now);

  return new Promise((resolve, reject) => {
    const finish = (reply: PullReply) => {
      stopTimer();
      gone.removeEventListener('abort', onGone);
      if (dialler.wake === onWake) dialler.wake = null;
      resolve(reply);
    };
    const onWake = () => {
      // A newer poll or registration of the same dialler took over, or the connection is gone.
      const present = parts.diallers.get(dialler.dialerId) === dialler && dialler.wake === onWake;
      try {
        const reply = present && !gone.aborted ? look(nothing) : nothing;
        if (!present || !empty(reply)) finish(reply);
      } catch (error) {
        finish(nothing);
        reject(asCodedError(error));
      }
    };
    const onGone = () => {
      finish(nothing);
    };
    const stopTimer = wireClock.after(Math.min(pull.waitMs, parts.config.maxWaitMs), () => {
      finish(nothing);
    });
    gone.addEventListener('abort', onGone);
    dialler.wake = onWake;
  });
}
