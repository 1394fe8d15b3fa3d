import { describe, expect, it } from 'vitest';
import { lossOf, type Replication } from '../../../../../src/ocs/store/postgres/replication.ts';

const replica = (sync: string | null): Replication['replicas'][number] => ({
  name: 'db2',
  state: sync === null ? null : 'streaming',
  sync,
  lagMs: 3,
});
const safe: Replication = { names: 'db2', commit: 'on', fsync: true, replicas: [replica('sync')] };

describe('what is lost with the server of the database', () => {
  it.each<[string, Partial<Replication>, string, RegExp]>([
    ['is nothing with a synchronous standby', {}, 'nothing', /synchronous: nothing/],
    ['is nothing with a quorum', { replicas: [replica('quorum')] }, 'nothing', /synchronous: nothing/],
    ['is nothing while the standby is away', { replicas: [] }, 'nothing', /nothing is written before/],
    ['is nothing with remote_apply', { commit: 'remote_apply' }, 'nothing', /synchronous: nothing/],
    ['is its disk without a standby', { names: '', replicas: [] }, 'with_its_disk', /last backup/],
    ['is its disk with local commits', { commit: 'local', replicas: [] }, 'with_its_disk', /last backup/],
    [
      'is the last moments with an asynchronous one',
      { names: '', replicas: [replica('async')] },
      'last_moments',
      /asynchronous/,
    ],
    ['is the last moments with local commits', { commit: 'local' }, 'last_moments', /asynchronous/],
    ['is the last moments with remote_write', { commit: 'remote_write' }, 'last_moments', /remote_write/],
    [
      'is the last moments with commits that do not wait',
      { commit: 'off' },
      'last_moments',
      /synchronous_commit is off/,
    ],
    ['is the last moments without fsync', { fsync: false }, 'last_moments', /fsync is off/],
    ['is not known where the standbys are hidden', { replicas: [replica(null)] }, 'not_known', /pg_monitor/],
  ])('%s', (_name, change, loss, words) => {
    const told = lossOf({ ...safe, ...change });
    expect(told.loss).toBe(loss);
    expect(told.inWords).toMatch(words);
  });
});
