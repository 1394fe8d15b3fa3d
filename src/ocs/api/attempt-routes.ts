import {
  attemptOperations,
  type AttemptDetail,
  type AttemptView,
  type CalledWas,
  type LabelsReply,
} from '../../api/attempts.ts';
import { CodedError } from '../../domain/errors.ts';
import { explainVerdict } from '../../domain/explanation/evidence-words.ts';
import { maskNumber } from '../../domain/number.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { DialRequest } from '../../domain/request.ts';
import { callResultLabel, isCallResult } from '../../domain/result.ts';
import type { Serve } from '../../http/serve.ts';
import { anybody, auditName, mayNotSeeNumbers, type Caller } from '../access/caller.ts';
import type { Clock } from '../clock.ts';
import type { RecordingRequests } from '../live/recording-requests.ts';
import type { CalledParties } from '../live/called-parties.ts';
import type { AttemptLabelRow, LabelledAttempt } from '../store/attempt-labels.ts';
import type { Store } from '../store/store.ts';
import type { AttemptRow } from '../store/tables.ts';
import { muLawFile } from './console/mu-law-file.ts';

export interface AttemptParts {
  calledParties: CalledParties;
  clock: Clock;
  recordingRequests: RecordingRequests;
  store: Store;
}

/** Attempts, one or many, and what people say that they were. */
export function serveAttempts(serve: Serve, parts: AttemptParts): void {
  const { calledParties, clock, recordingRequests, store } = parts;
  const { attempts, labels } = store;
  const need = (id: string): AttemptRow => {
    const row = attempts.get(id);
    if (row !== undefined) return row;
    throw new CodedError('UNKNOWN_ATTEMPT', `no attempt ${id}`, { field: 'id', found: id });
  };
  const view = (row: AttemptRow, caller: Caller | null) =>
    attemptView(row, caller, labels.get(row.attempt_id));

  serve(attemptOperations.listAttempts, ({ caller, query }) => {
    if (query.phone !== undefined && mayNotSeeNumbers(caller)) {
      // Whoever may ask for any number finds out which one is masked.
      throw new CodedError('FORBIDDEN', 'the role engineer sees no numbers, and asks for none', {
        field: 'phone',
        expected: 'a search without phone, e.g. by campaign or record',
      });
    }
    const { brief = false, cursor, ...what } = query;
    const { next, partial, rows } = attempts.find({ ...what, before: cursor });
    return {
      attempts: rows.map((row) => (brief ? withoutDetail(view(row, caller)) : view(row, caller))),
      next: next === null ? null : `${String(next.leasedAt)}.${next.attemptId}`,
      partial,
    };
  });
  serve(attemptOperations.getAttempt, ({ caller, params: { id } }): AttemptDetail => {
    const row = need(id);
    const shown = view(row, caller);
    const { cpdTimeoutMs, maxHumanLoss = null, mode, plan = null } = JSON.parse(row.request) as DialRequest;
    return {
      ...shown,
      mode,
      plan,
      maxHumanLoss,
      cpdTimeoutMs,
      explanation: explanationOf(shown),
      mayBeRecorded: recordingRequests.mayHave(row.dialer_id),
    };
  });
  serve(attemptOperations.getRecording, async ({ params: { id } }, reply) => {
    const row = need(id);
    const sound = await recordingRequests.fetch(row.dialer_id, row.attempt_id);
    return reply.type('audio/wav').header('accept-ranges', 'none').send(muLawFile(sound));
  });
  serve(attemptOperations.labelAttempt, ({ body: { was }, caller, params: { id } }) => {
    need(id);
    if (was === null) labels.remove(id);
    else {
      const saidBy = auditName(caller ?? anybody);
      labels.set({ attempt_id: id, was, said_by: saidBy, said_at: clock.now() });
      if (was !== 'not_sure') calledParties.say(id, was);
    }
    return { label: labelView(labels.get(id)) };
  });
  serve(attemptOperations.listLabels, ({ query: { after, limit } }) => {
    const rows = labels.page(after, limit);
    return {
      labels: rows.flatMap(labelledView),
      next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
    };
  });
}

function attemptView(
  row: AttemptRow,
  caller: Caller | null,
  label: AttemptLabelRow | undefined,
): AttemptView {
  const {
    request: _request,
    seen: _seen,
    journal_id: _journal,
    closed_by: _closer,
    closing: _closing,
    phone_key: _key,
    evidence,
    milestones,
    result,
    ...rest
  } = row;
  return {
    ...rest,
    ...(mayNotSeeNumbers(caller) && { phone: maskNumber(row.phone) }),
    result,
    resultName: result !== null && isCallResult(result) ? callResultLabel[result] : null,
    evidence: evidenceOf(evidence),
    milestones: JSON.parse(milestones) as AttemptView['milestones'],
    label: labelView(label),
  };
}

function evidenceOf(text: string | null): Evidence | null {
  return text === null ? null : (JSON.parse(text) as Evidence);
}

function withoutDetail(view: AttemptView): AttemptView {
  return view.evidence === null
    ? view
    : { ...view, evidence: { ...view.evidence, segments: [], scores: {} } };
}

function labelView(label: AttemptLabelRow | undefined): AttemptView['label'] {
  if (label === undefined) return null;
  return { was: label.was as CalledWas, saidBy: label.said_by, saidAt: label.said_at };
}

function labelledView(row: LabelledAttempt): LabelsReply['labels'] {
  const label = labelView(row);
  if (label === null) return [];
  const { mode, plan = null } = JSON.parse(row.request) as DialRequest;
  const evidence = evidenceOf(row.evidence);
  const { attempt_id: attemptId, campaign, dialer_id: dialerId, record_handle: recordHandle } = row;
  const { answerMs = null, verdict = null } = evidence ?? {};
  return [{ ...label, attemptId, recordHandle, campaign, dialerId, mode, plan, verdict, answerMs }];
}

/** Where the detector said nothing, the network or a fault decided. */
function explanationOf({ ended_at: ended, evidence, reason }: AttemptView): string[] {
  if (evidence !== null) return explainVerdict(evidence);
  if (ended === null) return ['The call has not ended, and there is no verdict yet.'];
  const why = reason === null ? '' : ` Reason: ${reason}.`;
  return [`The detector gave no verdict: signalling or a fault decided.${why}`];
}
