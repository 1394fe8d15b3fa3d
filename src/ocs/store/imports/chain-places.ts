import type { BadLine } from '../../../api/fields.ts';
import { recordStatus, recordType, type RecordStatus } from '../../../domain/record.ts';
import { callResult } from '../../../domain/result.ts';
import type { NewRecord } from '../../lists/csv.ts';

/** How a record begins. */
export interface ChainPlace {
  status: number;
  result: number;
}

interface Placed {
  record: NewRecord;
  chainId: number;
  chainN: number;
}

/**
 * Gives each record the status with which it begins: the first open number of a chain is Ready, later ones wait for it.
 * One that must not be called is closed, and its chain goes on with the next.
 *
 * @param firstKnown place of the chain's first open number that is in the list already; Infinity when there is none
 * @returns apart from them the records that would wait for ever
 */
export function placeInChains<Row extends Placed>(
  rows: readonly Row[],
  firstKnown: (chainId: number) => number,
): { rows: (Row & ChainPlace)[]; stuck: BadLine[] } {
  const firsts = new Map<number, number>();
  const heirs = firstHeirs(rows);
  for (const { record, chainId, chainN } of rows) {
    const first = firsts.get(chainId) ?? Math.min(firstKnown(chainId), heirs.get(chainId) ?? Infinity);
    const leads = isOpen(record) && !isNoCall(record) && !isWaiting(record);
    firsts.set(chainId, leads ? Math.min(first, chainN) : first);
  }
  const placed: (Row & ChainPlace)[] = [];
  const stuck: BadLine[] = [];
  for (const row of rows) {
    const { record, chainId, chainN } = row;
    const first = firsts.get(chainId) ?? Infinity;
    const begins = (status: RecordStatus, result: number = callResult.Unknown) =>
      placed.push({ ...row, status: record.record_status ?? status, result: record.call_result ?? result });
    if (isNoCall(record)) {
      placed.push({ ...row, status: recordStatus.Updated, result: callResult.DoNotCall });
    } else if (!isWaiting(record)) {
      begins(chainN > first ? recordStatus.ChainReady : recordStatus.Ready);
    } else if (chainN > first) {
      begins(recordStatus.ChainReady);
    } else if (chainN === heirs.get(chainId)) {
      placed.push({ ...row, status: recordStatus.Ready, result: record.call_result ?? callResult.Unknown });
    } else {
      stuck.push({
        line: record.line,
        field: 'record_status',
        found: String(recordStatus.ChainReady),
        expected: 'a number before it in its chain that is Ready, or 1 Ready',
      });
    }
  }
  return { rows: placed, stuck };
}

/** Of each chain in which a number is closed as it comes, the first that waited: it takes the other's place. */
function firstHeirs(rows: readonly Placed[]): Map<number, number> {
  const closed = new Set(rows.filter(({ record }) => isNoCall(record)).map(({ chainId }) => chainId));
  const heirs = new Map<number, number>();
  for (const { record, chainId, chainN } of rows) {
    if (!closed.has(chainId) || !isWaiting(record) || isNoCall(record)) continue;
    heirs.set(chainId, Math.min(heirs.get(chainId) ?? Infinity, chainN));
  }
  return heirs;
}

function isOpen({ record_status: status = recordStatus.Ready }: NewRecord): boolean {
  return status === recordStatus.Ready || status === recordStatus.ChainReady;
}

/** As the file says. */
function isWaiting({ record_status: status }: NewRecord): boolean {
  return status === recordStatus.ChainReady;
}

/** It must never be called, and is not done yet. */
function isNoCall(record: NewRecord): boolean {
  return record.record_type === recordType.NoCall && isOpen(record);
}
