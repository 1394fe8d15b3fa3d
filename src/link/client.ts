import type { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { DialRequest } from '../domain/request.ts';
import { liveReplySchema, type LiveReply, type LiveRequest } from './live-schemas.ts';
import { parsePull, type RefusedRequest } from './pull-reply.ts';
import { recordingReplySchema, type RecordingRequest } from './recording-schemas.ts';
import {
  agentReplySchema,
  linkPaths,
  linkPrefix,
  linkVersion,
  registerReplySchema,
  reportsReplySchema,
  type AgentReply,
  type Command,
  type EngagementReport,
  type RegisterRequest,
  type Report,
  type ReportsReply,
} from './schemas.ts';
import { createAddresses } from './addresses.ts';
import { post, type Fetch } from './transport.ts';

export interface LinkClientOptions {
  /** Base address of OCS, e.g. `http://127.0.0.1:7800`. */
  url: string;
  /** Of those that stand by for it: the next one is asked when one cannot be reached. */
  standbyUrls?: readonly string[];
  /** Bearer token, when OCS asks for one. */
  token?: string | undefined;
  dialerId: string;
  /** Identity of the dialler's journal. */
  journalId?: string;
  softwareVersion: string;
  /** What this dialler is and can do, asked at each registration. */
  describe(): Pick<RegisterRequest, 'boards' | 'capabilities' | 'warnings'>;
  /** Longest wait for an answer that OCS does not hold on purpose; 5 000 ms when absent. */
  timeoutMs?: number;
  fetch?: Fetch;
}

/** A recording of some megabytes may take so much longer to send than other messages, in ms. */
const uploadMs = 15_000;

export interface PullQuestion {
  free: number;
  channels: { inService: number; busy: number };
  waitMs: number;
  active: string[];
}

export interface PullAnswer {
  /** Session in which OCS answered; another than before: OCS had forgotten the dialler. */
  sessionId: string;
  requests: DialRequest[];
  /** Requests that are not as the schema asks; the attempt id is known, so they can be reported. */
  refused: RefusedRequest[];
  /** Attempts beyond the free channels that were asked for. */
  excess: string[];
  commands: Command[];
}

/**
 * The dialler's side of the OCS link. It registers before its first message and again when OCS forgot it. No
 * method repeats anything: who calls knows what is worth repeating and when (see backoff.ts).
 *
 * Every method throws CodedError: OCS_UNREACHABLE (no connection, no answer in time, HTTP 5xx), BAD_MESSAGE
 * (the reply is not as the schema asks), UNAUTHORIZED, or the code that OCS gave.
 */
export interface LinkClient {
  register(signal?: AbortSignal): Promise<void>;
  /**
   * Gives up the session: the next message registers anew, as soon as OCS answers. For a dialler that has lost what
   * OCS believes of it, e.g. its engaged legs with its board. Sends nothing itself, so it never fails.
   */
  renew(): void;
  /** Long poll. */
  pull(question: PullQuestion, signal?: AbortSignal): Promise<PullAnswer>;
  report(reports: Report[], engagements: EngagementReport[], signal?: AbortSignal): Promise<ReportsReply>;
  /** @param failed agents named before whom the switch could not reach */
  requestAgent(attemptId: string, failed: readonly string[], signal?: AbortSignal): Promise<AgentReply>;
  /** A recording that was asked for; not registered anew either. */
  recording(message: Omit<RecordingRequest, 'dialerId' | 'sessionId'>): Promise<object>;
  /** What the channels do. Unlike the others it does not register anew: who looked is not known there any more. */
  live(message: Omit<LiveRequest, 'dialerId' | 'sessionId'>, signal?: AbortSignal): Promise<LiveReply>;
}

export function createLinkClient(options: LinkClientOptions): LinkClient {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const baseOf = (url: string) => url.replace(/\/+$/, '') + linkPrefix;
  const addresses = createAddresses([baseOf(options.url), ...(options.standbyUrls ?? []).map(baseOf)]);
  let session: { id: string; maxWaitMs: number } | null = null;
  let registering: Promise<void> | null = null;
  /** Counts the sessions given up. A registration that was on its way then is of no use any more. */
  let renewals = 0;

  const send = <T>(
    path: string,
    body: object,
    schema: z.ZodType<T>,
    signal: AbortSignal | undefined,
    waitMs = 0,
  ): Promise<T> =>
    addresses.ask((base) =>
      post(base + path, body, schema, {
        fetch: options.fetch ?? fetch,
        token: options.token,
        timeoutMs: timeoutMs + waitMs,
        signal,
      }),
    );

  const register = async (signal?: AbortSignal): Promise<void> => {
    const begunAt = renewals;
    const reply = await send(
      linkPaths.register,
      {
        dialerId: options.dialerId,
        ...(options.journalId === undefined ? {} : { journalId: options.journalId }),
        linkVersion,
        softwareVersion: options.softwareVersion,
        ...options.describe(),
      } satisfies RegisterRequest,
      registerReplySchema,
      signal,
    );
    if (begunAt === renewals) session = { id: reply.sessionId, maxWaitMs: reply.maxWaitMs };
  };

  /** One registration at a time, whoever needs it. It is not bound to the caller's signal. */
  const registered = async (): Promise<{ id: string; maxWaitMs: number }> => {
    if (session === null) {
      const mine = (registering ??= register().finally(() => {
        if (registering === mine) registering = null;
      }));
      await mine;
    }
    if (session === null) throw new CodedError('UNKNOWN_DIALER', 'there is no session with OCS');
    return session;
  };

  /** Runs `run` in a session; once more in a new one if OCS forgot the old. */
  const inSession = async <T>(
    run: (session: { id: string; maxWaitMs: number }) => Promise<T>,
  ): Promise<T> => {
    const first = await registered();
    try {
      return await run(first);
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'UNKNOWN_DIALER') throw error;
      // Another message may have registered anew while this one was on its way.
      if (session?.id === first.id) session = null;
      return run(await registered());
    }
  };

  const { dialerId } = options;
  return {
    register,
    renew: () => {
      renewals++;
      session = null;
      registering = null;
    },
    pull: ({ waitMs, ...question }, signal) =>
      inSession(async ({ id, maxWaitMs }) => {
        const wait = Math.min(waitMs, maxWaitMs);
        const message = { dialerId, sessionId: id, waitMs: wait, ...question };
        const answer = await parsePull(
          (schema) => send(linkPaths.pull, message, schema, signal, wait),
          question.free,
        );
        return { sessionId: id, ...answer };
      }),
    report: (reports, engagements, signal) =>
      inSession(({ id }) =>
        send(
          linkPaths.reports,
          { dialerId, sessionId: id, reports, engagements },
          reportsReplySchema,
          signal,
        ),
      ),
    requestAgent: (attemptId, failed, signal) =>
      inSession(({ id }) =>
        send(linkPaths.agent, { dialerId, sessionId: id, attemptId, failed }, agentReplySchema, signal),
      ),
    recording: async (message) => {
      const { id } = await registered();
      const body = { dialerId, sessionId: id, ...message };
      return send(linkPaths.recording, body, recordingReplySchema, undefined, uploadMs);
    },
    live: async (message, signal) => {
      const { id } = await registered();
      return send(linkPaths.live, { dialerId, sessionId: id, ...message }, liveReplySchema, signal);
    },
  };
}
