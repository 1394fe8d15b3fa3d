import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { campaignSchema, type CampaignDefinitionInput } from '../../../src/api/campaign-definition.ts';
import { manualClock } from '../../../src/ocs/clock.ts';
import { block } from '../../support/document-blocks.ts';
import { openBench, outcome, type OcsBench } from '../../support/ocs/ocs.ts';

/** The examples of the documents are run as they stand there. */
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

/** Nobody may be called at this hour, were it not for the window that the document's list has. */
const midnightInNewYork = Date.UTC(2026, 0, 6, 5);

it('the client of the desktop protocol prints what the document says, at any hour', async () => {
  bench = await openBench({}, { clock: manualClock(midnightInNewYork) });
  await bench.load(
    { name: 'spring', list: 'customers', mode: 'progressive', group: 'sales' },
    block('desktop-protocol.md', 'csv'),
  );
  await bench.start('spring');
  const client = spawn(process.execPath, ['--input-type=module', '-e', block('desktop-protocol.md', 'js')], {
    env: { ...process.env, OCS: bench.url.replace('http', 'ws') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  client.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  const ended = new Promise((resolve) => client.once('close', resolve));

  const dialer = await bench.dialer();
  const { requests } = await dialer.pull({ waitMs: 20_000 });
  const attemptId = requests[0]?.attemptId ?? '';
  expect((await dialer.agent(attemptId)).agent?.agentId).toBe('agent-7');
  const end = outcome('Answer', { status: 'transferred', agentId: 'agent-7' });
  await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'agent-7', extension: '7007' });
  // As with a blind transfer, the call is the switch's before the agent is done.
  await dialer.report({ kind: 'outcome', attemptId, seq: 2, outcome: end });
  await ended;
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
