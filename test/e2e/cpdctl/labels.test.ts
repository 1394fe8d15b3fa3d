import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { callResult } from '../../../src/domain/result.ts';
import { readManifest } from '../../../src/eval/calls/manifest.ts';
import { evidence } from '../../support/dialer/call-script.ts';
import { dialAll, runSpring } from '../../support/console/calls.ts';
import { addressOf, killAll, run, scratch, startDaemon } from '../programs.ts';

const cpdd = `board:
  driver: sim
  clock: {speed: 20}
  world:
    audioFolder: ${new URL('../../../examples/speech', import.meta.url).pathname}
    subscribers: [{number: '+12125550100', kind: machine, speech: [machine-01-en.wav]}]
dialPlan: {allow: ['^\\+1']}
`;

let folder: ReturnType<typeof scratch>;
let url: string;
beforeAll(async () => {
  folder = scratch({ 'cpdd.yaml': cpdd, 'ocsd.yaml': 'database: ocs.db\nlisten: {port: 0}\n' });
  url = await addressOf(startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]), 'url');
});
afterAll(() => {
  killAll();
  folder.remove();
});

it('cpdctl labels shows what calls were, and makes a set for calibrate of their recordings', async () => {
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/api/v1${path}`, { method, ...(body && { headers, body: JSON.stringify(body) }) });
  };
  const labels = (...args: string[]) => run('cpdctl', ['labels', ...args], { CPDCTL_OCS_URL: url });
  expect(await labels()).toEqual({ code: 0, stdout: '', stderr: 'nobody said yet what a call was\n' });

  await runSpring(ask, 3);
  const call: Outcome = {
    result: callResult.AnsweringMachine,
    status: 'dropped',
    reason: null,
    evidence: evidence({ verdict: 'machine', answerMs: 4_000 }),
    milestones: {},
    channel: 1,
    agentId: null,
  };
  const [recorded = '', unsure = '', elsewhere = ''] = await dialAll(url, [call, call, call]);
  await ask('PUT', `/attempts/${recorded}/label`, { was: 'machine' });
  await ask('PUT', `/attempts/${unsure}/label`, { was: 'not_sure' });
  await ask('PUT', `/attempts/${elsewhere}/label`, { was: 'person' });
  const lines = (await labels()).stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split('\t').slice(0, 5))).toEqual([
    [recorded, 'spring', 'machine', 'machine', 'anybody'],
    [unsure, 'spring', 'not sure', 'machine', 'anybody'],
    [elsewhere, 'spring', 'person', 'machine', 'anybody'],
  ]);

  const args = [
    'dial',
    '+12125550100',
    '--config',
    folder.path('cpdd.yaml'),
    '--record',
    folder.path('a.cpdrec'),
  ];
  expect(await run('cpdctl', args)).toMatchObject({ code: 0 });
  mkdirSync(folder.path('calls'));
  for (const id of [recorded, unsure]) {
    copyFileSync(folder.path('a.cpdrec'), folder.path(`calls/20260131T101500Z-${id}-xxxxxxxxx00.cpdrec`));
  }
  const set = folder.path('set');
  const made = await labels('--recordings', folder.path('calls'), '--out', set);
  expect(made).toEqual({ code: 0, stderr: '', stdout: `1 of 3 calls written to ${set}\n` });
  const [only, ...more] = readManifest(set, ['US'], null);
  expect(more).toEqual([]);
  expect(only).toMatchObject({ file: `${recorded}.wav`, truth: 'machine', from: 'dial', plan: 'US' });
  expect(only?.answerMs).toBeGreaterThan(0);
  expect(only?.columns['speaker']).toMatch(/^record \d$/);
  expect(statSync(folder.path(`set/${recorded}.wav`)).mode & 0o777).toBe(0o600);
  expect(readFileSync(folder.path('set/manifest.csv'), 'utf8')).not.toContain('+1212');

  writeFileSync(folder.path(`calls/20260131T101500Z-${recorded}-xxxxxxxxx00.cpdrec`), 'no recording');
  const broken = await labels('--recordings', folder.path('calls'), '--out', set);
  expect(broken.code).not.toBe(0);
  expect(broken.stderr).toMatch(/^cpdctl: BAD_RECORDING: .* is left out: /);
  expect(await labels('--recordings', folder.path('nowhere'), '--out', set)).toMatchObject({ code: 66 });
});
