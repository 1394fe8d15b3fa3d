import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columnMap, download, queryOf } from '../../../../src/cli/campaigns/list-files.ts';
import { openLocalServer, type LocalServer } from '../../../support/local-server.ts';

let folder: string;
let server: LocalServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'download-'));
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});
const from = async (answer: RequestListener) => {
  server = await openLocalServer(answer);
  const { url } = server;
  return { url, token: undefined, name: 'ocsd', unreachable: 'OCS_UNREACHABLE' } as const;
};

describe('an export to a file', () => {
  it('takes the place of an older file when it is whole', async () => {
    const file = join(folder, 'list.csv');
    writeFileSync(file, 'old');
    await download(await from((_request, reply) => reply.end('new')), '/export', file);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['list.csv']);
  });

  it('leaves the older file and nothing beside it when the answer breaks off', async () => {
    const file = join(folder, 'list.csv');
    writeFileSync(file, 'old');
    const endpoint = await from((_request, reply) => {
      reply.writeHead(200, { 'content-length': '100' });
      reply.write('half', () => reply.destroy());
    });
    await expect(download(endpoint, '/export', file)).rejects.toMatchObject({ code: 'OCS_UNREACHABLE' });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['list.csv']);
  });
});

describe('what is asked with a file', () => {
  it('is in the query: columns by their names, flags that are set', () => {
    expect(columnMap(['Telefon=phone', 'a=b=tz'])).toEqual({ Telefon: 'phone', 'a=b': 'tz' });
    expect(() => columnMap(['Telefon'])).toThrow('is not a map of columns');
    expect(queryOf({ skipBad: true, dryRun: false, batch: undefined, map: ['a=b', 'c=d'] })).toBe(
      '?skipBad=1&map=a%3Db&map=c%3Dd',
    );
    expect(queryOf({ dryRun: false })).toBe('');
  });
});
