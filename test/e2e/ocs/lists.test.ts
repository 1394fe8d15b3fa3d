import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CampaignDefinitionInput } from '../../../src/api/campaign-definition.ts';
import { openBench, type OcsBench } from '../../support/ocs/ocs.ts';

const definition: CampaignDefinitionInput = {
  name: 'c',
  list: 'l',
  mode: 'progressive',
  group: 'sales',
  dailyWindow: { from: '09:00', till: '20:00', tz: 'UTC' },
};
type Skipped = { added: number; skipped: { line: number }[]; moreSkipped?: number };

let bench: OcsBench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
});
const api: OcsBench['api'] = (method, path, body) => bench.api(method, path, body);
const refused = (field: string) => ({ error: { code: 'BAD_ARGUMENT', field } });

describe('a long list whose customers another field names', () => {
  it('answers by that field at once, while its index is made and after a restart', async () => {
    const rows = Array.from({ length: 12_000 }, (_each, n) => `${String(2125000000 + n)},K${String(n)}`);
    await api('POST', '/lists/l/import', `phone,contract_no\n${rows.join('\n')}\n`);
    await api('POST', '/campaigns', { definition: { ...definition, customerIdField: 'contract_no' } });
    const cancel = async (customer: string) => {
      const desktop = await bench.desktop();
      await desktop.ask('Login', { GSW_AGENT_ID: 'a1', GSW_EXTENSION: '2001', GSW_GROUP: 'sales' });
      return desktop.ask('RecordCancel', { GSW_CUSTOMER_ID: customer });
    };
    expect(await cancel('K11999')).toMatchObject({ GSW_RECORDS: 1 });
    bench = await bench.restart();
    expect(await cancel('K5')).toMatchObject({ GSW_RECORDS: 1 });
    expect(await cancel('K11999')).toMatchObject({ GSW_RECORDS: 0 });
  });
});

describe('importing a list', () => {
  it('refuses a time zone and names of lists that are none', async () => {
    const file = 'phone,dial_sched_time\n5550101,2030-01-01 10:00\n';
    expect(await api('POST', '/lists/l/import?tz=x', file)).toMatchObject(refused('tz'));
    for (const name of ['..%20', '%20', '.%20.', 'a%00b', 'a%0Ab', '%20a', 'a%2Fb']) {
      expect(await api('POST', `/lists/${name}/import`, file), name).toMatchObject(refused('list'));
    }
    for (const list of ['', '..', ' ', 'a\nb', 'a\u0000b', 'a ']) {
      expect(
        await api('POST', '/campaigns', { definition: { ...definition, list }, csv: file }),
        list,
      ).toMatchObject(refused('definition.list'));
    }
    expect(await api('GET', '/lists')).toEqual({ lists: [] });
  });

  it('tells the first hundred bad lines and how many more there are', async () => {
    const file = `phone\n5550101\n${'x\n'.repeat(250)}`;
    const reply = await api<Skipped>('POST', '/lists/l/import?skipBad=1', file);
    expect(reply).toMatchObject({ added: 1, moreSkipped: 150 });
    expect(reply.skipped).toHaveLength(100);
    const loaded = await api<Skipped>('POST', '/campaigns', {
      definition,
      csv: file.replace('101', '102'),
      skipBad: true,
    });
    expect(loaded).toMatchObject({ added: 1, moreSkipped: 150 });
    const forbidden = await api<Skipped>('POST', '/dnc/import?skipBad=1', file);
    expect(forbidden).toMatchObject({ added: 1, moreSkipped: 150 });
    expect(forbidden.skipped).toHaveLength(100);
  });

  it('of a campaign that is loaded afterwards knows its window; what is wrong with that is said before', async () => {
    const file = 'phone,daily_from\n5550101,20:30\n';
    const of = '/lists/l/import?campaign=c&window=09:00-20:00';
    expect(await api('POST', of, file)).toMatchObject({
      error: { code: 'BAD_CSV', expected: 'earlier than 20:00, when campaign c ends' },
    });
    for (const window of ['09:00', '20:00-09:00', '9-20', '09:00-20:00-21:00']) {
      expect(await api('POST', `/lists/l/import?window=${window}`, file)).toMatchObject(refused('window'));
    }
    const post = (more: object) => api('POST', '/campaigns', { definition, ...more });
    expect(await post({ check: true })).toMatchObject({ added: 0, campaign: { name: 'c' } });
    expect(await post({ check: true, csv: file })).toMatchObject({ added: 0, campaign: { name: 'c' } });
    expect(await post({})).toMatchObject(refused('definition.list'));
    expect(await api('GET', '/campaigns')).toEqual({ campaigns: [] });
    expect(await api('GET', '/lists')).toEqual({ lists: [] });
    expect(await api('POST', of, file.replace('20:30', '19:30'))).toMatchObject({ added: 1 });
    expect(await post({})).toMatchObject({ added: 0, campaign: { records: { total: 1 } } });
    await api('POST', '/campaigns/c/start');
    expect(await post({ check: true })).toMatchObject({ error: { code: 'ILLEGAL_STATE' } });
    expect(await api('GET', '/campaigns/c')).toMatchObject({ state: 'running' });
  });

  it('gives a definition that can be loaded again, whatever its window', async () => {
    const early = { ...definition, dailyWindow: { from: '00:20', till: '00:40', tz: 'UTC' } };
    await api('POST', '/campaigns', { definition: early, csv: 'phone\n5550101\n' });
    const written = await api('GET', '/campaigns/c/definition');
    expect(written).toMatchObject({ dailyWindow: { from: '00:20', till: '00:40' } });
    expect(await api('POST', '/campaigns', { definition: written })).toMatchObject({ added: 0 });
    expect(await api('GET', '/campaigns/c/definition')).toEqual(written);
  });

  it('takes columns for what the map says', async () => {
    const file = 'Telefon,Zone\n5550101,north\n';
    expect(await api('POST', '/lists/l/import', file)).toMatchObject({
      error: { code: 'BAD_CSV', found: 'Telefon' },
    });
    expect(await api('POST', '/lists/l/import?map=Telefon', file)).toMatchObject(refused('map'));
    expect(await api('POST', '/lists/l/import?map=Telefon=phone&map=Zone=Zone', file)).toMatchObject({
      added: 1,
    });
    const map = { Telefon: 'phone', Zone: 'Zone' };
    const csv = file.replace('101', '102');
    expect(await api('POST', '/campaigns', { definition, csv, map })).toMatchObject({ added: 1 });
    expect(await api('GET', '/lists/l/export')).toContain(',Zone\n');
  });

  it('refuses a window that the campaign never opens, by the load and by the list of a loaded campaign', async () => {
    const file = 'phone,daily_from\n5550101,21:00\n';
    const wrong = { error: { code: 'BAD_CSV', field: 'daily_from', found: '21:00' } };
    expect(await api('POST', '/campaigns', { definition, csv: file })).toMatchObject(wrong);
    await bench.load(definition, 'phone\n5550102\n');
    expect(await api('POST', '/lists/l/import', file)).toMatchObject(wrong);
    expect(await api('POST', '/lists/other/import', file)).toMatchObject({ added: 1 });
  });

  it('keeps a window of the first minutes of the day over a restart, an export and an import', async () => {
    const early = { ...definition, dailyWindow: { from: '00:10', till: '20:00', tz: 'UTC' } };
    await bench.load(early, 'phone,daily_from,daily_till\n5550101,00:15,00:30\n');
    const exported = await api<string>('GET', '/lists/l/export');
    expect(exported).toContain(',00:15,00:30,');
    expect(await api('POST', '/lists/copy/import', exported)).toMatchObject({ added: 1 });
    bench = await bench.restart();
    expect(await api('GET', '/campaigns/c/definition')).toMatchObject({ dailyWindow: { from: '00:10' } });
  });
});

describe('fields of agents', () => {
  it('are refused by name when an export could not have them, and nothing of the message is kept', async () => {
    await bench.load(definition, 'phone,note\n5550101,old\n');
    await bench.start('c');
    const desktop = await bench.desktop();
    await desktop.login('a1', '2001');
    for (const name of [
      'constructor',
      '__proto__',
      'phone',
      'tz',
      'group',
      'record_id',
      'Record Type',
      ' note',
    ]) {
      const fields = JSON.parse(JSON.stringify({ NAME: 'x' }).replace('NAME', name)) as Record<
        string,
        string
      >;
      const reply = await desktop.ask('UpdateCallCompletionStats', {
        GSW_RECORD_HANDLE: 1,
        note: 'new',
        ...fields,
      });
      expect(reply, name).toMatchObject({
        GSW_USER_EVENT: 'Error',
        GSW_ERROR: 'BAD_MESSAGE',
        GSW_ERROR_FIELD: name,
      });
    }
    expect(await api('GET', '/lists/l/export')).toMatch(/,note\n.*,old\n$/);
  });
});

describe('cells that look like formulas', () => {
  it('are exported as they are, or as text where that is asked', async () => {
    const file = 'phone,note\n+12125550101,"=HYPERLINK(""x"")"\n+12125550102,plain\n';
    await api('POST', '/lists/l/import', file);
    expect(await api('GET', '/lists/l/export')).toContain(',"=HYPERLINK(""x"")"\n');
    const text = await api<string>('GET', '/lists/l/export?escapeFormulas=1');
    expect(text).toContain(`,"'=HYPERLINK(""x"")"\n`);
    expect(text).toContain(',+12125550101,');
    expect(text).toContain(',plain\n');
    await api('POST', '/dnc', { phone: '+12125550103', message: '@SUM(1)' });
    expect(await api('GET', '/dnc/export?escapeFormulas=1')).toContain("+12125550103,,'@SUM(1),");
    expect(await api('GET', '/dnc/export')).toContain('+12125550103,,@SUM(1),');
  });
});

describe('a file of Do Not Call', () => {
  it('is counted, loaded once under its name, and taken back', async () => {
    await bench.load(definition, 'phone\n5550101\n');
    const file = 'phone,customer_id\n5550101,K1\n5550102,\n';
    const counts = { entries: 2, added: 3, numbers: 2, customers: 1, skipped: [] };
    expect(await api('POST', '/dnc/import?dryRun=1', file)).toEqual({ batch: null, ...counts, waiting: 1 });
    expect(await api('GET', '/dnc?phone=5550101')).toMatchObject({ listed: false });
    expect(await api('POST', '/dnc/import?batch=january', file)).toEqual({ batch: 'january', ...counts });
    expect(await api('POST', '/dnc/import?batch=january', file)).toMatchObject(refused('batch'));
    // An agent's customer asks for it too.
    await api('POST', '/dnc', { phone: '5550102' });
    const again = await api<{ batch: string }>('POST', '/dnc/import', file);
    expect(again).toMatchObject({ entries: 2, added: 0 });
    expect(await api('DELETE', `/dnc/batches/${encodeURIComponent(again.batch)}`)).toEqual({ removed: 0 });
    expect(await api('GET', '/dnc/batches')).toMatchObject({ batches: [{ name: 'january', entries: 3 }] });
    expect(await api('DELETE', '/dnc/batches/january')).toEqual({ removed: 2 });
    expect(await api('DELETE', '/dnc/batches/january')).toMatchObject(refused('batch'));
    expect(await api('GET', '/dnc?phone=5550101')).toMatchObject({ listed: false });
    expect(await api('GET', '/dnc?phone=5550102')).toMatchObject({ listed: true });
  });

  it('is refused when it is a calling list, and two numbers in a cell protect neither', async () => {
    const list = await api<string>('POST', '/lists/l/import', 'phone\n5550101\n').then(() =>
      api<string>('GET', '/lists/l/export'),
    );
    expect(await api('POST', '/dnc/import?dryRun=1', list)).toMatchObject({
      error: { code: 'BAD_CSV', field: 'header' },
    });
    expect(await api('POST', '/dnc/import', 'phone\n2125550101/2125550102\n')).toMatchObject({
      error: { code: 'BAD_CSV', field: 'phone', expected: 'one number' },
    });
    expect(await api('POST', '/dnc', { phone: '12125550101.0' })).toMatchObject(refused('phone'));
    expect(await api('GET', '/attempts?phone=2125550101.0')).toMatchObject(refused('phone'));
  });
});
