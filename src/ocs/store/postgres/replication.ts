import type { NodesReply } from '../../../api/nodes.ts';

type Database = NodesReply['database'];

/** What decides whether a commit that was acknowledged can be lost. */
export interface Replication {
  /** `synchronous_standby_names` */
  names: string;
  /** `synchronous_commit` */
  commit: string;
  fsync: boolean;
  replicas: Database['replicas'];
}

/**
 * What is lost of that which was acknowledged when the server of the database is lost, in words. See
 * https://www.postgresql.org/docs/15/warm-standby.html#SYNCHRONOUS-REPLICATION
 */
export function lossOf({ commit, fsync, names, replicas }: Replication): Pick<Database, 'loss' | 'inWords'> {
  const dialledTwice = 'records given out then are ready again and may be dialled twice';
  if (!fsync) {
    return {
      loss: 'last_moments',
      inWords: `fsync is off: when the host of the database crashes, what was acknowledged is lost or spoilt; ${dialledTwice}`,
    };
  }
  if (commit === 'off') {
    return {
      loss: 'last_moments',
      inWords: `synchronous_commit is off: when the server crashes, the last moments are lost; ${dialledTwice}`,
    };
  }
  const isAsked = names.trim() !== '' && commit !== 'local';
  if (!isAsked && replicas.length === 0) {
    return {
      loss: 'with_its_disk',
      inWords:
        'one server without a standby: what was acknowledged is on its disk, and lost with it, back to the last backup',
    };
  }
  if (!isAsked) {
    return {
      loss: 'last_moments',
      inWords: `replication is asynchronous: when the primary is lost, so are the last moments; ${dialledTwice}. Set synchronous_standby_names`,
    };
  }
  if (commit === 'remote_write') {
    return {
      loss: 'last_moments',
      inWords: `synchronous_commit is remote_write: when primary and standby crash together, the last moments are lost; ${dialledTwice}`,
    };
  }
  if (replicas.some(({ sync }) => sync === 'sync' || sync === 'quorum')) {
    return {
      loss: 'nothing',
      inWords: 'replication is synchronous: nothing that was acknowledged is lost with the primary',
    };
  }
  const isHidden = replicas.some(({ sync }) => sync === null);
  return isHidden
    ? {
        loss: 'not_known',
        inWords:
          'replication is synchronous by its settings; the state of the standbys is hidden from this user of the database: grant pg_monitor',
      }
    : {
        loss: 'nothing',
        inWords:
          'replication is synchronous, and no synchronous standby is there: nothing is written before one is, and nothing that was acknowledged is lost',
      };
}
