import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CodedError } from '../../../domain/errors.ts';
import type { Log } from '../../../domain/log.ts';
import type { Numbering } from '../../../domain/numbering.ts';
import { openDatabase } from '../database.ts';
import { migrations } from '../migrations/all.ts';
import { phoneKeyIndexes, phoneKeyRule, type StartProgress } from '../phone-keys.ts';
import { openStore, type Store } from '../store.ts';
import type { Keeper } from '../transactions/durability.ts';
import type { PostgresAddress } from './address.ts';
import { startBeats, type Beats } from './beats.ts';
import { watchChanges } from './changes.ts';
import { createConnection, wantedServer, type Connection } from './connection.ts';
import { makeCopyFolder, removeLeftFolders } from './copy-folder.ts';
import { loadCopy, writeAll } from './copy.ts';
import { createLane, type Lane } from './lane.ts';
import type { Answer } from './sender.ts';
import type { OwnerSeen, ThisNode } from './nodes.ts';
import { taken, takeOwnership, type Ownership } from './ownership.ts';
import { readSite } from './site.ts';
import { copiedTables, tablesOfThisProgram } from './tables.ts';

export interface PostgresOptions {
  address: PostgresAddress;
  numbering?: Numbering | undefined;
  progress: StartProgress;
  log: Log;
  self: ThisNode;
  /** Told each second while another one owns the rows, or they are copied: whom to ask, if anybody, and why. */
  standingBy: (owner: OwnerSeen | null, why: string) => void;
  /** Gives up standing by when it is aborted. */
  stopped: AbortSignal;
  /** The rows belong to another process now: this one has nothing more to say. */
  lost: (why: string) => void;
  failed: (error: unknown) => void;
}

/**
 * The store with its rows in PostgreSQL. Everything is decided and read on a working copy, an SQLite file of this process
 * alone; what changes there is kept when PostgreSQL has it (lane.ts), and nobody hears of it before. One process at a time
 * owns the rows (ownership.ts).
 *
 * @throws CodedError DATABASE_ERROR
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { address, log, progress, standingBy } = options;
  const watching = createConnection(address);
  // What is written in one transaction is not written by halves when the connection is lost.
  const opening = createConnection(address, { patient: true, once: true });
  const heart = createConnection(address);
  const folder = makeCopyFolder();
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  let beats: Beats | null = null;
  try {
    removeLeftFolders();
    let waitedFor: string | null = null;
    const owner = await takeOwnership(watching, {
      ...options,
      waiting: (why, seen) => {
        standingBy(seen, why);
        progress('standing by', 0, 1);
        if (waitedFor !== why) log.warn({ why }, 'standing by');
        waitedFor = why;
      },
      check: async () => {
        if ((await checkVersion(watching)) === undefined) await refuseOtherTables(watching);
      },
    });
    standingBy(null, 'this ocsd owns the campaigns now, and copies the rows');
    // Making the copy may take longer than others wait for a beat.
    beats = startBeats(heart, owner, options);
    const path = join(folder, 'copy.db');
    await fillCopy(opening, path, owner, options);
    const { rows } = await opening.query<{ seq: number }>(
      'select coalesce(max(seq), 0) seq from ocs_changes',
    );
    log.info({ epoch: owner.epoch, node: owner.node }, 'this ocsd owns the campaigns');
    const store = openOwned({ ...options, beats, owner, path, newest: rows[0]?.seq ?? 0, remove });
    progress('the working copy is ready', 1, 1);
    return store;
  } catch (error) {
    remove();
    // A transaction in which the copy was written holds the row that is given up.
    void opening.close();
    // Others need not wait until it counts as dead.
    if (beats === null) void heart.close();
    else await beats.giveUp();
    if (error instanceof CodedError) throw error;
    throw new CodedError('DATABASE_ERROR', `PostgreSQL: ${(error as Error).message}`, {
      field: 'database',
      found: address.hosts.map(({ host }) => host).join(','),
      expected: wantedServer,
      cause: error,
    });
  } finally {
    void watching.close();
    void opening.close();
  }
}

/**
 * Makes the working copy at `path`. Where the program has a newer schema or another rule for numbers than the database, all of
 * the database is written anew, in one transaction.
 */
async function fillCopy(
  connection: Connection,
  path: string,
  { node, epoch }: Ownership,
  options: PostgresOptions,
): Promise<void> {
  const { numbering, progress } = options;
  const schema = await checkVersion(connection);
  const rule = phoneKeyRule(numbering);
  if (schema !== undefined) {
    const sqlite = new Database(path);
    sqlite.pragma('journal_mode = OFF');
    sqlite.pragma('synchronous = OFF');
    for (const sql of migrations.slice(0, schema.version)) sqlite.exec(sql);
    sqlite.pragma(`user_version = ${String(schema.version)}`);
    await loadCopy(connection, sqlite, copiedTables(sqlite), progress);
    // With another rule the keys are made first.
    if (schema.rule === rule) sqlite.exec(phoneKeyIndexes);
    sqlite.close();
    if (schema.version === migrations.length && schema.rule === rule) return;
  }
  // Brings schema and keys up to date.
  const database = openDatabase(path, numbering, progress);
  try {
    await connection.query('begin');
    const own = await connection.query(
      `select 1 from ocs_units where unit = 'all' and node = $1 and epoch = $2 for share`,
      [node, epoch],
    );
    if (own.rows.length === 0) throw new CodedError('DATABASE_ERROR', taken);
    await writeAll(connection, database.sqlite, copiedTables(database.sqlite), progress);
    await connection.query(
      `insert into ocs_schema (id, version, rule) values (1, $1, $2)
       on conflict (id) do update set version = excluded.version, rule = excluded.rule`,
      [migrations.length, rule],
    );
    await connection.query('commit');
  } finally {
    database.close();
  }
}

/** @returns undefined where there is none yet. @throws CodedError DATABASE_ERROR where it is newer than this program */
async function checkVersion(connection: Connection): Promise<{ version: number; rule: string } | undefined> {
  const { rows } = await connection.query<{ version: number; rule: string }>(
    'select version, rule from ocs_schema',
  );
  const [schema] = rows;
  if (schema !== undefined && schema.version > migrations.length) {
    throw new CodedError('DATABASE_ERROR', 'the database was written by a newer version of this program', {
      field: 'database',
      found: schema.version,
      expected: `schema version ${String(migrations.length)} or lower`,
    });
  }
  return schema;
}

/** At the first start: tables of another program are not taken for ours. @throws CodedError DATABASE_ERROR */
async function refuseOtherTables(connection: Connection): Promise<void> {
  const names = tablesOfThisProgram().map(({ name }) => name);
  const { rows } = await connection.query<{ name: string }>(
    'select name from unnest($1::text[]) name where to_regclass(quote_ident(name)) is not null',
    [names],
  );
  if (rows.length === 0) return;
  const found = rows.map(({ name }) => name).join(', ');
  throw new CodedError('DATABASE_ERROR', `the database has tables of another program: ${found}`, {
    field: 'database',
    found,
    expected: 'a database of its own',
  });
}

interface Owned extends PostgresOptions {
  owner: Ownership;
  beats: Beats;
  path: string;
  newest: number;
  remove: () => void;
}

/** The open store of the process that owns the rows. */
function openOwned(options: Owned): Store {
  const { address, beats, failed, log, newest, numbering, owner, path, progress, remove } = options;
  const writer = createConnection(address);
  const looking = createConnection(address);
  let lane: Lane | null = null;
  const keeper: Keeper = (sqlite) =>
    (lane = createLane({
      changes: watchChanges(sqlite, copiedTables(sqlite)),
      newest,
      send: async (seq, set): Promise<Answer> => {
        const { rows } = await writer.query<{ answer: Answer }>(
          'select ocs_commit($1, $2, $3, $4) answer',
          [owner.node, owner.epoch, seq, set],
          'commit',
        );
        return rows[0]?.answer ?? 'fenced';
      },
      fenced: () => {
        beats.end(taken);
      },
      lost: () => void beats.lose(),
      refused: (why) => {
        beats.end(`PostgreSQL refuses what is to be written, which nobody was told is done: ${why}`);
      },
      told: (trouble) => {
        if (trouble === null) log.info({}, 'PostgreSQL answers again; what waited is written');
        else log.error({ trouble }, 'PostgreSQL does not answer; nothing new is written');
      },
    }));
  const store = openStore(path, numbering, progress, failed, keeper);
  if (lane !== null) beats.follow(lane);
  return {
    ...store,
    announce: () => {
      beats.announce();
    },
    site: async () => {
      try {
        return await readSite(looking);
      } catch (error) {
        throw new CodedError('DATABASE_ERROR', `PostgreSQL does not answer: ${(error as Error).message}`, {
          field: 'database',
          cause: error,
        });
      }
    },
    drain: async () => {
      await lane?.drain(drainMs).catch(() => undefined);
      await beats.giveUp();
    },
    close: () => {
      lane?.close();
      beats.stop();
      store.close();
      void writer.close();
      void looking.close();
      remove();
    },
  };
}

/** A stop waits so long for the database. ms. */
const drainMs = 5_000;
