import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { postgresPrograms } from '../../../src/demo/postgres.ts';

const module = fileURLToPath(new URL('../../../src/demo/postgres.ts', import.meta.url));
const program = `
  const { startOwnPostgres } = await import(${JSON.stringify(module)});
  console.log((await startOwnPostgres()).folder);
  setInterval(() => {}, 1_000);
`;

test.runIf(postgresPrograms() !== null)(
  'a PostgreSQL of the demo ends with it, however that ends, and its folder goes',
  async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const folder = said.toString().trim();
    expect(existsSync(`${folder}/data/postmaster.pid`)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false);
  },
);
