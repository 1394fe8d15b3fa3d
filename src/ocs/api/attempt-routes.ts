import { attemptOperations, type AttemptView } from '../../api/attempts.ts';
import { CodedError } from '../../domain/errors.ts';
import { maskNumber } from '../../domain/number.ts';
import { callResultLabel, isCallResult } from '../../domain/result.ts';
import type { Serve } from '../../http/serve.ts';
import type { Caller } from '../access/caller.ts';
import type { Store } from '../store/store.ts';
import type { AttemptRow } from '../store/tables.ts';

/** Attempts, one or many. */
export function serveAttempts(serve: Serve, { store: { attempts } }: { store: Store }): void {
  serve(attemptOperations.listAttempts, ({ caller, query }) => {
    if (query.phone !== undefined && mayNotSeeNumbers(caller)) {
      // Whoever may ask for any number finds out which one is masked.
      throw new CodedError('FORBIDDEN', 'the role engineer sees no numbers, and asks for none', {
        field: 'phone',
        expected: 'a search without phone, e.g. by campaign or record',
      });
    }
    const rows = attempts.find({ ...query, before: query.cursor });
    const last = rows.length < query.limit ? undefined : rows.at(-1);
    return {
      attempts: rows.map((row) => attemptView(row, caller)),
      next: last === undefined ? null : `${String(last.leased_at)}.${last.attempt_id}`,
    };
  });
  serve(attemptOperations.getAttempt, ({ caller, params: { id } }) => {
    const row = attempts.get(id);
    if (row !== undefined) return attemptView(row, caller);
    throw new CodedError('UNKNOWN_ATTEMPT', `no attempt ${id}`, { field: 'id', found: id });
  });
}

/** An engineer looks at calls, not at who was called. */
function mayNotSeeNumbers(caller: Caller | null): boolean {
  return caller?.role === 'engineer';
}

function attemptView(row: AttemptRow, caller: Caller | null): AttemptView {
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
    evidence: evidence === null ? null : (JSON.parse(evidence) as AttemptView['evidence']),
    milestones: JSON.parse(milestones) as AttemptView['milestones'],
  };
}
