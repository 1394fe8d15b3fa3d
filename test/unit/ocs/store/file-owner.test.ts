import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownerOf } from '../../../../src/ocs/store/file-owner.ts';

let folder: string;
let file: string;
const own = process.getuid?.() ?? 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'owner-'));
  file = join(folder, 'ocs.db');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** The program runs as somebody else than who made the files. */
const runAs = (user: number) => vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(user);

describe('whose file keeps a program from writing', () => {
  it('is nobody else, where file and folder are its own', () => {
    writeFileSync(file, '');
    expect(ownerOf(file)).toBe('');
  });

  it('is the owner of the file', () => {
    writeFileSync(file, '');
    runAs(own + 1);
    expect(ownerOf(file)).toBe(
      ` (${file} belongs to user ${String(own)}, this program runs as user ${String(own + 1)})`,
    );
  });

  it('is the owner of the folder, where the file is not there yet', () => {
    runAs(own + 1);
    expect(ownerOf(file)).toBe(
      ` (${folder} belongs to user ${String(own)}, this program runs as user ${String(own + 1)})`,
    );
  });

  it('is not known where neither is there', () => {
    runAs(own + 1);
    expect(ownerOf(join(folder, 'none', 'ocs.db'))).toBe('');
  });

  it('is not known below what is no folder', () => {
    writeFileSync(file, '');
    runAs(own + 1);
    expect(ownerOf(join(file, 'none', 'ocs.db'))).toBe('');
  });

  it.skipIf(own !== 0)('is that of the folder, where only the file is its own', () => {
    writeFileSync(file, '');
    chownSync(folder, 12_345, 12_345);
    expect(ownerOf(file)).toBe(` (${folder} belongs to user 12345, this program runs as user 0)`);
  });
});
