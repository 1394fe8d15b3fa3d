import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AddonBoard } from '../../src/board/addon-board.ts';
import { boardHostProgram } from '../../src/board/board-host-program.ts';
import { openBoard } from '../../src/board/open.ts';
import { sipBoardConfigSchema } from '../../src/board/sip/config.ts';
import { sipDriver } from '../../src/board/sip/driver.ts';
import { isBuilt } from '../support/built.ts';
import { hasSipStandin, loopback, sipConfig } from '../support/board/sip.ts';
import { simWorld } from '../support/board/sim.ts';

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

  it('is not opened with an exchange where an address may be a real one', async () => {
    const trunks = [{ name: 'carrier', address: 'sip.example.net:5060' }];
    await expect(openBoard({ ...sipConfig(), trunks, standIn: { file: 'a' } })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      field: 'trunks.0.address',
      found: 'sip.example.net:5060',
      expected: expect.stringContaining('127.0.0.0/8') as string,
    });
  });

  it.skipIf(!hasSipStandin())(
    'with an exchange in it calls nobody who is on this machine already',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sip-host-'));
      const file = join(folder, 'exchange.json');
      writeFileSync(file, JSON.stringify({ world: simWorld() }));
      const sbc = createServer();
      try {
        sbc.listen(5080, loopback(2));
        await once(sbc, 'listening');
        const [first] = sipConfig().trunks;
        const trunks = [first!, { ...first!, name: 'sbc', address: `${loopback(2)}:5080` }];
        await expect(openBoard({ ...sipConfig(), trunks, standIn: { file } })).rejects.toMatchObject({
          code: 'BAD_CONFIG',
          message: expect.stringContaining(`somebody else is at ${loopback(2)}:5080`) as string,
        });
        sbc.close();
        await once(sbc, 'close');
        const board = await openBoard({ ...sipConfig(), trunks, standIn: { file } });
        await board.close();
      } finally {
        sbc.close();
        rmSync(folder, { recursive: true });
      }
    },
  );

  it.skipIf(!hasSipStandin())('with an exchange in it calls no trunk that may be real', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sip-host-'));
    const file = join(folder, 'exchange.json');
    writeFileSync(file, '{}');
    try {
      const parsed = sipBoardConfigSchema.parse({ ...sipConfig(), standIn: { file } });
      const prepared = sipDriver.prepare(parsed, folder);
      const [trunk] = prepared.trunks;
      // As if the schema had let it pass.
      const real = { ...trunk!, name: 'carrier', addresses: [{ host: 'sip.example.net', port: 5_060 }] };
      const config = { ...prepared, trunks: [trunk!, real], plans: [] };
      const opened = AddonBoard.open(
        config,
        { eventCapacity: 1_024, boardHostProgram: boardHostProgram('sipexchange'), stepped: false },
        false,
      );
      await expect(opened).rejects.toMatchObject({
        code: 'BAD_CONFIG',
        message: expect.stringMatching(/trunks\.1\.address: .* found sip\.example\.net:5060/) as string,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(!isBuilt(boardHostProgram('sip')))('does not open on an address that is not here', async () => {
    await expect(openBoard({ ...sipConfig(), bind: '192.0.2.1' })).rejects.toMatchObject({
      code: 'BOARD_ERROR',
      message: expect.stringContaining('192.0.2.1') as string,
    });
  });
});
