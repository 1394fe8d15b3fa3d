import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CampaignStatus } from '../../../src/api/campaigns.ts';
import { callResult } from '../../../src/domain/result.ts';
import { addressOf, killAll, run, scratch, startDaemon } from '../programs.ts';

const channels = 300;

const files = {
  'ocsd.yaml': 'listen: {port: 0}\nclock: {speed: 10}\n',
  'cpdd.yaml': `board:
  driver: sim
  host: process
  trunks: [{kind: isdn, channels: ${String(channels)}}]
  clock: {speed: 4}
  world: {unlisted: no_answer}
boardRecovery: {firstMs: 100, longestMs: 1000}
dialPlan: {allow: ['^\\+1']}
dialling: {maxPull: 100}
limits: {callsPerSecond: 1000}
admin: {port: 0}
drain: {flushMs: 500}
`,
  'autumn.yaml': `name: autumn
list: customers
mode: progressive
handoff: {kind: destination, extension: '7001'}
ringTimeoutMs: 15000
pacing: {maxInFlight: ${String(channels)}}
dailyWindow: {from: 0, till: 86399}
`,
  'customers.csv': `phone\n${Array.from({ length: channels }, (_each, n) => `+1212555${String(1_000 + n)}`).join('\n')}\n`,
};

interface Attempts {
  attempts: {
    record_handle: number;
    ended_by: string;
    reason: string | null;
    result: number | null;
    milestones: Record<string, number>;
  }[];
}

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch(files);
});
afterEach(() => {
  killAll();
  folder.remove();
});

/** The one child of a process that is a board host; whichever thread began it. */
function hostOf(pid: number): number {
  const threads = readdirSync(`/proc/${String(pid)}/task`);
  const hosts = threads
    .flatMap((thread) => readFileSync(`/proc/${String(pid)}/task/${thread}/children`, 'utf8').split(' '))
    .filter((child) => child !== '' && readFileSync(`/proc/${child}/comm`, 'utf8').startsWith('boardhost'));
  expect(hosts).toHaveLength(1);
  return Number(hosts[0]);
}

it('a board host killed while 300 channels are seized: what was not dialled is no attempt, and is dialled once later', async () => {
  const ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
  const ocs = await addressOf(ocsd, 'url');
  const cpdd = startDaemon('cpdd', ['--config', folder.path('cpdd.yaml'), '--ocs-url', ocs]);
  await addressOf(cpdd, 'admin');
  const env = { CPDCTL_OCS_URL: ocs };
  const load = ['campaign', 'load', folder.path('autumn.yaml'), folder.path('customers.csv')];
  expect(await run('cpdctl', load, env)).toMatchObject({ code: 0, stderr: '' });
  const host = hostOf(cpdd.pid);
  expect((await run('cpdctl', ['campaign', 'start', 'autumn'], env)).code).toBe(0);

  const get = async <T>(path: string) => (await (await fetch(`${ocs}/api/v1${path}`)).json()) as T;
  const until = async (fits: (status: CampaignStatus) => boolean) => {
    while (!fits(await get<CampaignStatus>('/campaigns/autumn'))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  let taken = 0;
  await cpdd.line(({ msg }) => msg === 'request taken' && ++taken > channels / 3);
  process.kill(host, 'SIGKILL');
  await cpdd.line(({ msg }) => msg === 'the board is open again');
  await until(({ finished }) => finished);

  const { attempts } = await get<Attempts>('/attempts?limit=2000');
  const outcomes = attempts.filter(({ ended_by }) => ended_by === 'outcome');
  const handedBack = attempts.filter(({ ended_by }) => ended_by === 'hand_back');
  const cutOff = outcomes.filter(({ reason }) => reason === 'board_dead');
  expect(outcomes).toHaveLength(channels);
  expect(new Set(outcomes.map(({ record_handle }) => record_handle)).size).toBe(channels);
  expect(outcomes.filter(({ result }) => result === callResult.DialError)).toEqual([]);
  expect(handedBack.length + cutOff.length).toBeGreaterThan(0);
  for (const { milestones } of cutOff) expect(milestones).toHaveProperty('dialling');
  for (const { reason } of handedBack) expect(['board_dead', 'BOARD_DEAD', 'shutdown']).toContain(reason);
});
