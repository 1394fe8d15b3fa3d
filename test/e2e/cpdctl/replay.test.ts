import { crc32 } from 'node:zlib';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeFile } from '../../../src/board/analysis.ts';
import { run, scratch } from '../programs.ts';

let folder: ReturnType<typeof scratch>;
let recording: string;

const config = `board:
  driver: sim
  clock: {speed: 20}
  world:
    audioFolder: ${new URL('../../../examples/speech', import.meta.url).pathname}
    subscribers: [{number: '+12125550100', kind: machine, speech: [machine-01-en.wav]}]
dialPlan: {allow: ['^\\+1']}
detection: {maxHumanLoss: 1 %}
`;

beforeAll(async () => {
  folder = scratch({ 'cpdd.yaml': config });
  recording = folder.path('call.cpdrec');
  const args = ['dial', '+12125550100', '--config', folder.path('cpdd.yaml'), '--max-human-loss', '3 %'];
  const dialled = await run('cpdctl', [...args, '--hold', '2', '--record', recording]);
  expect(dialled).toMatchObject({ code: 0, stderr: '' });
});
afterAll(() => folder.remove());

describe('cpdctl replay', () => {
  it('gives the same verdict bit for bit from a recorded call', async () => {
    const { code, stdout, stderr } = await run('cpdctl', ['replay', recording]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/machine \(Answering Machine 9\)/);
    expect(stdout).toMatch(/the same as then: \d+ observations and pieces of evidence, bit for bit/);
    expect(stdout).toContain('at most 3 % of people lost');
  });

  it('says all of it as JSON, and writes what was heard', async () => {
    const wav = folder.path('call.wav');
    // One that others may read is theirs no longer.
    writeFileSync(wav, 'of before', { mode: 0o644 });
    const { code, stdout } = await run('cpdctl', ['replay', recording, '--json', '--wav', wav]);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      same: true,
      differences: 0,
      label: '*********00',
      full: false,
      settings: { startAt: 'dial', plan: 'US', mode: 'accurate_am_detection', inferAnswer: false },
      now: { verdict: 'machine' },
    });
    expect(report['recordedWith']).toBe(report['replayedWith']);
    expect(statSync(wav).mode & 0o777).toBe(0o600);
    const heard = await analyzeFile(wav);
    expect(heard.durationMs).toBe(report['durationMs']);
    expect(heard.evidence.verdict).toBe('machine');
  });

  it('says what differs, and ends with 1', async () => {
    // Another detector would have given another figure: here its last one, and the checksum made to fit.
    const other = folder.path('other.cpdrec');
    writeFileSync(other, withOtherLastFigure(readFileSync(recording)));
    const { code, stdout, stderr } = await run('cpdctl', ['replay', other]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^cpdctl: REPLAY_DIFFERS: .*: 1 of \d+ observations and pieces of evidence differ\n$/,
    );
    expect(stdout).toMatch(/ then: evidence .* \.\.\. .* [\d.]+\n {2}now: {2}evidence .* \.\.\. .* [\d.]+\n/);
    const json = await run('cpdctl', ['replay', other, '--json']);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      same: false,
      differences: 1,
      first: [{ recorded: expect.stringContaining(' verdict machine ') as string }],
    });
  });

  it.each([
    ['changed', (bytes: Buffer) => bytes.fill(1, 5_000, 5_010), /checksum|no step/],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 5_000), /cut short/],
    ['empty', () => Buffer.alloc(0), /is empty/],
    ['something else', () => Buffer.from('RIFF....WAVE'), /does not begin with cpd-recording 1/],
  ])('refuses a file that is %s, by code', async (_, change, why) => {
    const file = folder.path('bad.cpdrec');
    writeFileSync(file, change(readFileSync(recording)));
    const { code, stdout, stderr } = await run('cpdctl', ['replay', file]);
    expect(code).toBe(65);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^cpdctl: BAD_RECORDING: .*expected.*\n$/);
    expect(stderr).toMatch(why);
  });

  it('never writes over a file, and leaves none behind where nothing was dialled', async () => {
    const before = readFileSync(recording);
    const args = ['dial', '+12125550100', '--simulate', 'busy', '--record'];
    expect((await run('cpdctl', [...args, recording])).stderr).toMatch(/BAD_ARGUMENT: --record: .*EEXIST/);
    expect(readFileSync(recording).equals(before)).toBe(true);
    const file = folder.path('none.cpdrec');
    expect((await run('cpdctl', [...args, file, '--channel', '99'])).code).toBe(65);
    expect(existsSync(file)).toBe(false);
  });
});

/** The last byte before the end mark belongs to the last score. */
function withOtherLastFigure(bytes: Buffer): Buffer {
  const body = Buffer.from(bytes.subarray(0, -4));
  const last = body.length - 2;
  body[last] = (body[last] ?? 0) ^ 1;
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return Buffer.concat([body, sum]);
}
