import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoardReportReply, CallsReply } from '../../../src/api/admin.ts';
import type { CampaignStatus } from '../../../src/api/campaigns.ts';
import { addressOf, killAll, run, scratch, startDaemon, type Daemon } from '../programs.ts';

const speech = new URL('../../../examples/speech', import.meta.url).pathname;

const files = {
  'ocsd.yaml': 'listen: {port: 0}\n',
  'cpdd.yaml': `board:
  driver: sim
  trunks: [{kind: isdn, channels: 4}]
  clock: {speed: 10}
  world:
    audioFolder: ${speech}
    subscribers: [{number: '+12125550109', kind: no_answer}]
    unlisted: busy
dialPlan: {allow: ['^\\+1']}
admin: {port: 0}
recordings: {folder: recordings, share: 0}
`,
  'dialogic.yaml': `board: {driver: dialogic, libraries: {folder: /nowhere}}
dialPlan: {allow: ['^\\+1']}
admin: {port: 1}
`,
  'autumn.yaml': `name: autumn
list: customers
mode: progressive
handoff: {kind: destination, extension: '7001'}
pacing: {maxInFlight: 4}
dailyWindow: {from: 0, till: 86399}
`,
  'customers.csv': `record_id,chain_id,chain_n,phone,daily_from,daily_till,customer_id
1,1,0,+12125550100,0,86399,C1
2,2,0,+12125550101,0,86399,C2
3,3,0,+12125550abc,0,86399,C3
4,4,0,+12125550103,0,86399,C4
`,
};

let folder: ReturnType<typeof scratch>;
let cpdd: Daemon;
let ocsd: Daemon;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = scratch(files);
  ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
  const ocs = await addressOf(ocsd, 'url');
  cpdd = startDaemon('cpdd', ['--config', folder.path('cpdd.yaml'), '--ocs-url', ocs]);
  env = { CPDCTL_URL: await addressOf(cpdd, 'admin'), CPDCTL_OCS_URL: ocs };
  await cpdd.line(({ msg }) => msg === 'connected to OCS');
});
afterAll(() => {
  killAll();
  folder.remove();
});

const cpdctl = (...args: string[]) => run('cpdctl', args, env);

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await cpdctl(...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

describe('cpdctl', () => {
  it('asks the board what it knows of itself', async () => {
    const reply = await json<BoardReportReply>('board', 'trace', '--channel', '2');
    expect(reply).toMatchObject({ driver: 'sim', name: 'sim0', topic: 'trace', channel: 2, report: null });
    expect(await cpdctl('board', 'alarms')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'the sim board sim0 reports nothing about alarms\n',
    });
    expect(await cpdctl('board', 'weather')).toMatchObject({ code: 2 });
  });

  it('names a number of the vendor and finds the number of a name', async () => {
    expect(await json('decode', 'GCEV', '2118')).toMatchObject([{ name: 'GCEV_RETRIEVEREJ', hex: '0x846' }]);
    expect(await json('decode', 'CR_BUSY')).toMatchObject([{ family: 'CR', value: 7, cause: 17 }]);
    expect(await cpdctl('decode', 'GCEV', '99')).toMatchObject({ code: 2, stdout: '' });
    expect((await cpdctl('decode', 'XYZ', '1')).stderr).toContain('no family XYZ; there are ');
  });

  it('says what is missing on a host without the vendor libraries', async () => {
    const { stdout, code } = await cpdctl('doctor', '--config', folder.path('dialogic.yaml'));
    expect(code).toBe(1);
    expect(stdout).toContain('fail  dialogic: /nowhere/libsrl.so is not there -> install the vendor');
  });

  it('packs a snapshot without secrets', async () => {
    const out = folder.path('snapshot.tar.gz');
    const { contents } = await json<{ contents: string[] }>(
      ...['snapshot', '--out', out, '--config', folder.path('cpdd.yaml')],
    );
    expect(contents).toEqual(
      expect.arrayContaining([
        'versions.json',
        'cpdd.yaml',
        'status.json',
        'board/self_check.json',
        'calls.json',
        'cpdd.log',
      ]),
    );
    const unpacked = execFileSync('tar', ['-xzOf', out], { encoding: 'utf8' });
    expect(unpacked).not.toContain('+12125550109');
    expect(unpacked).toContain('"dialerId"');
    const log = execFileSync('tar', ['-xzOf', out, '--wildcards', '*cpdd.log'], { encoding: 'utf8' });
    const [first = '{}'] = log.split('\n');
    expect(JSON.parse(first)).toMatchObject({ name: 'cpdd', level: 'info' });
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  it('shows boards and channels, as fields in a pipe', async () => {
    const boards = await cpdctl('boards');
    expect(boards.code).toBe(0);
    expect(
      boards.stdout
        .trimEnd()
        .split('\t')
        .filter((_, at) => at !== 3),
    ).toEqual(['sim0', 'sim', 'up', '1', 'isdn', '1-4']);
    const channels = (await cpdctl('channels')).stdout.trimEnd().split('\n');
    expect(channels.map((line) => line.split('\t').slice(0, 5))).toEqual(
      ['1', '2', '3', '4'].map((channel) => [channel, '1', 'isdn', 'idle', 'idle']),
    );
    expect(await cpdctl('channels', '--busy')).toMatchObject({ code: 0, stderr: 'no channel is busy\n' });
  });

  it('dials through cpdd, shows what is heard, and explains the call afterwards', async () => {
    const { code, stdout } = await cpdctl('dial', '+1 (212) 555-0100');
    expect(code).toBe(0);
    expect(stdout).toContain('channel seized');
    expect(stdout).toContain('VERDICT busy');
    expect(stdout).toContain('Outcome: Busy (6)');
    const { recent } = await json<CallsReply>('calls');
    const test = recent.find((call) => call.test);
    const explained = await cpdctl('calls', test?.attemptId ?? 'none');
    expect(explained.stdout).toMatch(/Verdict: busy, by rule [\w-]+, \d+ % sure\./);
    expect(explained.stdout).toContain('Heard, in order:');
  });

  it('dials on a simulated board of its own when no cpdd runs', async () => {
    const { code, stdout } = await run('cpdctl', ['dial', '+12125550100', '--simulate', 'busy', '--json'], {
      CPDCTL_URL: 'http://127.0.0.1:9',
    });
    expect(code).toBe(0);
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ kind: 'end', outcome: { result: 6 } });
  });

  it.each([
    [
      ['dial', '+49305550100'],
      65,
      /^cpdctl: NUMBER_NOT_ALLOWED: the dial plan does not allow \*{10}00; .*\n$/,
    ],
    [
      ['dial', '+1212,5550100'],
      65,
      'cpdctl: BAD_NUMBER: number: "+1212,5550100" is not a telephone number; expected one number\n',
    ],
    [
      ['dial', '+1212555&0100!'],
      65,
      'cpdctl: BAD_NUMBER: number: "+1212555&0100!" is not a telephone number; expected one number\n',
    ],
    [['dial', '+12125550100', '--channel', '99'], 65, /^cpdctl: UNKNOWN_CHANNEL: .*\n$/],
    [
      ['dial', '+12125550100', '--plan', 'XX'],
      65,
      /^cpdctl: UNKNOWN_PLAN: plan: no tone plan "XX"; expected one of .*US.*\n$/,
    ],
    [
      ['dial', '+12125550100', '--plan', 'XX', '--simulate', 'live'],
      65,
      /^cpdctl: UNKNOWN_PLAN: plan: no tone plan "XX"; expected one of .*US.*\n$/,
    ],
    [['calls', 'never'], 65, /^cpdctl: UNKNOWN_ATTEMPT: .*\n$/],
    [['campaign', 'status', 'never'], 65, /^cpdctl: UNKNOWN_CAMPAIGN: .*\n$/],
    [
      ['campaign', 'load', '/no/file'],
      66,
      'cpdctl: NO_SUCH_FILE: campaign definition file /no/file cannot be read (ENOENT); expected a readable YAML file\n',
    ],
    [['dial', '+12125550100', '--url'], 2, /^cpdctl: BAD_ARGUMENT: .*\n$/],
    [['bords'], 2, /^cpdctl: BAD_ARGUMENT: unknown command bords; did you mean boards\? .*\n$/],
    [['dial', '--', '+49305550100'], 65, /^cpdctl: NUMBER_NOT_ALLOWED: .*\n$/],
    [[], 2, /^cpdctl: BAD_ARGUMENT: a command is missing: boards, .*\n$/],
    [
      ['channels', '--url', 'http://127.0.0.1:9'],
      69,
      /^cpdctl: DAEMON_UNREACHABLE: cpdd does not answer .*\n$/,
    ],
    [
      ['agents', '--ocs-url', 'http://127.0.0.1:9'],
      69,
      /^cpdctl: OCS_UNREACHABLE: ocsd does not answer .*\n$/,
    ],
    [
      ['channels', '--url', 'nonsense'],
      2,
      /^cpdctl: BAD_ARGUMENT: nonsense is not an address of cpdd; .*\n$/,
    ],
  ])('answers %j with a code and one line', async (args, code, message) => {
    const ended = await cpdctl(...args);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe('');
    if (typeof message === 'string') expect(ended.stderr).toBe(message);
    else expect(ended.stderr).toMatch(message);
  });

  it('runs a campaign from CSV to export', async () => {
    const load = ['campaign', 'load', folder.path('autumn.yaml'), folder.path('customers.csv')];
    const refused = await cpdctl(...load);
    expect(refused.code).toBe(65);
    expect(refused.stderr.split('\n')[0]).toBe(
      `${folder.path('customers.csv')}:4: phone: found "+12125550abc", expected an optional + and 2 to 15 digits`,
    );
    expect((await json<{ campaigns: unknown[] }>('campaign', 'status')).campaigns).toEqual([]);
    expect((await json<{ lists: unknown[] }>('list', 'status')).lists).toEqual([]);

    const loaded = await cpdctl(...load, '--skip-bad');
    expect(loaded).toMatchObject({ code: 0, stdout: 'autumn: 3 records added, 1 lines skipped\n' });
    expect((await cpdctl('campaign', 'start', 'autumn')).code).toBe(0);
    let status: CampaignStatus;
    do status = await json<CampaignStatus>('campaign', 'status', 'autumn');
    while (!status.finished);
    expect(status).toMatchObject({ attempts: 3, results: { Busy: 3 }, records: { total: 3, left: 0 } });

    const metrics = await (await fetch(`${env['CPDCTL_OCS_URL']}/metrics`)).text();
    expect(metrics).toContain('ocsd_attempts{campaign="autumn",result="Busy"} 3');
    expect(metrics).toContain('ocsd_records_left{campaign="autumn"} 0');
    expect(metrics).toContain('ocsd_diallers 1');
    const ofCpdd = await (await fetch(`${env['CPDCTL_URL']}/metrics`)).text();
    expect(ofCpdd).toContain('cpdd_call_results_total{result="Busy",status="dropped"} 3');
    expect(ofCpdd).toContain('cpdd_ocs_link_up 1');
    const detail = await cpdctl('campaign', 'status', 'autumn');
    expect(detail.stdout).toContain('attempts   3: 3 Busy');
    const out = folder.path('out.csv');
    expect((await cpdctl('campaign', 'export', 'autumn', '--out', out)).code).toBe(0);
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('call_result');

    const { recent } = await json<CallsReply>('calls');
    const dialled = recent.filter((call) => !call.test);
    expect(dialled.map(({ outcome }) => outcome?.result)).toEqual([6, 6, 6]);
    const fromOcs = await run('cpdctl', ['calls', dialled[0]?.attemptId ?? ''], {
      ...env,
      CPDCTL_URL: 'http://127.0.0.1:9',
    });
    expect(fromOcs.stdout).toContain('Verdict: busy');
    expect((await cpdctl('campaign', 'unload', 'autumn')).code).toBe(0);
    expect(await cpdctl('campaign', 'status')).toMatchObject({ code: 0, stderr: 'no campaign is loaded\n' });
  });

  it('names faults of a campaign definition with line and field', async () => {
    const file = folder.path('bad.yaml');
    writeFileSync(file, files['autumn.yaml'].replace('progressive', 'quick').replace('pacing', 'pasing'));
    const { code, stderr } = await cpdctl('campaign', 'load', file);
    expect(code).toBe(78);
    expect(stderr).toContain('cpdctl: BAD_CONFIG: the campaign definition has 2 faults\n');
    expect(stderr).toContain(`${file}:3:7: mode: found "quick", expected one of progressive, predictive`);
    expect(stderr).toContain(`${file}:5:1: pasing: found unknown key pasing`);
    expect(stderr).toContain('(did you mean pacing?)');
  });

  it('finds nothing wrong with a sound installation, and says what is wrong with another', async () => {
    const config = folder.path('doctor.yaml');
    const port = new URL(env['CPDCTL_URL'] ?? '').port;
    const ocs = `ocs: {url: '${env['CPDCTL_OCS_URL']}'}\n`;
    writeFileSync(config, files['cpdd.yaml'].replace('port: 0', `port: ${port}`) + ocs);
    const sound = await cpdctl('doctor', '--config', config, '--ocsd-config', folder.path('ocsd.yaml'));
    expect(sound.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['ok']) as string[],
    );
    expect(sound.stdout).not.toContain('fail');
    expect(sound.code).toBe(0);

    const broken = await run('cpdctl', ['doctor', '--config', folder.path('cpdd.yaml'), '--json'], {
      CPDCTL_OCS_URL: 'http://127.0.0.1:9',
    });
    expect(broken.code).toBe(1);
    const findings = JSON.parse(broken.stdout) as { check: string; state: string; advice: string | null }[];
    const failed = findings.filter(({ state }) => state === 'fail');
    expect(failed.map(({ check }) => check)).toContain('ocsd');
    expect(failed.every(({ advice }) => advice !== null)).toBe(true);
    expect(findings.find(({ check }) => check === 'board')).toMatchObject({ state: 'ok' });
  });

  it('has cpdd record a test call in its folder, and in no other file', async () => {
    const { code, stdout } = await cpdctl('dial', '+12125550100', '--record');
    expect(code).toBe(0);
    const [, file = ''] = /recorded by cpdd in (.*)/.exec(stdout) ?? [];
    expect(file).toMatch(/\/recordings\/\d{8}T\d{6}Z-test-x{9}00\.cpdrec$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect.poll(() => statSync(file).size).toBeGreaterThan(0);
    const replay = await run('cpdctl', ['replay', file]);
    expect(replay).toMatchObject({ code: 0, stderr: '' });
    expect(replay.stdout).toContain('busy (Busy 6)');
    expect(await cpdctl('dial', '+12125550100', '--record', 'here.cpdrec')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^cpdctl: BAD_ARGUMENT: --record: /) as string,
    });
  });

  it.each(['boards', 'channels', 'dial', 'calls', 'campaign', 'agents', 'doctor'])(
    'explains %s with an example',
    async (command) => {
      const { code, stdout } = await cpdctl(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:');
    },
  );
});
