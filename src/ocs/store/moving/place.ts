import { CodedError } from '../../../domain/errors.ts';
import { migrations } from '../migrations/all.ts';
import type { CopiedTable } from '../postgres/tables.ts';
import type { Row } from './row-text.ts';

/** A site in a store that nobody else writes meanwhile. */
export interface Source {
  /** For people. */
  readonly name: string;
  /** How its telephone numbers were made keys (phoneKeyRule). */
  readonly rule: string;
  count(table: CopiedTable): Promise<number>;
  /** All rows, in any order, some at a time. */
  pages(table: CopiedTable): AsyncIterable<readonly Row[]>;
  /** Can be called twice. */
  close(): Promise<void>;
}

/** An empty store that gets a site, in one transaction. */
export interface Target extends Omit<Source, 'rule'> {
  /** @param texts the same rows as JSON objects */
  write(table: CopiedTable, rows: readonly Row[], texts: readonly string[]): Promise<void>;
  /** All rows are in it: makes what goes with them. */
  finish(rule: string): Promise<void>;
  commit(): Promise<void>;
  /** Takes back what was not committed. Can be called twice. */
  close(): Promise<void>;
}

/** Rows that are read or written at once. */
export const pageRows = 5_000;

/** The table that an ocsd fills at its first start already. */
export const settings = 'settings';

/** @throws CodedError DATABASE_ERROR unless the schema is that of this program */
export function checkVersion(name: string, version: number): void {
  if (version === migrations.length) return;
  const isNewer = version > migrations.length;
  throw new CodedError('DATABASE_ERROR', `${name} has the schema of another version of this program`, {
    field: 'schema version',
    found: version,
    expected: `schema version ${String(migrations.length)}: ${
      isNewer
        ? 'take the ocsd that wrote it, or a newer one'
        : 'start this ocsd on it once, which brings it up to date, and stop it'
    }`,
  });
}

/** @throws CodedError DATABASE_ERROR */
export function refuseRuleOf(name: string): never {
  throw new CodedError(
    'DATABASE_ERROR',
    `${name} has numbers in the form of another version of this program`,
    {
      field: 'phone_keys',
      expected: 'a start of this ocsd on it, which brings them up to date, and a stop',
    },
  );
}

/** @throws CodedError DATABASE_ERROR for a target that has something in it already */
export function refuseFull(name: string, what: string): never {
  throw new CodedError('DATABASE_ERROR', `${name} is not empty: ${what}; nothing was changed`, {
    field: 'TO',
    found: what,
    expected: 'a new database, or one whose ocsd was started and never used',
  });
}

/** @throws CodedError DATABASE_ERROR */
export function refuseEmpty(name: string, expected: string): never {
  throw new CodedError('DATABASE_ERROR', `${name} is no database of OCS`, { found: name, expected });
}
