import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../../../src/eval/calls/manifest.ts';
import type { Report } from '../../../../src/eval/report/report.ts';

const heading =
  'file,label,subtype,source,speaker,answer_ms,speech_start_ms,greeting_end_ms,beep_ms,lang,tone\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eval-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function manifest(...rows: string[]): void {
  writeFileSync(join(folder, 'manifest.csv'), heading + rows.map((row) => `${row}\n`).join(''));
}

/** A folder of examples: two people and one machine, as WAV files that start at answer. */
function examples(): void {
  for (const name of ['live-01-en', 'live-21-de', 'machine-01-en'])
    copyFileSync(`examples/speech/${name}.wav`, join(folder, `${name}.wav`));
  manifest(
    'live-01-en.wav,human,short,examples,slt,0,0,600,,en,',
    'live-21-de.wav,human,short,examples,de,0,0,900,,de,',
    'machine-01-en.wav,machine,tts-nobeep,synthetic voice,m1,0,0,6000,,en,',
  );
}

function run(...args: string[]) {
  return spawnSync(process.execPath, ['src/eval/main.ts', ...args], { encoding: 'utf8', timeout: 60_000 });
}

describe('a manifest', () => {
  const known = ['US', 'DE', 'FR'];
  const touch = (...files: string[]) => files.forEach((file) => writeFileSync(join(folder, file), ''));

  it('gives plan, start, labels and beeps', () => {
    touch('a.wav', 'b.wav', 'c.flac');
    manifest(
      'a.wav,human,ringback-de+long,x,s,2500,3000,4000,,,',
      'b.wav,sit:NC1,alone,synthesized: table,,,100,,,,SIT',
      'c.flac,machine,tts,synthetic: voice,,0,200,2270,3000,,beep rec:x -20 dBFS',
    );
    const [a, b, c] = readManifest(folder, known, null);
    expect(a).toMatchObject({ truth: 'human', plan: 'DE', from: 'dial', answerMs: 2500, generated: false });
    expect(b).toMatchObject({ truth: 'sit', sit: "NC'", plan: 'US', from: 'dial', answerMs: null });
    expect(b?.generated).toBe(true);
    expect(c).toMatchObject({ truth: 'machine', from: 'answer', generated: true });
    expect(c?.beep).toEqual({ startMs: 3000, endMs: 3300, recorded: true });
    expect(readManifest(folder, known, 'FR').map(({ plan }) => plan)).toEqual(['FR', 'FR', 'FR']);
  });

  it('says which channel of a file is heard', () => {
    touch('a.wav', 'b.wav');
    const rows = (channel: string) =>
      `file,label,answer_ms,channel\na.wav,human,0,${channel}\nb.wav,human,0,\n`;
    writeFileSync(join(folder, 'manifest.csv'), rows('right'));
    expect(readManifest(folder, known, null).map(({ channel }) => channel)).toEqual(['right', 'both']);
    expect(readManifest(folder, known, null, 'left').map(({ channel }) => channel)).toEqual(['left', 'left']);
    writeFileSync(join(folder, 'manifest.csv'), rows('middle'));
    expect(() => readManifest(folder, known, null)).toThrow(
      /line 2, channel is "middle"; expected one of both/,
    );
  });

  it.each([
    ['a.wav,person,,,,0,,,,,', 'BAD_CSV', /line 2, label is "person"; expected one of human, machine/],
    ['a.wav,sit:XX,,,,,,,,,', 'BAD_CSV', /line 2, label is "sit:XX"/],
    ['a.wav,human:IC,,,,,,,,,', 'BAD_CSV', /line 2, label/],
    ['a.wav,human,,,,soon,,,,,', 'BAD_CSV', /line 2, answer_ms is "soon"; expected milliseconds/],
    ['../a.wav,human,,,,0,,,,,', 'BAD_CSV', /line 2, file is "..\/a.wav"; expected a file of this folder/],
    ['b.wav,human,,,,0,,,,,', 'NO_SUCH_FILE', /b\.wav: no such file/],
    ['a.wav,human', 'BAD_CSV', /Invalid Record Length/],
    [
      'a.wav,human,,,,0,900,400,,,',
      'BAD_CSV',
      /greeting_end_ms is 400; expected at least speech_start_ms, 900/,
    ],
    ['a.wav,human,,,,Infinity,,,,,', 'BAD_CSV', /answer_ms is "Infinity"; expected milliseconds/],
    ['a.wav,human,,,,0,,,,,\na.wav,machine,,,,0,,,,,', 'BAD_CSV', /line 3, file is a.wav, as in line 2/],
  ])('is refused for %s', (row, code, message) => {
    touch('a.wav');
    manifest(row);
    expect(() => readManifest(folder, known, null)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });

  it('must be there, with the columns that matter', () => {
    expect(() => readManifest(folder, known, null)).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_FILE', field: 'DIR' }),
    );
    writeFileSync(join(folder, 'manifest.csv'), 'file,label,label\na.wav,human,machine\n');
    expect(() => readManifest(folder, known, null)).toThrow(
      /has two columns label; expected each column once/,
    );
    writeFileSync(join(folder, 'manifest.csv'), 'file,kind\na.wav,human\n');
    expect(() => readManifest(folder, known, null)).toThrow(/has no column label but "file, kind"/);
  });
});

describe('npm run eval', () => {
  it('prints one JSON object, quietly, and leaves nothing behind', () => {
    examples();
    const scratch = join(folder, 'scratch');
    mkdirSync(scratch);
    const { stdout, stderr, status } = spawnSync(process.execPath, ['src/eval/main.ts', folder, '--json'], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: scratch },
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report.files).toBe(3);
    expect(report.calls.map(({ file, truth }) => [file, truth])).toEqual([
      ['live-01-en.wav', 'human'],
      ['live-21-de.wav', 'human'],
      ['machine-01-en.wav', 'machine'],
    ]);
    expect(report.people.lost).toMatchObject({ n: 2, count: 0 });
    expect(report.cpu.perChannelSecondMs).toBeGreaterThan(0);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('prints tables and writes a page', () => {
    examples();
    const page = join(folder, 'report.html');
    const { stdout, status } = run(folder, '--html', page, '--wrong', '--vary', 'loss,gaps', '--sweep');
    expect(status).toBe(0);
    expect(stdout).toContain('people lost: 0 of 2');
    expect(stdout).toMatch(/3 % lost, marked as lost {2,}0 of 2/);
    expect(stdout).toMatch(/\n0\.30 % +0 of 2, .*\n/);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('The same calls on other lines');
    expect(html).toContain('The knob');
    expect(html).toContain('</html>');
  });

  it('leaves out a file that is no audio, and says so', () => {
    examples();
    writeFileSync(join(folder, 'live-21-de.wav'), 'no audio');
    const { stdout, stderr, status } = run(folder, '--json');
    expect(stderr).toMatch(/^eval: BAD_AUDIO: live-21-de\.wav is left out: /);
    expect(status).toBe(65);
    expect((JSON.parse(stdout) as Report).files).toBe(2);
  });

  it('says what is missing for FLAC', () => {
    examples();
    writeFileSync(join(folder, 'a.flac'), '');
    manifest('a.flac,human,,,,0,,,,,');
    const { stderr, status } = spawnSync(process.execPath, ['src/eval/main.ts', folder], {
      encoding: 'utf8',
      env: { ...process.env, PATH: folder },
    });
    expect(stderr).toBe(
      'eval: NOT_SUPPORTED: FLAC files need the program flac (ENOENT); expected flac on the PATH (apt install flac), or WAV files instead\n',
    );
    expect(status).toBe(69);
  });

  it.each([
    [[], 'BAD_ARGUMENT: a folder is missing', 2],
    [['/nowhere'], 'NO_SUCH_FILE: /nowhere/manifest.csv cannot be read (ENOENT)', 66],
    [['.', '--plan', 'XX'], 'UNKNOWN_PLAN: plan: no tone plan "XX"', 65],
    [
      ['.', '--timeout', '0'],
      'BAD_ARGUMENT: --timeout 0 is not a time limit; expected a whole number of ms above 0',
      2,
    ],
    [['.', '--vary', 'louder'], 'BAD_ARGUMENT: --vary louder: expected all, or some of level, noise', 2],
    [['.', '--max-human-loss', '50 %'], 'BAD_ARGUMENT: --max-human-loss 50 %: expected a share of people', 2],
  ])('refuses %j', (args, message, exit) => {
    const { stderr, status } = run(...args);
    expect(stderr).toContain(`eval: ${message}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(exit);
  });
});
