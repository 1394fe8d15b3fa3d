import type { ImportProgress } from '../../../api/fields.ts';
import { CodedError } from '../../../domain/errors.ts';
import type { OcsDatabase } from '../database.ts';
import type { NewEntry } from '../dnc-entries.ts';
import { createBatchInsert, type BatchCounts } from './dnc-batch-insert.ts';
import { createDncRehearsal, type DncRehearsal } from './dnc-rehearsal.ts';

/** What one file put on the Do Not Call list, under a name by which it can be taken back. */
export interface DncBatch {
  name: string;
  /** ms since 1970. */
  createdAt: number;
  /** Entries of the file that are still listed, also those that were before. */
  entries: number;
}

/**
 * Files of Do Not Call, loaded and taken back in slices. What is being loaded is hidden until all is there; what is
 * taken back is hidden at once and taken away later.
 */
export interface DncBatches {
  has(name: string): boolean;
  /**
   * One at a time.
   * @throws CodedError IMPORT_RUNNING; BAD_ARGUMENT when there is a batch of that name
   */
  begin(name: string, atMs: number): DncLoad;
  /** Of the load that goes on. */
  progress(): ImportProgress;
  /** What a load would do, without doing it. @throws as {@link begin} */
  rehearse(name: string | undefined): DncRehearsal;
  /** Newest first. */
  all(): DncBatch[];
  /**
   * How many of the next entries of a batch would be removed with it.
   * @param after the last entry of the part before; 0 for the first
   * @returns null when there is no such batch; `next` is null with the last part
   */
  own(name: string, after: number, most: number): { entries: number; next: number | null } | null;
  /**
   * Takes a batch back: what it added counts no more, unless somebody asked for it by itself or another batch has it
   * too. {@link tidy} takes it away.
   * @returns false when there is no such batch
   */
  undo(name: string): boolean;
  /** Takes away some of what was taken back, or was left by a load that broke off. @returns false when nothing is left */
  tidy(most: number): boolean;
}

export interface DncLoad {
  /** Some more lines were checked. */
  read(lines: number): void;
  /** Adds a part, in one transaction; entries that are listed already stay as they are. */
  add(entries: readonly NewEntry[]): BatchCounts;
  /** All are there: from now on they count. Part of the caller's transaction. */
  finish(): void;
  /** What it added counts never. */
  breakOff(): void;
  /** Takes away some of what it added, once it is broken off; {@link DncBatches.tidy} does too. @returns false when nothing is left */
  clear(most: number): boolean;
}

/** Behind the name of a hidden batch, whose name is free: no name has a line break. */
const hiddenName = `name || char(10) || id`;

function prepareBatches({ sqlite }: OcsDatabase) {
  return {
    byName: sqlite.prepare<[string], { id: number }>(
      'select id from dnc_batches where name = ? and hidden = 0',
    ),
    insertBatch: sqlite.prepare<[string, number]>(
      'insert into dnc_batches (name, created_at, hidden) values (?, ?, 1)',
    ),
    hide: sqlite.prepare<[number]>(`update dnc_batches set hidden = 1, name = ${hiddenName} where id = ?`),
    show: sqlite.prepare<[string, number]>('update dnc_batches set hidden = 0, name = ? where id = ?'),
    listAll: sqlite.prepare<[], DncBatch>(
      'select name, created_at createdAt, entries from dnc_batches where hidden = 0 order by id desc',
    ),
    someOwn: sqlite.prepare<{ id: number; after: number; most: number }, { entry: number; own: number }>(
      `select entry, exists (select 1 from dnc where dnc.id = entry and own = 0) and not exists
         (select 1 from dnc_batch_entries other join dnc_batches b on b.id = other.batch
          where other.entry = some.entry and other.batch <> @id and b.hidden = 0) own
     from dnc_batch_entries some where batch = @id and entry > @after order by entry limit @most`,
    ),
    hidden: sqlite.prepare<[], { id: number }>('select id from dnc_batches where hidden = 1'),
    some: sqlite.prepare<[number, number], { entry: number }>(
      'select entry from dnc_batch_entries where batch = ? limit ?',
    ),
    forget: sqlite.prepare<[number, number]>('delete from dnc_batch_entries where batch = ? and entry = ?'),
    removeUnowned: sqlite.prepare<[number, number]>(
      `delete from dnc where id = ? and own = 0
       and not exists (select 1 from dnc_batch_entries where entry = ?)`,
    ),
    forgetBatch: sqlite.prepare<[number]>('delete from dnc_batches where id = ?'),
  };
}

export function createDncBatches(database: OcsDatabase): DncBatches {
  const { transaction, slice } = database;
  const addPart = createBatchInsert(database);
  const {
    byName,
    insertBatch,
    hide,
    show,
    listAll,
    someOwn,
    hidden,
    some,
    forget,
    removeUnowned,
    forgetBatch,
  } = prepareBatches(database);
  /** The load that goes on; its batch is in the store from its first part on. */
  let going: { batch: number | null; read: number; added: number } | null = null;

  const guard = (name: string | undefined) => {
    if (going !== null) {
      throw new CodedError('IMPORT_RUNNING', 'a file is being loaded into Do Not Call', {
        field: 'batch',
        expected: 'one load at a time: again when that one is done',
      });
    }
    if (name === undefined || byName.get(name) === undefined) return;
    throw new CodedError('BAD_ARGUMENT', `there is a batch ${JSON.stringify(name)} already`, {
      field: 'batch',
      found: name,
      expected: 'a name that no other load has',
    });
  };

  /** @returns false when nothing is left */
  const takeAway = (batch: number, most: number): boolean =>
    slice(() => {
      const entries = some.all(batch, most);
      for (const { entry } of entries) {
        forget.run(batch, entry);
        removeUnowned.run(entry, entry);
      }
      if (entries.length < most) forgetBatch.run(batch);
      return entries.length === most;
    });

  return {
    has: (name) => byName.get(name) !== undefined,
    begin: (name, atMs) => {
      guard(name);
      const own: NonNullable<typeof going> = { batch: null, read: 0, added: 0 };
      going = own;
      const end = () => {
        if (going === own) going = null;
      };
      const batchOf = (): number => {
        if (own.batch !== null) return own.batch;
        const id = Number(insertBatch.run(`${name}\n`, atMs).lastInsertRowid);
        hide.run(id);
        database.memory.keep(own);
        own.batch = id;
        return id;
      };
      return {
        read: (lines) => (own.read += lines),
        add: (entries) => {
          const counts = slice(() => addPart(batchOf(), entries));
          own.added += entries.length;
          return counts;
        },
        finish: () => {
          show.run(name, batchOf());
          database.memory.afterwards(end);
        },
        breakOff: end,
        clear: (most) => own.batch !== null && takeAway(own.batch, most),
      };
    },
    progress: () => ({ running: going !== null, read: going?.read ?? 0, added: going?.added ?? 0 }),
    rehearse: (name) => {
      guard(name);
      return createDncRehearsal(database);
    },
    all: () => listAll.all(),
    own: (name, after, most) => {
      const batch = byName.get(name);
      if (batch === undefined) return null;
      const part = someOwn.all({ id: batch.id, after, most });
      const entries = part.reduce((sum, { own }) => sum + own, 0);
      return { entries, next: part.length < most ? null : (part.at(-1)?.entry ?? null) };
    },
    undo: (name) =>
      transaction(() => {
        const batch = byName.get(name);
        if (batch !== undefined) hide.run(batch.id);
        return batch !== undefined;
      }),
    tidy: (most) => {
      const batch = hidden.all().find(({ id }) => id !== going?.batch);
      if (batch !== undefined) takeAway(batch.id, most);
      return batch !== undefined;
    },
  };
}
