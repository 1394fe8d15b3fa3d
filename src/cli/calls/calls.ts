import type { CommandModule } from 'yargs';
import { adminPrefix, type CallsReply, type EndedCall } from '../../api/admin.ts';
import { CodedError } from '../../domain/errors.ts';
import { maskNumber } from '../../domain/number.ts';
import type { Evidence, Milestones, Outcome } from '../../domain/outcome.ts';
import { callResultLabel, type CallResult, type CallStatus } from '../../domain/result.ts';
import { adminEndpoint, adminOptions, ocsEndpoint, ocsOptions, request } from '../admin/admin-client.ts';
import { explainEvidence, outcomeText } from '../../domain/explanation/evidence-words.ts';
import { duration, printJson, printLine, printTable } from '../../terminal/output.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  'ocs-url': string;
  'ocs-token'?: string | undefined;
  json: boolean;
  attempt?: string | undefined;
  limit: number;
}

export const callsCommand: CommandModule<object, Arguments> = {
  command: 'calls [attempt]',
  describe: 'Show calls in progress and recent ones, or explain one call',
  builder: (yargs) =>
    yargs
      .positional('attempt', { type: 'string', describe: 'Attempt to explain: why this verdict' })
      .options(adminOptions)
      .options(ocsOptions)
      .option('limit', {
        type: 'number',
        requiresArg: true,
        default: 40,
        describe: 'Most recent calls shown',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 calls', 'calls in progress, then the recent ones, newest first')
      .example('$0 calls a-17', 'what was heard in attempt a-17 and why it was judged so'),
  handler: async (args) => {
    const endpoint = adminEndpoint(args);
    if (args.attempt !== undefined) {
      const call = await findCall(args, args.attempt);
      if (args.json) printJson(call);
      else explainCall(call).forEach(printLine);
      return;
    }
    const reply = await request<CallsReply>(endpoint, `${adminPrefix}/calls`);
    const recent = reply.recent.slice(0, args.limit);
    if (args.json) {
      printJson({ ...reply, recent });
      return;
    }
    const rows = [...reply.active.map(activeRow), ...recent.map(endedRow)];
    printTable(
      [
        { heading: 'ATTEMPT', value: (row) => row.attemptId },
        { heading: 'CAMPAIGN', value: (row) => row.campaign },
        { heading: 'NUMBER', value: (row) => row.number },
        { heading: 'PHASE', value: (row) => row.phase },
        { heading: 'RESULT', value: (row) => row.result },
        { heading: 'STATUS', value: (row) => row.status },
        { heading: 'CHANNEL', value: (row) => row.channel, align: 'right' },
        { heading: 'AGENT', value: (row) => row.agentId },
        { heading: 'WHEN', value: (row) => row.when },
      ],
      rows,
      'no calls since cpdd started',
    );
  },
};

/**
 * cpdd knows the calls since its start, test calls among them; OCS knows every attempt for ever. What cpdd says
 * goes first; when neither knows the call, its error is the one to show.
 */
async function findCall(args: Arguments, attempt: string): Promise<EndedCall> {
  try {
    return await request(adminEndpoint(args), `${adminPrefix}/calls/${encodeURIComponent(attempt)}`);
  } catch (error) {
    const known = error instanceof CodedError ? error.code : null;
    if (known !== 'UNKNOWN_ATTEMPT' && known !== 'DAEMON_UNREACHABLE') throw error;
    try {
      return endedCallOf(
        await request<StoredAttempt>(ocsEndpoint(args), `/api/v1/attempts/${encodeURIComponent(attempt)}`),
      );
    } catch {
      throw error;
    }
  }
}

/** An attempt as OCS stores it, as far as it is shown here. */
interface StoredAttempt {
  attempt_id: string;
  campaign: string;
  phone: string;
  ended_at: number | null;
  result: CallResult | null;
  status: CallStatus | null;
  reason: string | null;
  evidence: Evidence | null;
  milestones: Milestones;
  channel: number | null;
  agent_id: string | null;
}

function endedCallOf(stored: StoredAttempt): EndedCall {
  const { result, status } = stored;
  const outcome =
    result === null || status === null
      ? null
      : {
          result,
          status,
          reason: stored.reason,
          evidence: stored.evidence,
          milestones: stored.milestones,
          channel: stored.channel,
          agentId: stored.agent_id,
        };
  return {
    attemptId: stored.attempt_id,
    campaign: stored.campaign,
    number: maskNumber(stored.phone),
    test: false,
    outcome,
    handBack: outcome === null ? (stored.reason ?? 'not ended yet') : null,
    answerToVerdictMs: null,
    waitForAgentMs: null,
    endedAt: stored.ended_at === null ? 'not yet' : new Date(stored.ended_at).toISOString(),
  };
}

interface Row {
  attemptId: string;
  campaign: string;
  number: string;
  phase: string;
  result: string | null;
  status: string | null;
  channel: number | null;
  agentId: string | null;
  when: string | null;
}

function activeRow(call: CallsReply['active'][number]): Row {
  return { ...call, campaign: campaignText(call), result: null, status: null, when: duration(call.ageMs) };
}

function endedRow(call: EndedCall): Row {
  const { outcome } = call;
  return {
    attemptId: call.attemptId,
    campaign: campaignText(call),
    number: call.number,
    phase: call.handBack === null ? 'ended' : 'handed back',
    result: outcome === null ? null : callResultLabel[outcome.result],
    status: outcome?.status ?? call.handBack,
    channel: outcome?.channel ?? null,
    agentId: outcome?.agentId ?? null,
    when: call.endedAt,
  };
}

function campaignText(call: { campaign: string; test: boolean }): string {
  return call.test ? '(test)' : call.campaign;
}

/** One ended call in plain words. */
export function explainCall(call: EndedCall): string[] {
  const lines = [
    `Attempt ${call.attemptId} of ${campaignText(call)} to ${call.number}, ended ${call.endedAt}.`,
  ];
  if (call.outcome === null) {
    return [...lines, `It was never dialled and went back to OCS: ${call.handBack ?? 'no reason given'}.`];
  }
  const { outcome } = call;
  lines.push(`Outcome: ${outcomeText(outcome)}.`);
  if (outcome.channel !== null) lines.push(`Channel ${outcome.channel}.`);
  if (outcome.agentId !== null) lines.push(`Agent ${outcome.agentId}.`);
  lines.push(
    ...(outcome.evidence === null
      ? ['The detector gave no verdict: signalling or a fault decided.']
      : explainEvidence(outcome.evidence)),
  );
  return [...lines, 'Moments, since the request was taken:', ...milestoneLines(outcome)];
}

/** The moments of a call in order, e.g. `ringing 3.2 s`. */
function milestoneLines(outcome: Outcome): string[] {
  return Object.entries(outcome.milestones)
    .sort(([, a], [, b]) => a - b)
    .map(([name, ms]) => `  ${name.padEnd(16)} ${duration(ms) ?? ''}`);
}
