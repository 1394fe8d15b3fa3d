import { describe, expect, it } from 'vitest';
import { boardHostProgram } from '../../src/board/board-host-program.ts';
import { openBoard } from '../../src/board/open.ts';
import { isBuilt } from '../support/built.ts';
import { sipConfig } from '../support/board/sip.ts';

const withoutSip = (boardHost: string) =>
  expect(openBoard(sipConfig(), { boardHostProgram: boardHost })).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: expect.stringContaining('libre-dev') as string,
  });

describe('the board host of SIP trunks', () => {
  it('says what to install where it was not built', async () => {
    await withoutSip('/nowhere/boardhost-sip');
  });

  it('is needed: another board host has no SIP stack, and says so', async () => {
    await withoutSip(boardHostProgram(64));
  });

  it.skipIf(!isBuilt(boardHostProgram('sip')))(
    'opens by the machine’s clock, its channels idle',
    async () => {
      // Nobody answers there: asked seldom, so that the trunk is not missed before the test has looked.
      const board = await openBoard({ ...sipConfig(), healthEveryMs: 3_600_000 });
      try {
        expect(board.inventory()).toMatchObject({
          driver: 'sip',
          name: 'sip0',
          spans: [{ span: 1, kind: 'sip', channels: [1, 2, 3, 4] }],
        });
        expect(board.channels().map(({ state }) => state)).toEqual(['idle', 'idle', 'idle', 'idle']);
      } finally {
        await board.close();
      }
    },
  );

  it.skipIf(!isBuilt(boardHostProgram('sip')))('does not open on an address that is not here', async () => {
    await expect(openBoard({ ...sipConfig(), bind: '192.0.2.1' })).rejects.toMatchObject({
      code: 'BOARD_ERROR',
      message: expect.stringContaining('192.0.2.1') as string,
    });
  });
});
