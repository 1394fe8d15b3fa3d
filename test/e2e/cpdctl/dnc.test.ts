import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, killAll, run, scratch, startDaemon } from '../programs.ts';

const files = {
  'ocsd.yaml':
    "listen: {port: 0}\nserver: {numbering: {countryCode: '44', nationalPrefix: '0', internationalPrefix: '00'}}\n",
  'more.csv': 'Telefon\n020 7946 0001\n020 7946 0002\n',
  'robinson.csv': 'phone,customer_id,message\n020 7123 4567,,by letter\nnone,,\n,C7,\n',
};

let folder: ReturnType<typeof scratch>;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = scratch(files);
  const ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
  env = { CPDCTL_OCS_URL: await addressOf(ocsd, 'url') };
});
afterAll(() => {
  killAll();
  folder.remove();
});

const dnc = (...args: string[]) => run('cpdctl', ['dnc', ...args], env);

describe('cpdctl dnc', () => {
  it('loads, adds, checks, removes and exports', async () => {
    const file = folder.path('robinson.csv');
    const refused = await dnc('load', file);
    expect(refused.code).toBe(65);
    expect(refused.stderr).toContain(
      `${file}:3: phone: found "none", expected an optional + and 2 to 15 digits\n`,
    );
    expect((await dnc('check', '+442071234567')).stdout).toBe('not listed\n');

    const unasked = await dnc('load', file, '--skip-bad');
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain(
      '1 number and 1 customer to add, 2 good lines, 1 skipped; 0 of the numbers wait',
    );
    expect((await dnc('load', file, '--skip-bad', '--dry-run', '--json')).stdout).toContain('"batch":null');
    expect((await dnc('check', '+442071234567')).stdout).toBe('not listed\n');

    const loaded = await dnc('load', file, '--skip-bad', '--json', '--yes', '--batch', 'robinson');
    expect(loaded.stderr).toContain(`${file}:3: phone`);
    expect(JSON.parse(loaded.stdout)).toMatchObject({ batch: 'robinson', entries: 2, added: 2 });
    expect((await dnc('batches')).stdout).toMatch(/^robinson\t\S+Z\t2\n$/);
    expect((await dnc('check', '+44 (0)20 7123 4567')).stdout).toMatch(
      /^02071234567: listed since .*Z \(by letter\)\n$/,
    );
    expect((await dnc('add', '00442071234567')).stdout).toBe('listed already\n');
    expect((await dnc('add', '+3312345', '--customer-id', 'C8', '--message', 'asked')).stdout).toBe(
      '2 added\n',
    );
    expect(JSON.parse((await dnc('check', '--customer-id', 'C8', '--json')).stdout)).toMatchObject({
      listed: true,
      entries: [{ customerId: 'C8', message: 'asked' }],
    });
    const audit = (...args: string[]) => run('cpdctl', ['audit', ...args], env);
    expect((await audit('--phone', '020 7123 4567')).stdout).toMatch(
      /^\S+Z\tanybody\t127.0.0.1\taddDoNotCall\t.*\n$/,
    );
    expect((await audit('--phone', '+442071230000')).stderr).toBe('nothing was done yet\n');
    expect((await audit('--customer-id', 'C8')).stdout).toMatch(/^\S+Z\tanybody\t127.0.0.1\taddDoNotCall\t/);
    expect((await dnc('remove', '+442071234567')).stdout).toBe('1 removed\n');
    expect((await dnc('remove', '+442071234567', '--json')).stdout).toBe('{"removed":0}\n');

    const more = folder.path('more.csv');
    expect((await dnc('load', more, '--yes')).stderr).toContain(
      `${more}:1: header: found "Telefon", expected phone`,
    );
    expect((await dnc('load', more, '--yes', '--map', 'Telefon=phone', '--batch', 'more')).stdout).toBe(
      '2 numbers and 0 customers added, 2 good lines, 0 skipped; cpdctl dnc undo "more" takes it back\n',
    );
    expect((await dnc('undo', 'more')).stdout).toBe('2 removed\n');
    expect((await dnc('undo', 'more')).stderr).toContain('there is no batch "more"');

    const out = folder.path('out.csv');
    expect((await dnc('export', '--out', out)).code).toBe(0);
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.split(',').slice(0, 3).join())).toEqual([
      'phone,customer_id,message',
      ',C7,',
      '+3312345,,asked',
      ',C8,asked',
    ]);
  });

  it('says what is missing or wrong', async () => {
    expect(await dnc('check')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a phone or --customer-id') as string,
    });
    expect((await dnc('add', 'nobody')).stderr).toContain('BAD_NUMBER: phone: "nobody"');
    expect((await dnc('load', folder.path('no.csv'))).stderr).toContain('NO_SUCH_FILE');
  });

  it.each(['load', 'batches', 'undo', 'add', 'check', 'remove', 'export'])(
    'has an example: %s',
    async (command) => {
      const { code, stdout } = await dnc(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:');
    },
  );
});
