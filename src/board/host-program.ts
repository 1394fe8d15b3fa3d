import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DialogicBoardConfig } from './dialogic-config.ts';

/** Bits of a program's or a library's pointers. */
export type Bits = 32 | 64;

/** The boardhost program of this installation; whether it was built is another question. */
export function hostProgram(bits: Bits): string {
  // The same place seen from src/board and from dist/board, as for the addon.
  const name = bits === 64 ? 'boardhost' : 'boardhost32';
  return fileURLToPath(new URL(`../../build/Release/${name}`, import.meta.url));
}

/** What a file begins with, if it is an ELF file: its class in byte 4. */
const elfMark = '\x7fELF';

/** The class of an ELF file; null when there is no such file, or it is something else. */
export function elfBits(path: string): Bits | null {
  const head = Buffer.alloc(5);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
  if (head.toString('latin1', 0, 4) !== elfMark) return null;
  return head[4] === 1 ? 32 : head[4] === 2 ? 64 : null;
}

/** Bits of the host that can load the configured libraries. */
export function dialogicHostBits({ hostBits, libraries }: DialogicBoardConfig): Bits {
  if (hostBits !== 'auto') return hostBits === '32' ? 32 : 64;
  // Where the loader itself searches it takes what fits the process; the usual one then.
  return elfBits(join(libraries.folder, libraries.srl)) ?? 64;
}
