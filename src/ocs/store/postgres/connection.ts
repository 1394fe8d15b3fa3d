import { Client, TypeOverrides, type ClientConfig, type QueryResult, type QueryResultRow } from 'pg';
import type { PostgresAddress } from './address.ts';

/** One connection to the server that can be written; made when it is needed, dropped when anything is wrong with it. */
export interface Connection {
  /** @param values parameters `$1`, `$2`, ...; a statement with a name is prepared once */
  query<Row extends QueryResultRow>(
    text: string,
    values?: unknown[],
    name?: string,
  ): Promise<QueryResult<Row>>;
  close(): Promise<void>;
}

/** For people whose database cannot be used. */
export const wantedServer =
  'a PostgreSQL server of version 15 or newer, and a database in which this user may make tables';

const connectMs = 3_000;
/** Longest a statement may take at the server, and to be heard of here. */
const statementMs = 5_000;
const answerMs = 8_000;

/** Numbers of 64 bits are handles, counts and times, which fit; one that does not stays what it is. */
const asNumbers = new TypeOverrides();
asNumbers.setTypeParser(20, (text: string) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
});

/**
 * @param options.patient statements may take as long as they do: they move whole tables
 * @param options.once it is not made again when it was dropped: a transaction that went with it does not go on outside of one
 */
export function createConnection(
  address: PostgresAddress,
  options: { patient?: boolean; once?: boolean } = {},
): Connection {
  const limits =
    options.patient === true
      ? {}
      : { statement_timeout: statementMs, lock_timeout: 2_000, query_timeout: answerMs };
  const configOf = ({ host, port }: { host: string; port: number }): ClientConfig => ({
    ...{ host, port, user: address.user, database: address.database },
    ...(address.password !== undefined && { password: address.password }),
    ...(address.tls !== 'off' && {
      ssl: {
        rejectUnauthorized: address.tls === 'checked',
        ...(address.ca !== undefined && { ca: address.ca }),
      },
    }),
    ...limits,
    connectionTimeoutMillis: connectMs,
    idle_in_transaction_session_timeout: 3_000,
    keepAlive: true,
    application_name: 'ocsd',
    types: asNumbers,
  });

  let current: Promise<Client> | null = null;
  let closed = false;
  /** The next question connects anew. */
  const drop = async () => {
    const dropped = current;
    current = null;
    if (options.once === true) closed = true;
    try {
      await (await dropped)?.end();
    } catch {
      // It was never there, or is gone already.
    }
  };
  const connect = async (): Promise<Client> => {
    let why: unknown = new Error('no host to connect to');
    for (const at of address.hosts) {
      const client = new Client(configOf(at));
      // An idle connection that ends says so here; the next question finds it gone.
      client.on('error', () => void drop());
      try {
        await client.connect();
        const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() standby');
        if (rows[0]?.standby !== true) return client;
        why = new Error(`${at.host} is a standby, which cannot be written`);
      } catch (error) {
        why = error;
      }
      client.end().catch(() => undefined);
    }
    throw why;
  };
  return {
    query: async (text, values, name) => {
      if (closed) throw new Error('the connection is closed, or was lost');
      const mine = (current ??= connect());
      try {
        const client = await mine;
        return await client.query({ text, ...(values && { values }), ...(name !== undefined && { name }) });
      } catch (error) {
        if (current === mine && !isRefusal(error)) void drop();
        throw error;
      }
    },
    close: () => {
      closed = true;
      return drop();
    },
  };
}

/** The server said no to a statement, and goes on: not that it is going away, or cannot be written any more. */
function isRefusal(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return (
    typeof code === 'string' &&
    /^[0-9A-Z]{5}$/.test(code) &&
    severity === 'ERROR' &&
    !/^(25006|57P0.)$/.test(code)
  );
}
