import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { changeKnownRecordings, readKnownRecordings } from '../../../src/recordings/recordings-file.ts';
import { createRecordingLearner, type RecordingLearner } from '../../../src/recordings/learner.ts';
import { drawnPrints, onAnotherLine } from '../../support/prints.ts';
import { silentLog } from '../../support/silent-log.ts';

let folder: string;
let file: string;
let learner: RecordingLearner;
let seconds: number;
const now = () => seconds;
const open = () => createRecordingLearner(file, now, silentLog);
beforeEach(() => {
  seconds = Date.UTC(2026, 10, 30) / 1_000;
  folder = mkdtempSync(join(tmpdir(), 'cpd-learner-'));
  file = join(folder, 'known.cpdrecs');
  learner = open();
});
afterEach(() => {
  learner.close();
  rmSync(folder, { recursive: true });
});

const hear = (number: string, prints: Uint32Array) => {
  learner.teach({ number, prints, lesson: { kind: 'learn' } });
};
const joined = (...parts: Uint32Array[]) => Uint32Array.from(parts.flatMap((part) => [...part]));
const doubt = (name: string) => {
  learner.teach({ number: '555', prints: null, lesson: { kind: 'unlearn', name } });
};
const said = (prints: Uint32Array) => {
  learner.teach({ number: '555', prints, lesson: { kind: 'doubt' } });
};
const known = () => readKnownRecordings(file);

describe('learning from calls', () => {
  test('a recording heard from three numbers is known, on whatever line', () => {
    const prints = drawnPrints(1);
    hear('5550001', prints);
    hear('5550002', onAnotherLine(prints));
    expect(known()).toEqual([]);
    hear('5550003', onAnotherLine(prints, 5));
    expect(known()).toEqual([
      {
        name: 'learnt-20261130-1',
        verdict: 'machine',
        sit: null,
        origin: 'learnt',
        knownSince: now(),
        numbers: 3,
        prints,
      },
    ]);
  });

  test('one number counts once, however often it is called and the daemon is started', () => {
    const prints = drawnPrints(1);
    for (let call = 0; call < 5; call++) {
      hear('5550001', prints);
      learner.close();
      learner = open();
    }
    hear('5550002', prints);
    expect(known()).toEqual([]);
    hear('5550003', prints);
    expect(known()).toHaveLength(1);
  });

  test('recordings are told apart, also among many', () => {
    for (let number = 0; number < 2; number++) {
      for (let seed = 1; seed <= 100; seed++) hear(`555${number}`, drawnPrints(seed));
    }
    expect(known()).toEqual([]);
    for (const seed of [3, 70, 100]) hear('5559', onAnotherLine(drawnPrints(seed)));
    expect(known().map(({ name, prints }) => [name, prints])).toEqual([
      ['learnt-20261130-1', drawnPrints(3)],
      ['learnt-20261130-2', drawnPrints(70)],
      ['learnt-20261130-3', drawnPrints(100)],
    ]);
  });

  test('what is too short, and what is known already, is not learnt', () => {
    const short = drawnPrints(1, 74);
    for (const number of ['1', '2', '3', '4']) hear(`555${number}`, short);
    expect(known()).toEqual([]);
    const taught = { verdict: 'machine', sit: null, origin: 'taught', knownSince: 1, numbers: 0 } as const;
    changeKnownRecordings(file, () => ({
      recordings: [{ ...taught, name: 'taught meanwhile', prints: drawnPrints(2) }],
      result: null,
    }));
    for (const number of ['1', '2', '3']) hear(`555${number}`, drawnPrints(2));
    expect(known().map(({ name }) => name)).toEqual(['taught meanwhile']);
  });

  test('the candidates heard longest ago make room', () => {
    for (let seed = 1; seed <= 1_080; seed++) hear('5550001', drawnPrints(seed, 80));
    for (const number of ['5550002', '5550003']) {
      hear(number, drawnPrints(5, 80));
      hear(number, drawnPrints(1_000, 80));
    }
    expect(known().map(({ prints }) => prints)).toEqual([drawnPrints(1_000, 80)]);
  });

  test('a doubted recording is forgotten if it was learnt, and kept if it was taught', () => {
    const prints = drawnPrints(1);
    for (const number of ['1', '2', '3']) hear(`555${number}`, prints);
    doubt('learnt-20261130-1');
    expect(known()).toEqual([]);
    const taught = { verdict: 'machine', sit: null, origin: 'taught', knownSince: 1, numbers: 0 } as const;
    changeKnownRecordings(file, () => ({
      recordings: [
        { ...taught, name: 'mailbox', prints },
        { ...taught, name: 'of another site', origin: 'imported', prints: drawnPrints(2) },
      ],
      result: null,
    }));
    doubt('mailbox');
    doubt('of another site');
    doubt('never heard of');
    expect(known().map(({ name }) => name)).toEqual(['mailbox']);
  });

  test('only what all numbers had in common becomes known', () => {
    const common = drawnPrints(1, 250);
    const calls = [2, 3, 4].map((own) => joined(common, drawnPrints(own, 150)));
    for (const [at, prints] of calls.entries()) hear(`555${at}`, prints);
    expect(known().map(({ prints }) => prints)).toEqual([common]);
  });

  test('what begins late, or is behind words of its own, is the same recording', () => {
    const common = drawnPrints(1, 300);
    hear('5550001', common);
    hear('5550002', common.subarray(60));
    hear('5550003', joined(drawnPrints(2, 50), common.subarray(0, 240)));
    expect(known().map(({ prints }) => prints)).toEqual([common.subarray(60, 240)]);
  });

  test('what lies before the words of each call alone, of people too, is not learnt', () => {
    const preamble = drawnPrints(1, 100);
    for (const own of [2, 3, 4, 5, 6, 7]) hear(`555${own}`, joined(preamble, drawnPrints(own, 300)));
    expect(known()).toEqual([]);
  });

  test('what is common and too short to be told by is not learnt', () => {
    const common = drawnPrints(1, 70);
    for (const own of [2, 3, 4, 5]) hear(`555${own}`, joined(common, drawnPrints(own, 20)));
    expect(known()).toEqual([]);
  });

  test('a sound that goes on and on is not learnt, however long', () => {
    const few = drawnPrints(1, 49);
    const buzz = Uint32Array.from({ length: 400 }, (_, at) => few[at % few.length] ?? 0);
    for (const number of ['1', '2', '3', '4']) hear(`555${number}`, buzz);
    expect(known()).toEqual([]);
  });

  test('one number is one, however it is written', () => {
    const prints = drawnPrints(1);
    for (const number of ['+12025550001', '12025550001', '0012025550001', '01112025550001', '2025550001']) {
      hear(number, prints);
    }
    hear('+1 (202) 555-0001', prints);
    hear('+12025550002', prints);
    expect(known()).toEqual([]);
    hear('+12025550003', prints);
    expect(known()).toHaveLength(1);
  });

  test('a doubted recording is not learnt again, after a restart neither', () => {
    const prints = drawnPrints(1);
    for (const number of ['1', '2', '3']) hear(`555${number}`, prints);
    doubt('learnt-20261130-1');
    for (const number of ['4', '5', '6']) hear(`555${number}`, onAnotherLine(prints));
    learner.close();
    learner = open();
    for (const number of ['7', '8', '9']) hear(`555${number}`, onAnotherLine(prints, 5));
    expect(known()).toEqual([]);
  });

  /** Doubts what was learnt while another process keeps the file from being changed, until `other` is closed. */
  const doubtedInVain = (how: () => void) => {
    for (const number of ['1', '2', '3']) hear(`555${number}`, drawnPrints(1));
    const other = new Database(`${file}.lock`);
    other.exec('BEGIN EXCLUSIVE');
    how();
    expect(known()).toHaveLength(1);
    return other;
  };
  describe.each<[string, () => void]>([
    ['by name', () => doubt('learnt-20261130-1')],
    ['by its sound', () => said(drawnPrints(1))],
  ])('what another process kept from being forgotten, doubted %s', (_, how) => {
    test('is forgotten with the next call', () => {
      doubtedInVain(how).close();
      hear('5554', drawnPrints(2));
      expect(known()).toEqual([]);
    });

    test('is forgotten without one, as soon as the file is free', () => {
      vi.useFakeTimers();
      try {
        const other = doubtedInVain(how);
        vi.advanceTimersByTime(5_000);
        expect(known()).toHaveLength(1);
        other.close();
        vi.advanceTimersByTime(5_000);
        expect(known()).toEqual([]);
        expect(vi.getTimerCount()).toBe(0);
      } finally {
        vi.useRealTimers();
      }
    });

    test('is forgotten at the end at the latest', () => {
      doubtedInVain(how).close();
      learner.close();
      expect(known()).toEqual([]);
      learner = open();
    });

    test('keeps no other call from teaching, and is not learnt again', () => {
      const other = doubtedInVain(how);
      hear('5554', drawnPrints(2));
      other.close();
      for (const number of ['5', '6']) hear(`555${number}`, drawnPrints(2));
      for (const number of ['7', '8', '9']) hear(`555${number}`, drawnPrints(1));
      expect(known().map(({ prints }) => prints)).toEqual([drawnPrints(2)]);
    });
  });

  test('another process that is done soon is waited for', async () => {
    for (const number of ['1', '2']) hear(`555${number}`, drawnPrints(1));
    const holder = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const lock = new (require('better-sqlite3'))(workerData);
       lock.exec('BEGIN EXCLUSIVE');
       parentPort.postMessage('held');
       setTimeout(() => lock.close(), 100);`,
      { eval: true, workerData: `${file}.lock` },
    );
    await once(holder, 'message');
    hear('5553', drawnPrints(1));
    expect(known()).toHaveLength(1);
    await once(holder, 'exit');
  });

  test('a taught one that is doubted is said once, until the file is another', () => {
    const said: unknown[] = [];
    learner.close();
    learner = createRecordingLearner(file, now, { ...silentLog, warn: (what) => said.push(what) });
    const mailbox = { name: 'mailbox', verdict: 'machine', sit: null, knownSince: 1, numbers: 0 } as const;
    const keep = (origin: 'taught' | 'imported') =>
      changeKnownRecordings(file, () => ({
        recordings: [{ ...mailbox, origin, prints: drawnPrints(1) }],
        result: null,
      }));
    keep('taught');
    doubt('mailbox');
    doubt('mailbox');
    expect(said).toEqual([{ recording: 'mailbox' }]);
    keep('imported');
    doubt('mailbox');
    expect(known()).toEqual([]);
  });

  test('what was not heard again for 90 days is dropped at the next start', () => {
    hear('5551', drawnPrints(1));
    hear('5552', drawnPrints(1));
    learner.close();
    seconds += 90 * 86_400 + 1;
    learner = open();
    hear('5553', drawnPrints(1));
    expect(known()).toEqual([]);
  });

  test('a key that is not whole is refused', () => {
    learner.close();
    writeFileSync(`${file}.key`, '');
    expect(open).toThrow(expect.objectContaining({ code: 'BAD_RECORDINGS' }) as Error);
    rmSync(`${file}.key`);
    learner = open();
    expect(statSync(`${file}.key`).size).toBe(32);
    expect(readdirSync(folder).filter((name) => name.includes('.key.'))).toEqual([]);
  });

  test('numbers are nowhere in clear, and nobody else may read what is kept', () => {
    hear('15551234567', drawnPrints(1));
    learner.close();
    for (const name of [`${file}.learning`, `${file}.key`]) {
      expect(statSync(name).mode & 0o777, name).toBe(0o600);
      expect(readFileSync(name).includes('15551234567'), name).toBe(false);
    }
    learner = open();
  });

  test('a file that cannot be used costs what was taught, and no call', () => {
    writeFileSync(file, 'not what it should be');
    for (const number of ['1', '2', '3']) hear(`555${number}`, drawnPrints(1));
    expect(readFileSync(file, 'utf8')).toBe('not what it should be');
    rmSync(file);
    hear('5554', drawnPrints(1));
    expect(known()).toMatchObject([{ numbers: 4 }]);
  });
});

describe('what a person said', () => {
  test('is never learnt, though others were heard with it before', () => {
    const prints = drawnPrints(1);
    hear('5550001', prints);
    hear('5550002', prints);
    said(onAnotherLine(prints));
    hear('5550003', prints);
    hear('5550004', prints);
    expect(known()).toEqual([]);
    learner.close();
    learner = open();
    hear('5550005', prints);
    hear('5550006', prints);
    hear('5550007', prints);
    expect(known()).toEqual([]);
  });

  test('is forgotten if it was learnt, and nothing else is', () => {
    for (const seed of [1, 2])
      for (const number of ['51', '52', '53']) hear(`55500${number}`, drawnPrints(seed));
    expect(known()).toHaveLength(2);
    said(onAnotherLine(drawnPrints(1)));
    expect(known().map(({ prints }) => prints)).toEqual([drawnPrints(2)]);
  });
});
