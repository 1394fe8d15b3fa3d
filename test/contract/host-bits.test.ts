import { describe, expect, it } from 'vitest';
import type { BoardEvent } from '../../src/board/board.ts';
import { boardHostProgram } from '../../src/board/board-host-program.ts';
import { openSimBench, simNumbers } from '../support/board/sim.ts';
import { isBuilt } from '../support/built.ts';

const program = boardHostProgram(32);

/** What a board says of one call to each number, to the last bit. */
async function story(host: 'inprocess' | 'process'): Promise<BoardEvent[]> {
  const { board, bench } = await openSimBench({ host }, { boardHostProgram: program });
  try {
    for (const number of Object.values(simNumbers)) {
      const ref = await bench.dial(1, number);
      await bench.pass(20_000);
      bench.board.drop(1, ref);
      await bench.until({ type: 'released', ref });
    }
    return bench.events;
  } finally {
    await board.close();
  }
}

describe('a board host of 32 bits', () => {
  // Built on request (npm run build:host32), where g++ can -m32.
  it.skipIf(!isBuilt(program))('hears the same as this process of 64, event by event', async () => {
    const here = await story('inprocess');
    const there = await story('process');
    expect(here.length).toBeGreaterThan(100);
    expect(there).toEqual(here);
  });
});
