import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { Log } from '../../../domain/log.ts';
import { CodedError } from '../../../domain/errors.ts';
import type { Connection } from './connection.ts';
import { ownSchema } from './schema.ts';

/** This process as the one that writes. */
export interface Ownership {
  readonly node: string;
  readonly epoch: number;
}

/** Between two looks at the owner's beat, and between two beats. ms. */
export const beatMs = 1_000;
/** An owner whose beat stands still for so long is gone, by the clock of whoever looks. ms. */
const deadMs = 10_000;
/** After so long already, where its host says that nobody listens there: its process has ended. ms. */
const quietMs = 2_000;

/** Who owns the rows. */
interface UnitRow extends Record<string, unknown> {
  node: string | null;
  url: string | null;
  epoch: number;
  beat: number | null;
}

async function readUnit(connection: Connection): Promise<UnitRow> {
  const { rows } = await connection.query<UnitRow>(
    `select u.node, u.url, u.epoch, n.beat from ocs_units u left join ocs_nodes n on n.node = u.node where u.unit = 'all'`,
  );
  const [unit] = rows;
  if (unit === undefined) throw new CodedError('DATABASE_ERROR', 'the table ocs_units is empty');
  return unit;
}

/**
 * Waits until nobody owns the rows, or the owner is gone, and takes them. Whoever owned them can write nothing from then
 * on: each of its writes looks for its epoch.
 *
 * @param options.url where this process is reached, for people
 * @param options.stopped gives up waiting when it is aborted
 */
export async function takeOwnership(
  connection: Connection,
  options: {
    url: string;
    log: Log;
    stopped: AbortSignal;
    /** Told at each look while another process owns the rows. */
    waiting: (owner: string | null) => void;
    clock?: () => number;
  },
): Promise<Ownership> {
  const { url, log, stopped, waiting, clock = () => performance.now() } = options;
  const node = randomUUID();
  // Two that start at once wait for each other; the lock ends with the statement.
  await connection.query(`begin; select pg_advisory_xact_lock(823417); ${ownSchema()} commit;`);
  await connection.query('insert into ocs_nodes (node, url) values ($1, $2)', [node, url]);
  await connection.query(`delete from ocs_nodes n where started_at < now() - interval '7 days'
    and not exists (select 1 from ocs_units u where u.node = n.node)`);
  let last = await readUnit(connection);
  let changedAt = clock();
  for (;;) {
    const still = clock() - changedAt;
    const isGone = still > deadMs || (still > quietMs && (await refuses(last.url)));
    if (last.node === null || isGone) {
      const epoch = await claim(connection, node, url, last.epoch);
      if (epoch !== null) return { node, epoch };
    }
    waiting(last.url);
    await pause(beatMs, stopped);
    const now = await readUnit(connection).catch((error: unknown) => {
      log.warn({ err: error }, 'the database does not answer while standing by');
      return null;
    });
    // While the database does not answer nobody is taken for gone.
    if (now === null || now.epoch !== last.epoch || now.beat !== last.beat) changedAt = clock();
    last = now ?? last;
  }
}

/** Whether its host is there and twice says that nobody listens. */
async function refuses(url: string | null): Promise<boolean> {
  if (url === null || !URL.canParse(url)) return false;
  const { hostname, port, protocol } = new URL(url);
  const at = { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  return (await isRefused(at)) && (await isRefused(at));
}

function isRefused(at: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...at, timeout: 500 });
    const answer = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket
      .once('connect', () => {
        answer(false);
      })
      .once('timeout', () => {
        answer(false);
      })
      .once('error', (error: NodeJS.ErrnoException) => {
        answer(error.code === 'ECONNREFUSED');
      });
  });
}

async function claim(
  connection: Connection,
  node: string,
  url: string,
  seen: number,
): Promise<number | null> {
  const { rows } = await connection.query<{ epoch: number }>(
    `update ocs_units set node = $1, url = $2, epoch = epoch + 1, since = now()
     where unit = 'all' and epoch = $3 returning epoch`,
    [node, url, seen],
  );
  return rows[0]?.epoch ?? null;
}

/** Says that this process lives. @returns whether it still owns the rows */
export async function beat(connection: Connection, { node, epoch }: Ownership): Promise<boolean> {
  const { rows } = await connection.query<{ own: boolean }>(
    `with beat as (update ocs_nodes set beat = beat + 1 where node = $1)
     select exists (select 1 from ocs_units where unit = 'all' and node = $1 and epoch = $2) own`,
    [node, epoch],
    'beat',
  );
  return rows[0]?.own === true;
}

/** Lets another process take over at once. */
export async function giveUp(connection: Connection, { node, epoch }: Ownership): Promise<void> {
  await connection.query(`update ocs_units set node = null where unit = 'all' and node = $1 and epoch = $2`, [
    node,
    epoch,
  ]);
  await connection.query('delete from ocs_nodes where node = $1', [node]);
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new CodedError('DATABASE_ERROR', 'stopped while standing by for the database'));
    };
    if (stopped.aborted) {
      stop();
      return;
    }
    const timer = setTimeout(() => {
      stopped.removeEventListener('abort', stop);
      resolve();
    }, ms);
    stopped.addEventListener('abort', stop, { once: true });
  });
}
