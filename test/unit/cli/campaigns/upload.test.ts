import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPlainFile, upload } from '../../../../src/cli/campaigns/upload.ts';
import { openLocalServer, type LocalServer } from '../../../support/local-server.ts';

let folder: string;
let server: LocalServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upload-'));
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});
const from = async (answer: RequestListener) => {
  server = await openLocalServer(answer);
  const { url } = server;
  return { url, token: 'a token of its own', name: 'ocsd', unreachable: 'OCS_UNREACHABLE' } as const;
};
const fileOf = (content: string) => {
  const file = join(folder, 'list.csv');
  writeFileSync(file, content);
  return file;
};

describe('an upload', () => {
  it('sends the file as CSV, with the token, and gives the answer', async () => {
    const endpoint = await from((request, reply) => {
      void text(request).then((body) => {
        const { 'content-type': type, authorization } = request.headers;
        reply.end(JSON.stringify({ body, type, authorization, url: request.url }));
      });
    });
    expect(await upload(endpoint, '/import?skipBad=1', fileOf('phone\n5550101\n'))).toEqual({
      body: 'phone\n5550101\n',
      type: 'text/csv',
      authorization: 'Bearer a token of its own',
      url: '/import?skipBad=1',
    });
  });

  it('reads no more of the file than the server takes, and hears a refusal before its end', async () => {
    const file = fileOf('');
    // More than memory has: nothing of it is on the disk.
    truncateSync(file, 2 ** 40);
    const endpoint = await from((request, reply) => {
      request.once('data', () => {
        request.pause();
        const error = { code: 'BAD_CSV', message: 'line 1: file: found ...', lines: [], moreLines: 4 };
        reply.writeHead(422, { connection: 'close' }).end(JSON.stringify({ error }));
      });
    });
    await expect(upload(endpoint, '/import', file)).rejects.toMatchObject({ code: 'BAD_CSV', moreLines: 4 });
  });

  it('says when nobody answers, or the answer breaks off', async () => {
    const file = fileOf('phone\n');
    const endpoint = await from((request, reply) => {
      request.resume();
      reply.writeHead(201, { 'content-length': '100' });
      reply.write('half', () => reply.destroy());
    });
    await expect(upload(endpoint, '/import', file)).rejects.toMatchObject({ code: 'OCS_UNREACHABLE' });
    server?.close();
    await expect(upload(endpoint, '/import', file)).rejects.toMatchObject({
      code: 'OCS_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it.each(['no.csv', '.'])('refuses %s before anything is sent', async (name) => {
    const endpoint = await from(() => expect.fail('nothing is to be sent'));
    await expect(upload(endpoint, '/import', join(folder, name))).rejects.toMatchObject({
      code: 'NO_SUCH_FILE',
      field: 'csv',
    });
  });

  it('knows what cannot be read twice', () => {
    expect(isPlainFile(fileOf('phone\n'))).toBe(true);
    expect(isPlainFile('/dev/null')).toBe(false);
  });
});
