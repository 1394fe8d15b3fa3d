import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { campaignCommand } from '../../../../src/cli/campaigns/campaign.ts';
import { addCommands, createParser } from '../../../../src/terminal/program.ts';

let folder: string;
let close: () => void = () => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'campaign-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  close();
  rmSync(folder, { recursive: true });
});

/** An OCS that takes so many records of a list, and then refuses the campaign. @returns what it was asked */
async function loadRefused(added: number, skipped: object[]) {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    void buffer(request).then((body) => {
      asked.push(`${request.method ?? ''} ${(request.url ?? '').split('?', 1)[0] ?? ''}`);
      if (request.url?.includes('/import')) {
        reply.writeHead(201).end(JSON.stringify({ added, skipped }));
      } else if (body.includes('"check":true')) {
        reply.writeHead(200).end('{}');
      } else {
        const error = { code: 'DATABASE_ERROR', message: 'the database cannot be written' };
        reply.writeHead(503).end(JSON.stringify({ error }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const definition = join(folder, 'autumn.yaml');
  writeFileSync(
    definition,
    'name: autumn\nlist: customers\nmode: progressive\ngroup: sales\ncallerId: "+12125550199"\n' +
      'dailyWindow: {from: "09:00", till: "20:00", tz: America/New_York}\n',
  );
  const csv = join(folder, 'customers.csv');
  writeFileSync(csv, 'phone\n+12125550100\n+12125550101\n');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const words = ['campaign', 'load', definition, csv, '--skip-bad', '--ocs-url', url];
  const loading = (async () =>
    addCommands(createParser('cpdctl'), 'cpdctl', [campaignCommand]).parseAsync(words))();
  return { asked, csv, loading };
}

it('says how a campaign is loaded whose list is in already', async () => {
  const { asked, loading } = await loadRefused(2, []);
  await expect(loading).rejects.toMatchObject({
    code: 'DATABASE_ERROR',
    message:
      'the database cannot be written; 2 records are in list customers already: load the campaign without its CSV file',
  });
  expect(asked.filter((each) => each.startsWith('POST'))).toEqual([
    'POST /api/v1/campaigns',
    'POST /api/v1/lists/customers/import',
    'POST /api/v1/campaigns',
  ]);
});

it('does not say that a list is in of which nothing could be taken, and names the lines', async () => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const bad = { line: 2, field: 'phone', found: 'abc', expected: 'one number' };
  const { csv, loading } = await loadRefused(0, [bad]);
  await expect(loading).rejects.toMatchObject({
    message: `the database cannot be written; no line of ${csv} could be taken`,
  });
  expect(told.mock.calls.map(([text]) => text)).toContain(
    `${csv}:2: phone: found "abc", expected one number\n`,
  );
});
