import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** Its own connection to the database of {@link createCheckpoints}; whoever writes is not kept waiting. */
const sqlite = new Database((workerData as { path: string }).path, { fileMustExist: true });
sqlite.pragma('cache_size = -1024');

parentPort?.on('message', () => {
  try {
    sqlite.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // The log only gets longer; whoever commits hears what is wrong with the disk.
  }
  parentPort?.postMessage('done');
});
