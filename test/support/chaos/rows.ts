import Database from 'better-sqlite3';
import { Client } from 'pg';
import type { JournalEntry } from '../../../src/journal/contract.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { finalStatuses, recordStatus } from '../../../src/domain/record.ts';
import { callResult } from '../../../src/domain/result.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import type { AttemptRow, RecordRow } from '../../../src/ocs/store/tables.ts';
import type { World } from './world.ts';

interface Rows {
  records: RecordRow[];
  attempts: AttemptRow[];
  live_counts: { campaign: string; live: number; abandoned: number }[];
  agent_work: object[];
}

/** Compares what OCS has written with the diallers' journals and with what really happened. @returns what is wrong */
export async function checkRows(world: World, address?: string): Promise<string[]> {
  const rows = address === undefined ? readFile(world.file) : await readDatabase(address);
  const journals = new Map<string, JournalEntry>();
  const lost = new Set<string>();
  for (const dialler of world.diallers) {
    for (const path of dialler.journals) {
      const journal = openJournal(path, () => 0);
      if (path !== dialler.journals.at(-1)) lost.add(journal.id);
      for (const entry of journal.attempts()) journals.set(entry.attemptId, entry);
      journal.close();
    }
  }
  // What only a lost disk knew ends by itself.
  const onLost = (row: AttemptRow) => lost.has(row.journal_id ?? '');
  const isOfLost = (row: AttemptRow) => row.ended_by === 'stale' && onLost(row);
  const stale = new Set(rows.attempts.filter(isOfLost).map((row) => row.record_handle));
  const known = new Set(rows.attempts.map(({ attempt_id }) => attempt_id));
  return [
    ...rows.records.flatMap((record) => recordFaults(record, stale)),
    ...rows.attempts
      .filter((row) => !isOfLost(row))
      .flatMap((row) => attemptFaults(world, row, journals.get(row.attempt_id), onLost(row))),
    ...[...journals.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${id} is in a journal, and OCS does not know it`),
    ...countFaults(world, rows),
    ...rows.agent_work.map((row) => `a record is open though all is done: ${JSON.stringify(row)}`),
  ];
}

function recordFaults(
  { current_attempt, handle, record_status }: RecordRow,
  stale: ReadonlySet<number>,
): string[] {
  const isFinal = (finalStatuses as readonly number[]).includes(record_status);
  const isExpected = record_status !== recordStatus.Stale || stale.has(handle);
  if (isFinal && isExpected && current_attempt === null) return [];
  return [`record ${handle} has the status ${record_status} and the attempt ${String(current_attempt)}`];
}

/** @param diskLost the dialler may have told its end and died before it wrote that OCS knows it */
function attemptFaults(
  { truth }: World,
  row: AttemptRow,
  entry: JournalEntry | undefined,
  diskLost: boolean,
): string[] {
  const id = row.attempt_id;
  const final = entry?.final ?? null;
  if (entry === undefined || final === null || !(entry.acknowledged || diskLost)) {
    return [`${id}: the journal has ${entry === undefined ? 'nothing' : JSON.stringify(final)} of it`];
  }
  if (row.ended_at === null || row.state !== 'ended') return [`${id} has no end in OCS`];
  const isHandBack = final.kind === 'hand_back';
  const told = isHandBack
    ? ['hand_back', null, null, final.reason]
    : ['outcome', final.outcome.result, final.outcome.status, final.outcome.reason];
  const kept = [row.ended_by, row.result, row.status, row.reason];
  const faults = [];
  if (JSON.stringify(told) !== JSON.stringify(kept)) {
    faults.push(`${id} ended as ${JSON.stringify(told)}, and OCS has ${JSON.stringify(kept)}`);
  }
  if (isHandBack && truth.dialled.has(id)) faults.push(`${id} was handed back, and dialled`);
  return faults;
}

/** What the supervisor was told last, and what pacing is steered by, counted anew. */
function countFaults(world: World, { attempts, live_counts, records }: Rows): string[] {
  const faults: string[] = [];
  const same = (what: string, told: unknown, counted: unknown) => {
    if (JSON.stringify(told) !== JSON.stringify(counted)) {
      faults.push(`${what}: ${JSON.stringify(told)} was told, ${JSON.stringify(counted)} it is`);
    }
  };
  for (const campaign of world.campaigns) {
    const own = attempts.filter((row) => row.campaign === campaign.name);
    const ended = own.filter((row) => row.ended_by === 'outcome');
    const sum = (field: 'live' | 'abandoned') =>
      live_counts.filter((row) => row.campaign === campaign.name).reduce((all, row) => all + row[field], 0);
    const isLive = ({ milestones, result }: AttemptRow) =>
      result === callResult.Answer ||
      (result === callResult.Unknown &&
        (JSON.parse(milestones) as { answered?: number }).answered !== undefined);
    const reached = (row: AttemptRow) => row.connected_at !== null || row.status === 'transferred';
    const missed = ({ status }: AttemptRow) => status === 'abandoned' || status === 'dropped';
    const live = ended.filter((row) => isLive(row) && reached(row)).length;
    const abandoned = ended.filter((row) => isLive(row) && !reached(row) && missed(row)).length;
    same(`${campaign.name}: live`, sum('live'), live);
    same(`${campaign.name}: abandoned`, sum('abandoned'), abandoned);
    const withResult = own.filter(({ ended_by }) => ended_by === 'outcome' || ended_by === 'stale');
    same(`${campaign.name}: results`, total(campaign.results), withResult.length);
    const inList = records.filter(({ list }) => list === campaign.list);
    same(`${campaign.name}: records`, campaign.records.total, inList.length);
    same(`${campaign.name}: by status`, sorted(campaign.records.byStatus), sorted(byStatus(inList)));
  }
  return faults;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

function sorted(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .sort(([a], [b]) => a.localeCompare(b));
}

function byStatus(records: readonly RecordRow[]): Record<string, number> {
  const names = new Map(Object.entries(recordStatus).map(([name, value]) => [value as number, name]));
  const counts: Record<string, number> = {};
  for (const { record_status: status } of records) {
    const name = names.get(status) ?? String(status);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const tables = ['records', 'attempts', 'live_counts', 'agent_work'] as const;

function readFile(file: string): Rows {
  const sqlite = new Database(file, { readonly: true });
  const rows = tables.map((table) => [table, sqlite.prepare(`select * from ${table}`).all()]);
  sqlite.close();
  return Object.fromEntries(rows) as Rows;
}

async function readDatabase(address: string): Promise<Rows> {
  const { hosts, user, database } = parsePostgresAddress(address);
  const client = new Client({ ...hosts[0], user, database });
  await client.connect();
  const rows: [string, unknown[]][] = [];
  for (const table of tables) rows.push([table, (await client.query(`select * from ${table}`)).rows]);
  await client.end();
  const numbers = (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        // 64 bits come as text.
        typeof value === 'string' && /^-?\d{1,15}$/.test(value) && !textColumns.has(name)
          ? Number(value)
          : value,
      ]),
    );
  return Object.fromEntries(
    rows.map(([name, all]) => [name, all.map((row) => numbers(row as object))]),
  ) as unknown as Rows;
}

const textColumns = new Set(['phone', 'phone_key', 'reason']);
