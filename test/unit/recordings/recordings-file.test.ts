import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredRecording } from '../../../src/board/known-recordings.ts';
import Database from 'better-sqlite3';
import { changeKnownRecordings, readKnownRecordings } from '../../../src/recordings/recordings-file.ts';
import { anotherUser, canBeAnother } from '../../support/another-user.ts';
import { drawnPrints } from '../../support/prints.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpd-known-'));
  file = join(folder, 'known.cpdrecs');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const recording = (name: string, seed: number, over: Partial<StoredRecording> = {}): StoredRecording => ({
  name,
  verdict: 'machine',
  sit: null,
  origin: 'learnt',
  knownSince: 1_790_000_000,
  numbers: 3,
  prints: drawnPrints(seed),
  ...over,
});
const add = (...added: StoredRecording[]) =>
  changeKnownRecordings(file, (recordings) => ({ recordings: [...recordings, ...added], result: null }));

describe('the file of known recordings', () => {
  test('is empty where there is none, and is read as it was written', () => {
    expect(readKnownRecordings(file)).toEqual([]);
    const all = [
      recording('mailbox', 1),
      recording('not in service', 2, { verdict: 'sit', sit: 'VC', origin: 'taught', numbers: 0 }),
    ];
    add(...all);
    expect(readKnownRecordings(file)).toEqual(all);
  });

  test('is for its owner and the group, and nothing is left beside it', () => {
    add(recording('mailbox', 1));
    add(recording('another', 2));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['known.cpdrecs', 'known.cpdrecs.lock']);
  });

  test('is another file after a change, so that who reads the old one is not disturbed', () => {
    add(recording('mailbox', 1));
    const before = statSync(file).ino;
    add(recording('another', 2));
    expect(statSync(file).ino).not.toBe(before);
  });

  test('stays as it is when a change fails, or changes nothing', () => {
    add(recording('mailbox', 1));
    const before = readFileSync(file);
    expect(() => add(recording('mailbox', 2))).toThrow(
      expect.objectContaining({ code: 'BAD_RECORDINGS' }) as Error,
    );
    changeKnownRecordings(file, () => ({ recordings: null, result: null }));
    expect(readFileSync(file)).toEqual(before);
    add(recording('another', 2));
    expect(readKnownRecordings(file)).toHaveLength(2);
  });

  test('is changed by one process at a time', () => {
    const other = new Database(`${file}.lock`);
    other.exec('BEGIN EXCLUSIVE');
    expect(() => add(recording('mailbox', 1))).toThrow(
      expect.objectContaining({ code: 'BAD_RECORDINGS' }) as Error,
    );
    other.close();
    add(recording('mailbox', 1));
    expect(readKnownRecordings(file)).toHaveLength(1);
  });

  test.each([
    [
      'a byte that changed',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 400 ? byte ^ 1 : byte))),
      /damaged/,
    ],
    ['an end that is missing', (bytes: Buffer) => bytes.subarray(0, -9), /damaged or cut short/],
    ['something else', () => Buffer.from('RIFF1234WAVE'), /no file of recordings/],
    ['a later version', () => Buffer.from('cpd-recordings 9\nxxxxxxxx'), /another version/],
  ])('is refused with %s, in words', (_, damage, words) => {
    add(recording('mailbox', 1));
    writeFileSync(file, damage(readFileSync(file)));
    expect(() => readKnownRecordings(file)).toThrow(
      expect.objectContaining({
        code: 'BAD_RECORDINGS',
        message: expect.stringMatching(words) as string,
      }) as Error,
    );
    // Neither is it written over.
    const damaged = readFileSync(file);
    expect(() => add(recording('another', 2))).toThrow(words);
    expect(readFileSync(file)).toEqual(damaged);
  });

  test('cannot be made where there is no folder', () => {
    file = join(folder, 'nowhere', 'known.cpdrecs');
    expect(() => add(recording('mailbox', 1))).toThrow(
      expect.objectContaining({ code: 'BAD_RECORDINGS' }) as Error,
    );
    expect(existsSync(file)).toBe(false);
  });

  test('is not read where it is no file, or larger than it can be', () => {
    mkdirSync(file);
    expect(() => readKnownRecordings(file)).toThrow(/no regular file/);
    rmSync(file, { recursive: true });
    writeFileSync(file, '');
    truncateSync(file, 80_000_001);
    expect(() => readKnownRecordings(file)).toThrow(/at most 80000000/);
  });

  test('follows no link in the place of its lock', () => {
    const others = join(folder, 'of-others');
    symlinkSync(others, `${file}.lock`);
    expect(() => add(recording('mailbox', 1))).toThrow(
      expect.objectContaining({ code: 'BAD_RECORDINGS' }) as Error,
    );
    expect(existsSync(others)).toBe(false);
  });
});

const { uid, gid } = anotherUser;

describe.runIf(canBeAnother())('changed by root in the folder of another user', () => {
  let roots: string;
  beforeEach(() => {
    chownSync(folder, uid, gid);
    roots = join(tmpdir(), `cpd-roots-${basename(folder)}`);
    writeFileSync(roots, 'of root', { mode: 0o644 });
  });
  afterEach(() => {
    rmSync(roots);
  });
  const ownerOf = (path: string) => {
    const found = statSync(path);
    return [found.uid, found.gid];
  };

  test('the file and its lock are that user’s, and root is root again', () => {
    add(recording('mailbox', 1));
    add(recording('another', 2));
    for (const path of [file, `${file}.lock`]) expect(ownerOf(path)).toEqual([uid, gid]);
    expect([process.geteuid?.(), process.getegid?.()]).toEqual([0, process.getgid?.()]);
  });

  test.each(['.lock', '.lock-journal', '.new', ''])(
    'a link to a file of root at %j leaves that as it is',
    (at) => {
      symlinkSync(roots, `${file}${at}`);
      try {
        add(recording('mailbox', 1));
      } catch {
        // Refused, or done beside it: either will do.
      }
      expect(readFileSync(roots, 'utf8')).toBe('of root');
      expect(ownerOf(roots)).toEqual([0, process.getgid?.()]);
      expect(process.geteuid?.()).toBe(0);
    },
  );

  test('only what that user may write is written: not a folder in which they may not', () => {
    chmodSync(folder, 0o555);
    expect(() => add(recording('mailbox', 1))).toThrow(/EACCES/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
