import { liveReplySchema, liveRequestSchema } from '../link/live-schemas.ts';
import { recordingReplySchema, recordingRequestSchema } from '../link/recording-schemas.ts';
import * as link from '../link/schemas.ts';
import { errorSchema } from './fields.ts';
import type { Api, Operation } from './operation.ts';

const post = { method: 'POST' } as const;

export const linkOperations = {
  register: {
    ...post,
    path: link.linkPrefix + link.linkPaths.register,
    summary: 'A dialler identifies itself and its capabilities; it receives a session.',
    subject: 'register',
    body: link.registerRequestSchema,
    reply: link.registerReplySchema,
    refusals: ['ILLEGAL_STATE'],
  },
  pull: {
    ...post,
    path: link.linkPrefix + link.linkPaths.pull,
    summary: 'Long poll for dial requests and commands; renews the leases of the attempts it names.',
    subject: 'pull',
    body: link.pullRequestSchema,
    reply: link.pullReplySchema,
    refusals: ['UNKNOWN_DIALER'],
  },
  reports: {
    ...post,
    path: link.linkPrefix + link.linkPaths.reports,
    summary: 'Reports on attempts and engaged legs; repeated until acknowledged, without harm if repeated.',
    subject: 'reports',
    body: link.reportsRequestSchema,
    reply: link.reportsReplySchema,
    refusals: ['UNKNOWN_DIALER'],
  },
  requestAgent: {
    ...post,
    path: link.linkPrefix + link.linkPaths.agent,
    summary: 'Asks for an agent for a live call; the record is shown to the agent that is named.',
    subject: 'agent request',
    body: link.agentRequestSchema,
    reply: link.agentReplySchema,
    refusals: ['UNKNOWN_DIALER', 'UNKNOWN_ATTEMPT'],
  },
  live: {
    ...post,
    path: link.linkPrefix + link.linkPaths.live,
    summary: 'What the channels do, and what is heard on some; only while the command `watch` holds.',
    subject: 'live',
    body: liveRequestSchema,
    reply: liveReplySchema,
    refusals: ['UNKNOWN_DIALER'],
  },
  recording: {
    ...post,
    path: link.linkPrefix + link.linkPaths.recording,
    summary: 'The recording of a call, after the command `recording`, or why there is none.',
    subject: 'recording',
    body: recordingRequestSchema,
    reply: recordingReplySchema,
    refusals: ['UNKNOWN_DIALER'],
  },
} as const satisfies Record<string, Operation>;

/** What a dialler asks of OCS; the messages themselves are in `src/link/schemas.ts`. */
export const linkApi: Api = {
  title: 'OCS link',
  description: 'The dialler sends all requests.',
  version: String(link.linkVersion),
  document: `${link.linkPrefix}/openapi.json`,
  badInput: 'BAD_MESSAGE',
  error: errorSchema,
  refusals: ['UNAUTHORIZED', 'TOO_MANY_WRONG_TOKENS', 'BAD_MESSAGE', 'DATABASE_ERROR', 'INTERNAL'],
  operations: linkOperations,
  schemas: {
    RegisterRequest: link.registerRequestSchema,
    RegisterReply: link.registerReplySchema,
    PullRequest: link.pullRequestSchema,
    PullReply: link.pullReplySchema,
    ReportsRequest: link.reportsRequestSchema,
    ReportsReply: link.reportsReplySchema,
    AgentRequest: link.agentRequestSchema,
    AgentReply: link.agentReplySchema,
    LiveRequest: liveRequestSchema,
    LiveReply: liveReplySchema,
    RecordingRequest: recordingRequestSchema,
    RecordingReply: recordingReplySchema,
    LinkError: errorSchema,
  },
};
