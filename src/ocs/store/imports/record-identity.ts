import { placeInChains, type ChainPlace } from './chain-places.ts';
import type { NewRecord } from '../../lists/csv.ts';
import type { BadLine } from '../../../api/fields.ts';
import type { OcsDatabase } from '../database.ts';

interface Identity {
  record: NewRecord;
  phoneKey: string;
  recordId: number;
  chainId: number;
  chainN: number;
}

export type IdentifiedRecord = Identity & ChainPlace;

/** A record that was there before, as far as it is told. */
interface Known {
  line: number | null;
  importId: number | null;
}

export interface HighestNumbers {
  record: number;
  chain: number;
}

/** A part of a file, with what is known of the whole. */
export interface Part {
  /** Whole chains. */
  records: readonly NewRecord[];
  /** The highest numbers that the file gives; 0 when it gives none. */
  highest: HighestNumbers;
  /** The import of which it is a part: its records are known by their lines. */
  importId: number | null;
}

/**
 * Gives each record its number and its place in a chain, and finds those that are there already: by number,
 * by place in the chain, or by phone however it is written (numbers of one chain may repeat: the same person by another way).
 * What would wait in its chain for ever is told with them.
 */
export type Identify = (list: string, part: Part) => { rows: IdentifiedRecord[]; duplicates: BadLine[] };

/** Chains are numbered by others; above this, numbers beyond all of them could run out. */
const highestToPass = 2 ** 52;

/** The highest numbers that some records give. */
export function highestNumbers(
  records: readonly NewRecord[],
  before: HighestNumbers = { record: 0, chain: 0 },
): HighestNumbers {
  return records.reduce(
    (most, { record_id: id = 0, chain_id: chain = 0 }) => ({
      record: Math.max(most.record, id),
      chain: Math.max(most.chain, chain),
    }),
    before,
  );
}

export function createIdentify({ sqlite, phoneKey }: OcsDatabase): Identify {
  const known = 'select line, (select import_id from windows where id = window_id) importId from records';
  const byId = sqlite.prepare<[string, number], Known>(`${known} where list = ? and record_id = ?`);
  const byPlace = sqlite.prepare<[string, number, number], Known>(
    `${known} where list = ? and chain_id = ? and chain_n = ?`,
  );
  const byPhone = sqlite.prepare<[string, string, number], Known>(
    `${known} where list = ? and phone_key = ? and chain_id <> ? limit 1`,
  );
  const firstOfChain = sqlite.prepare<[string, number], { first: number | null }>(
    'select min(chain_n) first from records where list = ? and chain_id = ? and +record_status in (1, 2)',
  );
  const highestOf = sqlite.prepare<[string, string], { record: number | null; chain: number | null }>(
    `select (select max(record_id) from records where list = ?) record,
       (select max(chain_id) from records where list = ?) chain`,
  );

  return (list, { records, highest, importId }) => {
    const { record: topRecord, chain: topChain } = highestOf.get(list, list) ?? {};
    const highestKnown = Math.max(topRecord ?? 0, topChain ?? 0);
    const ofRecords = Math.max(highest.record, topRecord ?? 0);
    const ofAll = Math.max(highest.chain, highestKnown, ofRecords);
    // Beyond all chains too: a record without one must not become a number of somebody else.
    const isBeyond = ofAll < highestToPass;
    let nextId = (isBeyond ? ofAll : ofRecords) + 1;
    const ids = new Map<number, number>();
    const places = new Map<string, number>();
    const phones = new Map<string, { line: number; chainId: number }>();
    const duplicates: BadLine[] = [];
    const rows: Identity[] = [];

    const twice = ({ line }: NewRecord, field: string, found: string, before: Known | number): BadLine => {
      const earlier =
        typeof before === 'number'
          ? before
          : before.importId === importId && importId !== null
            ? before.line
            : null;
      const expected = earlier === null ? 'not yet in the list' : `not the same as line ${String(earlier)}`;
      return { line, field, found, expected };
    };
    const duplicateOf = ({ record, phoneKey: key, recordId, chainId, chainN }: Identity): BadLine | null => {
      const numbered = record.record_id !== undefined;
      const sameId = ids.get(recordId) ?? (numbered ? byId.get(list, recordId) : undefined);
      if (sameId !== undefined) return twice(record, 'record_id', String(recordId), sameId);
      const place = `${String(chainId)}/${String(chainN)}`;
      // A number that was given out just now is that of no chain.
      const chained = numbered || record.chain_id !== undefined || !isBeyond;
      const samePlace = places.get(place) ?? (chained ? byPlace.get(list, chainId, chainN) : undefined);
      if (samePlace !== undefined) return twice(record, 'chain_id+chain_n', place, samePlace);
      const samePhone = phones.get(key);
      // No other chain has it, or its own would not.
      if (samePhone?.chainId === chainId) return null;
      const other = samePhone?.line ?? byPhone.get(list, key, chainId);
      return other === undefined ? null : twice(record, 'phone', record.phone, other);
    };

    for (const record of records) {
      const recordId = record.record_id ?? nextId++;
      const chainId = record.chain_id ?? recordId;
      const row = {
        record,
        phoneKey: phoneKey(record.phone),
        recordId,
        chainId,
        chainN: record.chain_n ?? 0,
      };
      const duplicate = duplicateOf(row);
      if (duplicate !== null) {
        duplicates.push(duplicate);
        continue;
      }
      ids.set(recordId, record.line);
      places.set(`${String(chainId)}/${String(row.chainN)}`, record.line);
      phones.set(row.phoneKey, { line: record.line, chainId });
      rows.push(row);
    }
    const firstKnown = (chainId: number) =>
      chainId > highestKnown ? Infinity : (firstOfChain.get(list, chainId)?.first ?? Infinity);
    const placed = placeInChains(rows, firstKnown);
    return { rows: placed.rows, duplicates: [...duplicates, ...placed.stuck] };
  };
}
