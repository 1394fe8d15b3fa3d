import { describe, expect, it } from 'vitest';
import { checkNumber } from '../../src/domain/number.ts';
import { BoardBench } from '../support/board/bench.ts';
import { hasLayouts, hasStandin, layout, openStandin, openStandinSetup } from '../support/board/standin.ts';

/**
 * How structures are laid out in 64-bit libraries of the vendor, nobody has seen. The stand-in libraries are built by
 * two more guesses; the driver must find out at its start, and go by what it found or refuse.
 */
describe.skipIf(!hasStandin(64) || !hasLayouts())('vendor libraries of another layout', () => {
  const natural = { libraries: { folder: layout('64-natural'), clock: 'standin_now' } };
  const long4 = { libraries: { folder: layout('64-long4'), clock: 'standin_now' } };

  for (const kind of ['isdn', 'sip'] as const) {
    it(`aligned naturally: seen, and calls go as on packed ones (${kind})`, async () => {
      const setup = await openStandinSetup({ bits: 64, kind, config: natural });
      const bench = new BoardBench(setup);
      const { numbers } = setup;
      const check = JSON.stringify(await setup.board.report('self_check'));
      expect(check).toContain('64 bit, natural, seen by the probe');
      // The limits of the analysis and the caller's number go with the call, in the structures in question.
      const ref = await bench.dial(1, numbers.machine, { callerId: checkNumber(numbers.live) });
      const verdict = await bench.until({ type: 'verdict', ref });
      expect(verdict.verdict).toBe('machine');
      setup.board.drop(1, ref);
      await bench.until({ type: 'released', ref });
      const busy = await bench.dial(1, numbers.busy);
      // Why the network released comes from the structure whose layout was found.
      expect(await bench.until({ type: 'disconnected', ref: busy })).toMatchObject({ cause: 17 });
      await setup.board.close();
    });
  }

  for (const kind of ['analog', 'isdn', 'sip'] as const) {
    it(`with a long of 4 bytes: refused in plain words (${kind})`, async () => {
      await expect(openStandin({ bits: 64, kind, config: long4 })).rejects.toMatchObject({
        code: 'BOARD_ERROR',
        message: expect.stringMatching(
          /structures are not laid out as expected: its long has 4 bytes and this process.s has 8/,
        ) as string,
      });
    });
  }
});
