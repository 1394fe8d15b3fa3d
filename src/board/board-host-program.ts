import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Where a board lives, in a board host or in this process: a crash in it takes that along, and no more. */
export const boardPlaceSchema = z.enum(['process', 'inprocess']);

/** Bits of a program's or a library's pointers. */
export type Bits = 32 | 64;

/** Which board host: one of so many bits, the one that has the SIP stack, or that one with an exchange of its own. */
export type BoardHost = Bits | 'sip' | 'sipexchange';

const withLibre = 'apt install libre-dev libssl-dev zlib1g-dev (Debian), then npm run build:addon';

const hosts: Record<BoardHost, { name: string; build: string }> = {
  64: { name: 'boardhost', build: 'npm run build:addon' },
  32: {
    name: 'boardhost32',
    build: 'npm run build:host32 on a machine with g++-multilib, and make the package anew',
  },
  sip: { name: 'boardhost-sip', build: withLibre },
  sipexchange: { name: 'boardhost-sipexchange', build: withLibre },
};

/** The boardhost program of this installation; whether it was built is another question. */
export function boardHostProgram(host: BoardHost): string {
  // The same place seen from src/board and from dist/board, as for the addon.
  return fileURLToPath(new URL(`../../build/Release/${hosts[host].name}`, import.meta.url));
}

/** How it comes to be built. */
export function howToBuild(host: BoardHost): string {
  return hosts[host].build;
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
