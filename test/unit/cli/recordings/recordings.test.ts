import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordingsCommand } from '../../../../src/cli/recordings/recordings.ts';
import { readKnownRecordings } from '../../../../src/recordings/recordings-file.ts';
import { addCommands, createParser } from '../../../../src/terminal/program.ts';
import { speechFolder } from '../../../support/board/sim.ts';

let folder: string;
let file: string;
let stdout: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpd-recordings-'));
  file = join(folder, 'known.cpdrecs');
  stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Runs `cpdctl recordings ...` on the file. @returns what it printed */
async function recordings(...args: string[]): Promise<string> {
  stdout = '';
  const parser = addCommands(createParser('cpdctl'), 'cpdctl', [recordingsCommand]);
  await parser.parseAsync(['recordings', ...args, '--recordings', file]);
  return stdout;
}
const speech = (name: string) => join(speechFolder, `${name}.wav`);
const names = () => readKnownRecordings(file).map(({ name }) => name);
const refusal = (code: string, words: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(words) as string }) as Error;

describe('cpdctl recordings', () => {
  test('learn makes one known by a file, test names it, list shows it', async () => {
    expect(await recordings('learn', speech('machine-03-en'), '--name', 'mailbox')).toMatch(
      /^"mailbox" is known: \d\.\d s of sound, result machine\n$/,
    );
    await recordings('learn', speech('announcement-1-en'), '--result', 'sit', '--sit', 'VC');
    expect(names()).toEqual(['mailbox', 'announcement-1-en']);
    expect(
      await recordings('test', speech('machine-03-en'), speech('machine-05-en'), speech('announcement-1-en')),
    ).toMatch(
      /machine-03-en\.wav: "mailbox", machine \(0\.0 % .*\)\n.*machine-05-en\.wav: no known recording\n.*"announcement-1-en", sit VC/,
    );
    expect(await recordings('list')).toMatch(/mailbox\s+machine\s+\d\.\d s\s+\d{4}-\d\d-\d\d\s+a file\n/);
    const listed = JSON.parse(await recordings('list', '--json')) as Record<string, unknown>[];
    expect(listed).toMatchObject([
      { name: 'mailbox', verdict: 'machine', sit: null, origin: 'taught' },
      { name: 'announcement-1-en', verdict: 'sit', sit: 'VC', origin: 'taught' },
    ]);
    expect(listed[0]).not.toHaveProperty('prints');
  });

  test('learn refuses what is known, too short, or has a result that says nothing', async () => {
    await recordings('learn', speech('machine-03-en'), '--name', 'mailbox');
    const before = readFileSync(file);
    await expect(recordings('learn', speech('machine-03-en'), '--name', 'other')).rejects.toThrow(
      refusal('BAD_ARGUMENT', /known already as "mailbox"/),
    );
    await expect(recordings('learn', speech('machine-05-en'), '--name', 'mailbox')).rejects.toThrow(
      refusal('BAD_ARGUMENT', /is named "mailbox" already/),
    );
    await expect(recordings('learn', speech('live-05-en'))).rejects.toThrow(
      refusal('NOTHING_TO_LEARN', /expected at least 1\.5 s of speech/),
    );
    await expect(recordings('learn', speech('machine-05-en'), '--result', 'sit')).rejects.toThrow(
      refusal('BAD_ARGUMENT', /--result sit without --sit/),
    );
    await expect(recordings('learn', speech('machine-05-en'), '--sit', 'VC')).rejects.toThrow(
      refusal('BAD_ARGUMENT', /--result machine with --sit VC/),
    );
    await expect(recordings('learn', join(folder, 'nowhere.wav'))).rejects.toThrow(
      refusal('NO_SUCH_FILE', /nowhere/),
    );
    expect(readFileSync(file)).toEqual(before);
  });

  test('name gives one another name, forget removes it', async () => {
    await recordings('learn', speech('machine-03-en'), '--name', 'first');
    await recordings('learn', speech('machine-05-en'), '--name', 'second');
    expect(await recordings('name', 'first', 'mailbox of the north')).toBe(
      '"first" is "mailbox of the north" now\n',
    );
    expect(names()).toEqual(['mailbox of the north', 'second']);
    await expect(recordings('name', 'second', 'mailbox of the north')).rejects.toThrow(
      refusal('BAD_ARGUMENT', /already/),
    );
    await expect(recordings('name', 'third', 'x')).rejects.toThrow(refusal('NO_SUCH_RECORDING', /"third"/));
    await recordings('forget', 'second');
    expect(names()).toEqual(['mailbox of the north']);
    await expect(recordings('forget', 'second')).rejects.toThrow(refusal('NO_SUCH_RECORDING', /"second"/));
  });

  test('export and import take over what another site knows, once', async () => {
    const theirs = join(folder, 'theirs.cpdrecs');
    await recordings('learn', speech('machine-03-en'), '--name', 'mailbox');
    await recordings('learn', speech('machine-05-en'), '--name', 'other');
    expect(await recordings('export', theirs)).toBe(`${theirs}: 2 recordings\n`);
    rmSync(file);
    await recordings('learn', speech('machine-05-en'), '--name', 'mailbox');
    expect(await recordings('import', theirs)).toBe('1 recording taken over, 1 known already\n');
    expect(names()).toEqual(['mailbox', 'mailbox (2)']);
    expect(readKnownRecordings(file).map(({ origin }) => origin)).toEqual(['taught', 'imported']);
    expect(await recordings('list')).toMatch(/mailbox \(2\)\t.*\tanother site/);
    expect(await recordings('test', speech('machine-03-en'))).toMatch(/"mailbox \(2\)"/);
    expect(await recordings('import', theirs)).toBe('0 recordings taken over, 2 known already\n');
    expect(names()).toHaveLength(2);
  });

  test('a damaged file is refused in words and changes nothing', async () => {
    const theirs = join(folder, 'theirs.cpdrecs');
    writeFileSync(theirs, 'cpd-recordings 1\n????');
    await expect(recordings('import', theirs)).rejects.toThrow(refusal('BAD_RECORDINGS', /theirs.*damaged/));
    expect(existsSync(file)).toBe(false);
    await expect(recordings('list')).rejects.toThrow(refusal('NO_SUCH_FILE', /no such file/));
    await expect(recordings('import', join(folder, 'nowhere'))).rejects.toThrow(
      refusal('NO_SUCH_FILE', /nowhere/),
    );
  });
});
