import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { addressOf, killAll, run, scratch, startDaemon } from './programs.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${repository}${path}`, 'utf8');
const block = (language: string) =>
  new RegExp('```' + language + '\\n([^]*?)```').exec(read('docs/desktop-protocol.md'))?.[1] ?? '';

let folder: ReturnType<typeof scratch>;
beforeEach(() => (folder = scratch()));
afterEach(() => folder.remove());
afterAll(killAll);

/**
 * An example configuration as the operator's manual has it tried: its folders are put elsewhere, nothing else. Ports are
 * free ones, and time passes ten times as fast.
 */
function tried(name: string, more: Readonly<Record<string, string>>): string {
  let text = read(`examples/config/${name}`)
    .replaceAll('/opt/cpd-dialler/current/', repository)
    .replaceAll('/var/lib/cpd-dialler', folder.path('data'));
  for (const [from, to] of Object.entries(more)) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(folder.path(name), text);
  return folder.path(name);
}

it('both example configurations run together: the agent of the document gets its call, and the numbers are what they say', async () => {
  for (const name of ['ocsd', 'cpdd']) mkdirSync(folder.path(`data/${name}`), { recursive: true });
  const ocsdConfig = tried('ocsd.yaml', { 'port: 7800': 'port: 0', 'speed: 1': 'speed: 10' });
  const ocsd = startDaemon('ocsd', ['--config', ocsdConfig]);
  const ocs = await addressOf(ocsd, 'url');
  const cpddConfig = tried('cpdd.yaml', {
    'http://127.0.0.1:7800': ocs,
    'port: 7810': 'port: 0',
    'clock: { speed: 1 }': 'clock: { speed: 10 }',
  });
  const checked = await run('cpdd', ['--check-config', '--config', cpddConfig]);
  expect(checked).toMatchObject({ code: 0, stderr: '' });
  const cpdd = startDaemon('cpdd', ['--config', cpddConfig]);
  const env = { CPDCTL_URL: await addressOf(cpdd, 'admin'), CPDCTL_OCS_URL: ocs };
  const cpdctl = (...args: string[]) => run('cpdctl', args, env);

  writeFileSync(folder.path('customers.csv'), block('csv'));
  writeFileSync(
    folder.path('spring.yaml'),
    "{name: spring, list: customers, mode: progressive, group: sales, dailyWindow: {from: '00:00', till: '24:00'}}",
  );
  const loaded = await cpdctl('campaign', 'load', folder.path('spring.yaml'), folder.path('customers.csv'));
  expect(loaded).toMatchObject({ code: 0, stdout: 'spring: 1 records added, 0 lines skipped\n', stderr: '' });
  expect((await cpdctl('campaign', 'start', 'spring')).code).toBe(0);

  const agent = spawn(process.execPath, ['--input-type=module', '-e', block('js')], {
    env: { ...process.env, OCS: ocs.replace('http', 'ws') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  agent.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  await new Promise((resolve) => agent.once('close', resolve));
  expect(printed.replace(/ +$/gm, '')).toBe(block('text'));
  const exported = await cpdctl('list', 'export', 'customers');
  expect(exported.stdout).toMatch(/\n1,1,0,\+12125550100,0,2,3,33,1,.*,Ada,premium\n$/);

  const says = async (number: string) => {
    const { code, stdout, stderr } = await cpdctl('dial', number);
    expect([code, stderr]).toEqual([0, '']);
    return /^Outcome: (.*)$/m.exec(stdout)?.[1];
  };
  expect(
    await Promise.all(['+12125550100', '+12125550101', '+12125550102', '+12125550105'].map(says)),
  ).toEqual([
    expect.stringMatching(/^Answer \(33\)/),
    expect.stringMatching(/^Answering Machine \(9\)/),
    expect.stringMatching(/^Busy \(6\)/),
    expect.stringMatching(/^SIT .*\(\d+\)/),
  ]);
  for (const daemon of [cpdd, ocsd]) {
    daemon.signal('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0, stderr: '' });
  }
  expect(await run('cpdctl', ['list', 'status'], env)).toMatchObject({ code: 69 });
});
