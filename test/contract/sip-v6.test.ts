import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { boardHostProgram } from '../../src/board/board-host-program.ts';
import type { BoardBench } from '../support/board/bench.ts';
import {
  hasSipStandin,
  hasV6,
  loopback,
  openSipBench,
  v6Ports,
  type SipBoardInput,
  type SipOptions,
} from '../support/board/sip.ts';
import { isBuilt } from '../support/built.ts';
import { number, openRealBoard } from '../support/peers/real-board.ts';
import {
  answers,
  asks,
  hasSipp,
  isAnswered,
  pauses,
  scenario,
  startSipp,
  takes,
} from '../support/peers/sipp.ts';

const ports = v6Ports();
const v6: Partial<SipBoardInput> = { bind: '::1', sipPort: ports.sip, rtpPorts: ports.rtp };

describe.skipIf(!hasV6())('SIP calls by IPv6', () => {
  let bench: BoardBench | null = null;
  let folder = '';
  afterEach(async () => {
    await bench?.board.close();
    bench = null;
    if (folder !== '') rmSync(folder, { recursive: true });
    folder = '';
  });
  const newFolder = () => (folder = mkdtempSync(join(tmpdir(), 'sip-v6-')));

  describe.skipIf(!hasSipStandin())('to the stand-in exchange', () => {
    const open = async ({ trunk, config, ...more }: SipOptions = {}) =>
      (bench = await openSipBench({
        ...more,
        config: { ...v6, ...config },
        trunk: { address: `[::1]:${ports.peer}`, ...trunk },
      }));
    /** The certificate is written to a file that the trunk is then told of. */
    const openByTls = (options: SipOptions) => {
      const file = join(newFolder(), 'exchange.pem');
      writeFileSync(file, '');
      return open({
        ...options,
        certificateFile: file,
        trunk: { ...options.trunk, transport: 'tls', tls: { caFile: file } },
      });
    };

    it.each(['udp', 'tcp', 'tls'] as const)(
      'hear who answers, and hand over on a bridge that both hear (%s)',
      async (transport) => {
        const on = await (transport === 'tls' ? openByTls({}) : open({ trunk: { transport } }));
        const ref = await on.dial(1, '5550001');
        expect(await on.until({ type: 'verdict', ref })).toMatchObject({ verdict: 'live' });
        on.board.transfer(1, ref, '7001', 'bridge');
        await on.until({ type: 'transferred', ref });
        // The person hears the agent, or would have gone long ago.
        const ended = await on.until({ type: 'disconnected', ref }, 90_000);
        expect(ended.at - (on.find({ type: 'answered', ref })?.at ?? 0)).toBeGreaterThan(35_000);
      },
    );

    it('are secret where SRTP is required', async () => {
      const on = await open({ trunk: { srtp: 'required' } });
      const ref = await on.dial(1, '5550001');
      expect(await on.until({ type: 'verdict', ref })).toMatchObject({ verdict: 'live' });
    });

    it('reach a trunk of the other family beside them, each from its own address', async () => {
      const on = await open({
        config: { bind: ['::1', loopback(0)] },
        trunk: { address: [`[::1]:${ports.peer}`, `${loopback(1)}:5080`] },
      });
      // The exchange is at the last address, of IPv4; nobody is at the first.
      await on.pass(4_000);
      const ref = await on.dial(1, '5550001');
      expect(await on.until({ type: 'verdict', ref })).toMatchObject({ verdict: 'live' });
      const { trunks } = (await on.board.report('inventory')) as { trunks: { addresses: string[] }[] };
      expect(trunks[0]?.addresses).toEqual([`[::1]:${ports.peer} down`, `${loopback(1)}:5080`]);
    });
  });

  it.skipIf(!isBuilt(boardHostProgram('sip')) || !hasSipp())(
    'reach SIPp, which sends their sound back',
    async () => {
      const bye = [pauses(1_000), asks('BYE', 1, ['Reason: Q.850;cause=16']), isAnswered(200)];
      const sipp = await startSipp(
        newFolder(),
        { ip: '::1', port: ports.peer },
        scenario(answers('180 Ringing'), answers('200 OK', { sdp: true }), takes('ACK'), ...bye),
        // SIPp has a second socket two ports above.
        { mediaPort: ports.peer + 26 },
      );
      bench = await openRealBoard(
        [{ name: 'sipp', address: `[::1]:${ports.peer}`, channels: 4, callsPerSecond: 50 }],
        { ...v6, rtpPorts: [ports.rtp[0], ports.rtp[0] + 16] },
      );
      const ref = await bench.dial(1, number, { noDetection: true });
      await bench.until({ type: 'answered', ref });
      const sound = async () =>
        ((await bench?.board.report('channels')) as { calls: { packets: number }[] }).calls[0]?.packets ?? 0;
      await expect.poll(sound, { timeout: 5_000 }).toBeGreaterThan(20);
      expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 16 });
      expect(await sipp.ended).toBe(0);
    },
  );
});
