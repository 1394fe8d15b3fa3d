import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the socket of a PostgreSQL, where an OCS of tests keeps its rows there. */
    postgres?: string;
  }
}

/** One PostgreSQL for all files of a project; each OCS has a database of its own there. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres(['max_connections=200', 'fsync=off']);
  project.provide('postgres', server.folder);
  return () => server.stop();
}
