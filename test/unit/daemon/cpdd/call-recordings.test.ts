import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createCallRecordings, muLawInTurns } from '../../../../src/daemon/cpdd/call-recordings.ts';
import type { Log } from '../../../../src/domain/log.ts';
import { toMuLaw } from '../../../../src/domain/sound/mu-law.ts';
import { mostRecordedBytes } from '../../../../src/link/recording-schemas.ts';
import { silentLog } from '../../../support/silent-log.ts';

let parent: string;
let folder: string;
let warned: string[];
let log: Log;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'recordings-'));
  folder = join(parent, 'calls');
  warned = [];
  log = { ...silentLog, warn: (_: unknown, text?: string) => void warned.push(text ?? '') };
});
afterEach(() => rmSync(parent, { recursive: true }));

const call = (attemptId: string) => ({ attemptId, number: '+12125550147' });

test('a long recording becomes µ-law in turns: other work is done meanwhile', async () => {
  const samples = Int16Array.from({ length: 100_001 }, (_, at) => at * 7);
  let turns = 0;
  let over = false;
  const count = () => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const bytes = await muLawInTurns(samples);
  over = true;
  expect(bytes).toEqual(toMuLaw(samples));
  expect(turns).toBeGreaterThanOrEqual(3);
});

test('no more is converted than a message may hold', async () => {
  expect(await muLawInTurns(new Int16Array(mostRecordedBytes + 1))).toHaveLength(mostRecordedBytes);
});

describe('recordings of calls', () => {
  it('are new files for their owner only, the number masked', () => {
    const recordings = createCallRecordings(
      { folder, share: 1, mostMegabytes: 1 },
      () => 1_769_000_000_000,
      log,
    );
    const file = recordings.fileFor(call('0b8a/../c1')) ?? '';
    expect(basename(file)).toBe('20260121T125320Z-0b8a____c1-xxxxxxxxx47.cpdrec');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).size).toBe(0);
    // The same name again is not written over.
    expect(recordings.fileFor(call('0b8a/../c1'))).toBeUndefined();
    expect(warned).toEqual(['calls are not recorded: EEXIST']);
  });

  it('take their share of the calls, the same calls each time', () => {
    const recordings = createCallRecordings({ folder, share: 0.25, mostMegabytes: 1 }, () => 0, silentLog);
    const ids = Array.from({ length: 400 }, (_, at) => `call-${at}`);
    const taken = ids.filter((id) => recordings.fileFor(call(id)) !== undefined);
    expect(taken.length).toBeGreaterThan(60);
    expect(taken.length).toBeLessThan(140);
    rmSync(folder, { recursive: true });
    const again = createCallRecordings({ folder, share: 0.25, mostMegabytes: 1 }, () => 0, silentLog);
    expect(ids.filter((id) => again.fileFor(call(id)) !== undefined)).toEqual(taken);
    // An engineer's call is recorded whatever the share.
    const left = ids.find((id) => !taken.includes(id)) ?? '';
    expect(again.fileForTest(call(left))).toBeDefined();
  });

  it('end when the folder is full, say so once, and go on when there is room', () => {
    let now = 0;
    const recordings = createCallRecordings({ folder, share: 1, mostMegabytes: 1 }, () => now, log);
    writeFileSync(join(folder, 'old.cpdrec'), Buffer.alloc(1_000_000));
    expect(recordings.fileFor(call('a'))).toBeUndefined();
    expect(recordings.fileFor(call('b'))).toBeUndefined();
    expect(warned).toEqual(['calls are not recorded: the folder holds 1 MB']);
    rmSync(join(folder, 'old.cpdrec'));
    now = 60_000;
    expect(recordings.fileFor(call('c'))).toBeDefined();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('are refused at the start where the folder cannot be', () => {
    const nowhere = join(parent, 'not', 'there');
    expect(() => createCallRecordings({ folder: nowhere, share: 1, mostMegabytes: 1 }, () => 0, log)).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG', field: 'recordings.folder' }) as Error,
    );
    expect(existsSync(nowhere)).toBe(false);
  });

  it('are found by the attempt that they are of, and by nothing else', async () => {
    const recordings = createCallRecordings({ folder, share: 1, mostMegabytes: 1 }, () => 0, log);
    const file = recordings.fileFor(call('a-1')) ?? '';
    expect(await recordings.soundOf('a-1')).toBeNull();
    writeFileSync(file, 'no recording');
    await expect(recordings.soundOf('a-1')).rejects.toMatchObject({ code: 'BAD_RECORDING' });
    for (const id of ['a', '1', 'a-12', 'a-1-x', '.*', '../calls/a-1', 'a_1', '', basename(file)]) {
      expect([id, await recordings.soundOf(id)]).toEqual([id, null]);
    }
    // An id that a name cannot tell from another has none.
    writeFileSync(recordings.fileFor(call('b/1')) ?? '', 'no recording');
    expect(await recordings.soundOf('b/1')).toBeNull();
    // Nor has what only leads to a file.
    writeFileSync(join(parent, 'secret'), 'no recording');
    symlinkSync(join(parent, 'secret'), join(folder, '19700101T000000Z-c-1-xx47.cpdrec'));
    expect(await recordings.soundOf('c-1')).toBeNull();
  });
});
