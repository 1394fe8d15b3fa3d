import { CodedError } from '../../../domain/errors.ts';
import { migrations } from '../migrations/all.ts';
import { isRuleOfThisProgram } from '../phone-keys.ts';
import type { PostgresAddress } from '../postgres/address.ts';
import { createConnection, wantedServer, type Connection } from '../postgres/connection.ts';
import { lookAtLoss } from '../postgres/ownership.ts';
import { copySchema, ownSchema } from '../postgres/schema.ts';
import { quoted, type CopiedTable } from '../postgres/tables.ts';
import {
  checkVersion,
  pageRows,
  refuseEmpty,
  refuseFull,
  refuseRuleOf,
  settings,
  type Source,
  type Target,
} from './place.ts';
import type { Row } from './row-text.ts';

/** Asks within one transaction, which ends with the connection. */
type Ask = <T extends Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<T[]>;

/** @param name of the database, for people. @throws CodedError DATABASE_ERROR */
export async function openPostgresSource(address: PostgresAddress, name: string): Promise<Source> {
  return begun(address, name, async (ask, connection) => {
    if (!(await has(ask, 'ocs_schema'))) refuseEmpty(name, 'a database in which an ocsd has its rows');
    await refuseOwned(ask, name);
    const [schema] = await ask<{ version: number; rule: string }>('select version, rule from ocs_schema');
    if (schema === undefined) refuseEmpty(name, 'a database in which an ocsd has its rows');
    checkVersion(name, schema.version);
    if (!isRuleOfThisProgram(schema.rule)) refuseRuleOf(name);
    return { rule: schema.rule, ...reading(ask, name), close: () => connection.close() };
  });
}

/** @param name of the database, for people. @throws CodedError DATABASE_ERROR, also where there is something in it */
export async function openPostgresTarget(
  address: PostgresAddress,
  name: string,
  tables: readonly CopiedTable[],
): Promise<Target> {
  return begun(address, name, async (ask, connection) => {
    await refuseUsed(ask, name, tables);
    await ask(ownSchema);
    await refuseOwned(ask, name);
    await ask(copySchema(tables));
    return {
      ...reading(ask, name),
      write: async (table, _rows, texts) => {
        const into = quoted(table.name);
        await ask(`insert into ${into} select * from json_populate_recordset(null::${into}, $1)`, [
          `[${texts.join(',')}]`,
        ]);
      },
      finish: async (rule) => {
        await ask(
          `insert into ocs_schema (id, version, rule) values (1, $1, $2)
           on conflict (id) do update set version = excluded.version, rule = excluded.rule`,
          [migrations.length, rule],
        );
      },
      commit: async () => {
        try {
          await connection.query('commit');
        } catch (error) {
          throw new CodedError(
            'DATABASE_ERROR',
            `${name} did not say whether it has it all: ${messageOf(error)}; look with --check`,
            { found: name, expected: 'an answer to the commit', cause: error },
          );
        }
      },
      close: () => connection.close(),
    };
  });
}

/** In a transaction of one moment; what fails ends it. */
async function begun<T>(
  address: PostgresAddress,
  name: string,
  run: (ask: Ask, connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = createConnection(address, { patient: true, once: true });
  const ask: Ask = async <Found extends Record<string, unknown>>(sql: string, values?: unknown[]) => {
    try {
      return (await connection.query<Found>(sql, values)).rows;
    } catch (error) {
      throw wordsOf(name, error);
    }
  };
  try {
    await ask('begin isolation level repeatable read');
    // The other store has its turn meanwhile, and makes its indexes.
    await ask(`set local idle_in_transaction_session_timeout = '1h'`);
    return await run(ask, connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function has(ask: Ask, table: string): Promise<boolean> {
  const [found] = await ask<{ there: boolean }>('select to_regclass($1) is not null there', [quoted(table)]);
  return found?.there === true;
}

/** Locks the row of the owner until the end: an ocsd that starts waits. */
async function refuseOwned(ask: Ask, name: string): Promise<void> {
  const units = await ask<{ node: string | null; url: string | null; lost: string | null }>(
    'select node, url, lost from ocs_units for update nowait',
  );
  for (const { node, url, lost } of units) {
    if (node !== null) {
      throw new CodedError('DATABASE_ERROR', `an ocsd owns the rows of ${name}: ${url ?? 'no address'}`, {
        field: 'ocs_units',
        found: url,
        expected: 'a stop of all ocsd on it first; where one was killed, start one and stop it',
      });
    }
    if (lost !== null) {
      throw new CodedError('DATABASE_ERROR', `${name}: ${lost}`, {
        field: 'ocs_units',
        found: lost,
        expected: lookAtLoss,
      });
    }
  }
}

async function refuseUsed(ask: Ask, name: string, tables: readonly CopiedTable[]): Promise<void> {
  if (await has(ask, 'ocs_units')) await refuseOwned(ask, name);
  const [schema] = (await has(ask, 'ocs_schema'))
    ? await ask<{ version: number }>('select version from ocs_schema')
    : [];
  if (schema !== undefined) checkVersion(name, schema.version);
  for (const table of tables) {
    if (!(await has(ask, table.name))) continue;
    if (schema === undefined) {
      refuseFull(name, `table ${table.name} of another program, which ocsd would have under the same name`);
    }
    const count = table.name === settings ? 0 : await countIn(ask, table);
    if (count > 0) refuseFull(name, `table ${table.name} has rows (${String(count)})`);
  }
}

async function countIn(ask: Ask, { name }: CopiedTable): Promise<number> {
  const [found] = await ask<{ n: number }>(`select count(*) n from ${quoted(name)}`);
  return found?.n ?? 0;
}

function reading(ask: Ask, name: string): Pick<Source, 'name' | 'count' | 'pages'> {
  return {
    name,
    count: (table) => countIn(ask, table),
    pages: async function* (table) {
      const columns = table.columns.map((column) =>
        column.type === 'bigint' ? `${quoted(column.name)}::text` : quoted(column.name),
      );
      await ask(`declare pages no scroll cursor for select ${columns.join(', ')} from ${quoted(table.name)}`);
      for (;;) {
        const rows = await ask(`fetch ${String(pageRows)} from pages`);
        if (rows.length > 0) yield rows.map((row) => valuesOf(row, table));
        if (rows.length < pageRows) break;
      }
      await ask('close pages');
    },
  };
}

function valuesOf(row: Record<string, unknown>, { columns }: CopiedTable): Row {
  return columns.map(({ name, type }) => {
    const value = row[name] ?? null;
    return type === 'bigint' && value !== null ? BigInt(value as string) : value;
  });
}

function wordsOf(name: string, error: unknown): CodedError {
  const isTaken = (error as { code?: unknown }).code === '55P03';
  return new CodedError('DATABASE_ERROR', `${name}: ${messageOf(error)}`, {
    found: name,
    expected: isTaken ? 'nobody who takes its rows meanwhile' : wantedServer,
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
