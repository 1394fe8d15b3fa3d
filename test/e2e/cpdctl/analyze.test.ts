import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzedFile, AnalyzeFailure } from '../../../src/cli/analysis/analyze-result.ts';
import { wavFile } from '../../../src/terminal/wav-file.ts';

const repository = new URL('../../..', import.meta.url).pathname;
const speech = join(repository, 'examples/speech');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'analyze-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function cpdctl(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const arguments_ = [join(repository, 'src/cli/cpdctl.ts'), ...options];
    execFile(process.execPath, arguments_, { cwd: folder, maxBuffer: 64e6 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

async function analyzeJson(...options: string[]) {
  const { code, stdout } = await cpdctl('analyze', '--json', ...options);
  const lines = stdout.trim().split('\n');
  return { code, lines: lines.map((line) => JSON.parse(line) as AnalyzedFile & Partial<AnalyzeFailure>) };
}

/** The µ-law file with a channel for each party: the left one silent, the right one as it was. */
function writeParties(name: string, mono: string): string {
  const file = readFileSync(mono);
  const audio = file.indexOf('data') + 8;
  const header = Buffer.from(file.subarray(0, audio));
  header.writeUInt16LE(2, 22);
  header.writeUInt16LE(2, 32);
  header.writeUInt32LE(2 * header.readUInt32LE(audio - 4), audio - 4);
  const silence = 0xff;
  const both = [...file.subarray(audio)].flatMap((code) => [silence, code]);
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([header, Buffer.from(both)]));
  return path;
}

/** A PCM file of two tones switched on and off in turn, each `onMs` long; 0 Hz: only silence. */
function writeTone(
  name: string,
  rateHz: number,
  hz: [number, number],
  onMs: number,
  seconds: number,
): string {
  const samples = Int16Array.from({ length: rateHz * seconds }, (_, at) => {
    const on = hz[0] > 0 && Math.floor((at * 1000) / rateHz / onMs) % 2 === 0;
    const sine = (frequency: number) => Math.sin((2 * Math.PI * frequency * at) / rateHz);
    return on ? 2_500 * (sine(hz[0]) + sine(hz[1])) : 0;
  });
  const path = join(folder, name);
  writeFileSync(path, wavFile({ rateHz, samples }));
  return path;
}

describe('cpdctl analyze --json', () => {
  it('knows the recordings of a file', async () => {
    const known = join(folder, 'known.cpdrecs');
    const file = join(speech, 'machine-03-en.wav');
    const learn = ['recordings', 'learn', file, '--name', 'mailbox', '--recordings', known];
    expect(await cpdctl(...learn)).toMatchObject({ code: 0 });
    const { lines } = await analyzeJson('--from', 'answer', '--recordings', known, file);
    expect(lines[0]?.evidence).toMatchObject({ rule: 'known-recording', recording: 'mailbox' });
    const missing = await cpdctl('analyze', '--recordings', join(folder, 'none.cpdrecs'), file);
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain('NO_SUCH_FILE');
  });

  it('says what a file is, with every field that scripts read', async () => {
    const busy = writeTone('busy.wav', 16_000, [480, 620], 500, 8);
    const { code, lines } = await analyzeJson(busy);
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    const [line] = lines;
    expect(Object.keys(line ?? {})).toEqual([
      'file',
      'verdict',
      'sit',
      'result',
      'resultName',
      'confidence',
      'decidedMs',
      'speechStartMs',
      'greetingEndMs',
      'beepMs',
      'segments',
      'evidence',
      'warning',
      'correction',
    ]);
    expect(line).toMatchObject({ file: busy, verdict: 'busy', sit: null, result: 6, resultName: 'Busy' });
    expect(line?.decidedMs).toBeLessThan(8_000);
    expect(line?.segments.length).toBeGreaterThan(5);
  });

  it('hears the same tone as something else by another plan', async () => {
    // 425 Hz at 250 ms: busy in Brazil, congestion in Germany.
    const file = writeTone('fast.wav', 8_000, [425, 425], 250, 8);
    expect((await analyzeJson('--plan', 'BR', file)).lines[0]?.verdict).toBe('busy');
    expect((await analyzeJson('--plan', 'DE', file)).lines[0]?.verdict).toBe('congestion');
  });

  it('tells a person from a machine when the file starts at answer', async () => {
    const files = ['live-07-en.wav', 'machine-01-en.wav'].map((name) => join(speech, name));
    const { lines } = await analyzeJson('--from', 'answer', ...files);
    expect(lines.map(({ file, verdict, result }) => [file, verdict, result])).toEqual([
      [files[0], 'live', 33],
      [files[1], 'machine', 9],
    ]);
  });

  it('says why in sentences', async () => {
    const { stdout } = await cpdctl(
      'analyze',
      '--from',
      'answer',
      '--explain',
      join(speech, 'machine-01-en.wav'),
    );
    expect(stdout).toMatch(
      /By the voice and the shape of the greeting, the probability of a machine was (more than )?9[0-9.]+ %/,
    );
  });

  it('takes a folder file by file, in the order of the names, and none twice', async () => {
    const { lines } = await analyzeJson('--from', 'answer', speech);
    const names = readdirSync(speech)
      .filter((name) => name.endsWith('.wav'))
      .sort();
    expect(lines.map(({ file }) => file)).toEqual(names.map((name) => join(speech, name)));
  });

  it('names each bad file in its own line and does the others', async () => {
    const noise = join(folder, 'noise.wav');
    writeFileSync(noise, 'this is no sound');
    const good = join(speech, 'live-01-en.wav');
    const { code, lines } = await analyzeJson('missing.wav', noise, good);
    expect(lines.map(({ file, error }) => (error === undefined ? file : [file, error.code]))).toEqual([
      ['missing.wav', 'NO_SUCH_FILE'],
      [noise, 'BAD_AUDIO'],
      good,
    ]);
    expect([65, 66]).toContain(code);
  });

  it('hears one channel of two, and warns where two parties were mixed', async () => {
    const mono = join(speech, 'live-01-en.wav');
    const parties = writeParties('parties.wav', mono);
    const heard = async (file: string, ...options: string[]) =>
      (await analyzeJson('--from', 'answer', ...options, file)).lines[0];
    const alone = await heard(mono);
    expect(alone).toMatchObject({ verdict: 'live', warning: null });
    expect(await heard(parties, '--channel', 'right')).toEqual({ ...alone, file: parties });
    expect(await heard(parties, '--channel', 'left')).toMatchObject({ speechStartMs: null, warning: null });
    expect(await heard(parties)).toMatchObject({ warning: { code: 'CHANNELS_DIFFER' } });
    const { code, stderr } = await cpdctl('analyze', '--from', 'answer', parties);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^cpdctl: warning: .*parties\.wav: its 2 channels differ .*--channel left or right\n$/,
    );
    expect(await heard(mono, '--channel', 'left')).toMatchObject({ error: { code: 'BAD_AUDIO' } });
  });

  it('refuses an unknown plan', async () => {
    const { code, lines } = await analyzeJson('--plan', 'XX', join(speech, 'live-01-en.wav'));
    expect(lines[0]?.error?.code).toBe('UNKNOWN_PLAN');
    expect(code).toBe(65);
  });
});

describe('cpdctl analyze', () => {
  it('writes one line a file, faults to stderr without a stack', async () => {
    const { code, stdout, stderr } = await cpdctl('analyze', join(speech, 'live-01-en.wav'), 'missing.wav');
    expect(stdout).toMatch(/^.*live-01-en\.wav {2}\w+.* % sure, by .*\n$/);
    expect(stderr).toMatch(/^cpdctl: NO_SUCH_FILE: .*missing\.wav.*\n$/);
    expect(code).toBe(66);
  });

  it('says what is wrong with a file, and what it takes', async () => {
    const noise = join(folder, 'words.wav');
    writeFileSync(noise, 'this is no sound');
    const { stderr } = await cpdctl('analyze', noise);
    expect(stderr).toBe(`cpdctl: BAD_AUDIO: ${noise}: not a RIFF/WAVE file; expected a WAV file\n`);
  });

  it('draws a picture of each file', async () => {
    const tones = join(folder, 'tones');
    mkdirSync(tones);
    const files = ['live-01-en', 'machine-02-en'].map((name) => join(speech, `${name}.wav`));
    expect((await cpdctl('analyze', '--plot', 'tones/out.svg', ...files)).code).toBe(0);
    expect(readdirSync(tones).sort()).toEqual(['out-live-01-en.svg', 'out-machine-02-en.svg']);
    const svg = readFileSync(join(tones, 'out-live-01-en.svg'), 'utf8');
    expect(svg).toMatch(/^<svg .*<polygon .*<\/svg>\n$/s);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

describe('cpdctl tones', () => {
  it('lists the plans and shows one', async () => {
    const list = await cpdctl('tones');
    expect(list.stdout).toMatch(/^GB\tUnited Kingdom\t/m);
    const { stdout } = await cpdctl('tones', 'us');
    expect(stdout).toContain(
      'ringback\t440+480/2000,0/4000\t440+480 Hz for 2 s, silence for 4 s, repeated\n',
    );
    const json = JSON.parse((await cpdctl('tones', 'US', '--json')).stdout) as { tones: { busy: object } };
    expect(json.tones.busy).toMatchObject({ notation: '480+620/500,0/500' });
  });

  it('refuses an unknown plan', async () => {
    expect(await cpdctl('tones', 'XX')).toMatchObject({ code: 65, stdout: '' });
  });
});
