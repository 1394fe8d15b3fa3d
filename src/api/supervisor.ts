import { z } from 'zod';
import * as attempts from './attempts.ts';
import { campaignSchema } from './campaign-definition.ts';
import * as campaigns from './campaigns.ts';
import { agentDaySchema, deskHistorySchema, deskOperations, deskReplySchema } from './desk.ts';
import { diagnosticOperations, healthSchema } from './diagnostics.ts';
import * as dnc from './do-not-call.ts';
import { badLineSchema, errorSchema, importProgressSchema } from './fields.ts';
import { listImportReplySchema, listOperations, listsReplySchema } from './lists.ts';
import { nodeOperations, nodesReplySchema } from './nodes.ts';
import type { Api, Operation } from './operation.ts';
import {
  agentChangedSchema,
  agentsReplySchema,
  dialersReplySchema,
  notReadySchema,
  presenceOperations,
} from './presence.ts';
import { recordOperations, recordReplySchema, recordSchema } from './records.ts';
import { refusalsByRole } from './roles.ts';

const versionReplySchema = z.object({ version: z.string() });

export const supervisorOperations = {
  getVersion: {
    method: 'GET',
    path: '/api/v1/version',
    summary: 'The version of the program.',
    subject: 'version',
    reply: versionReplySchema,
  },
  ...nodeOperations,
  ...campaigns.campaignOperations,
  ...listOperations,
  ...recordOperations,
  ...attempts.attemptOperations,
  ...presenceOperations,
  ...deskOperations,
  ...dnc.doNotCallOperations,
  ...diagnosticOperations,
} as const satisfies Record<string, Operation>;

/** What a supervisor, `cpdctl` and the web console ask of OCS. */
export const supervisorApi: Api = {
  title: 'OCS supervisor',
  description: 'Campaigns, calling lists, Do Not Call, agents and calls.',
  version: '1',
  document: '/api/v1/openapi.json',
  badInput: 'BAD_ARGUMENT',
  error: errorSchema,
  refusals: refusalsByRole,
  operations: supervisorOperations,
  schemas: {
    Version: versionReplySchema,
    Nodes: nodesReplySchema,
    CampaignDefinition: campaignSchema,
    CampaignStatus: campaigns.campaignStatusSchema,
    Campaigns: campaigns.campaignsReplySchema,
    Due: campaigns.dueReplySchema,
    LoadRequest: campaigns.loadRequestSchema,
    LoadReply: campaigns.loadReplySchema,
    UnloadReply: campaigns.unloadReplySchema,
    Lists: listsReplySchema,
    ListImportReply: listImportReplySchema,
    Record: recordSchema,
    RecordWithHistory: recordReplySchema,
    Attempt: attempts.attemptDetailSchema,
    Attempts: attempts.attemptsReplySchema,
    LabelChange: attempts.labelBodySchema,
    Label: attempts.labelReplySchema,
    Labels: attempts.labelsReplySchema,
    Agents: agentsReplySchema,
    AgentChanged: agentChangedSchema,
    NotReady: notReadySchema,
    Desk: deskReplySchema,
    DeskHistory: deskHistorySchema,
    AgentDay: agentDaySchema,
    Diallers: dialersReplySchema,
    DoNotCallRequest: dnc.dncRequestSchema,
    DoNotCallAdded: dnc.dncAddReplySchema,
    DoNotCallFound: dnc.dncFindReplySchema,
    DoNotCallRemoved: dnc.dncRemoveReplySchema,
    DoNotCallImportReply: dnc.dncImportReplySchema,
    DoNotCallBatches: dnc.dncBatchesReplySchema,
    ImportProgress: importProgressSchema,
    BadLine: badLineSchema,
    Health: healthSchema,
    Error: errorSchema,
  },
};
