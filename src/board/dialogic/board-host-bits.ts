import { join } from 'node:path';
import { elfBits, type Bits } from '../board-host-program.ts';
import type { DialogicBoardConfig } from './config.ts';

/** Bits of the board host that can load the configured libraries. */
export function dialogicBoardHostBits({ hostBits, libraries }: DialogicBoardConfig): Bits {
  if (hostBits !== 'auto') return hostBits === '32' ? 32 : 64;
  // Where the loader itself searches it takes what fits the process; the usual one then.
  return elfBits(join(libraries.folder, libraries.srl)) ?? 64;
}
