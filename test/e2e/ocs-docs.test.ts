import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { campaignSchema, type CampaignDefinitionInput } from '../../src/ocs/campaign.ts';
import { openBench, outcome, type OcsBench } from '../support/ocs.ts';

/** The examples of the documents are run as they stand there. */
const block = (document: string, language: string, after = '') => {
  const whole = readFileSync(new URL(`../../docs/${document}`, import.meta.url), 'utf8');
  const text = whole.slice(whole.indexOf(after));
  return new RegExp('```' + language + '\\n([^]*?)```').exec(text)?.[1] ?? '';
};

let bench: OcsBench;
afterEach(() => bench.close());

it('the curl example of the link protocol dials one record to its end', async () => {
  bench = await openBench();
  const script = block('link-protocol.md', 'bash');
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], {
    env: { ...process.env, OCS: bench.url },
  });
  expect(stdout).not.toContain('"error"');
  expect(stdout).toContain('"number":"+12125550101"');
  expect(stdout.match(/"accepted":\[\{"attemptId":"[^"]+","seq":4\}\]/g)).toHaveLength(2);
  expect(stdout).toContain('"finished":true');
  expect(stdout).toContain('"results":{"Answer":1}');
  expect(stdout).toMatch(/\n1,1,0,\+12125550101,0,2,3,33,1,/);
});

it('the client of the desktop protocol prints what the document says', async () => {
  bench = await openBench();
  await bench.load(
    { name: 'spring', list: 'customers', mode: 'progressive', group: 'sales' },
    'phone,tz,first_name\n+12125550101,America/New_York,Ada\n',
  );
  await bench.start('spring');
  const client = spawn(process.execPath, ['--input-type=module', '-e', block('desktop-protocol.md', 'js')], {
    env: { ...process.env, OCS: bench.url.replace('http', 'ws') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  client.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  const ended = new Promise((resolve) => client.once('close', resolve));

  const dialler = await bench.dialler();
  const { requests } = await dialler.pull({ waitMs: 20_000 });
  const attemptId = requests[0]?.attemptId ?? '';
  expect((await dialler.agent(attemptId)).agent?.agentId).toBe('agent-7');
  const end = outcome('Answer', { status: 'transferred', agentId: 'agent-7' });
  await dialler.report({ kind: 'connected', attemptId, seq: 1, agentId: 'agent-7', extension: '2007' });
  await ended;
  await dialler.report({ kind: 'outcome', attemptId, seq: 2, outcome: end });
  expect(printed.replace(/ +$/gm, '')).toBe(block('desktop-protocol.md', 'text'));
  expect(await bench.api('GET', '/records/1')).toMatchObject({
    record_status: 3,
    call_result: 33,
    user_fields: { plan_name: 'premium' },
  });
});

it('the campaign of the document is one, with every key there is', async () => {
  bench = await openBench();
  const definition = parseYaml(
    block('campaigns.md', 'yaml', '<!-- every key -->'),
  ) as CampaignDefinitionInput;
  expect(Object.keys(definition).sort()).toEqual(
    Object.keys(campaignSchema.shape)
      .filter((key) => !['onFax', 'onSilence'].includes(key))
      .sort(),
  );
  expect(Object.keys(definition.pacing ?? {}).sort()).toEqual(
    Object.keys(campaignSchema.parse(definition).pacing).sort(),
  );
  expect(await bench.load(definition, 'phone\n5550101\n')).toMatchObject({
    campaign: { name: 'spring' },
    added: 1,
  });
});
