import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boardHostProgram } from '../../src/board/board-host-program.ts';
import type { BoardBench } from '../support/board/bench.ts';
import { loopback } from '../support/board/sip.ts';
import { isBuilt } from '../support/built.ts';
import { hasBaresip, startBaresip } from '../support/peers/baresip.ts';
import { hasKamailio, startKamailio } from '../support/peers/kamailio.ts';
import type { PeerProgram } from '../support/peers/programs.ts';
import { extension, number, openRealBoard } from '../support/peers/real-board.ts';
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

const carrier = { ip: loopback(1), port: 5080 };
const addressOf = ({ ip, port }: { ip: string; port: number }) => `${ip}:${String(port)}`;
const limit = { timeout: 30_000, interval: 50 };

interface CallQuality {
  srtp: boolean;
  packets: number;
  lost: number;
  mos: number;
  farLostPercent: number | null;
  roundTripMs: number | null;
}

/** The SIP board as it is shipped, in real time, with programs of others at the other end. */
describe.skipIf(!isBuilt(boardHostProgram('sip')))('SIP calls to programs of others', () => {
  let folder = '';
  let opened: BoardBench | null = null;
  const open = async (trunks: Parameters<typeof openRealBoard>[0]) => (opened = await openRealBoard(trunks));
  const peers: PeerProgram[] = [];
  const started = async <P extends PeerProgram>(peer: Promise<P>) => {
    const program = await peer;
    peers.push(program);
    return program;
  };
  const folderOf = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const qualityOf = async (bench: BoardBench) => {
    const report = (await bench.board.report('channels', 1)) as { calls: CallQuality[] };
    return report.calls[0];
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sip-peers-'));
  });
  afterEach(async () => {
    await opened?.board.close();
    opened = null;
    await Promise.all(peers.splice(0).map((peer) => peer.stop()));
    rmSync(folder, { recursive: true });
  });

  it.skipIf(!hasBaresip())('is heard by baresip, which says by RTCP how well', async () => {
    const { address } = await started(startBaresip(folderOf('baresip'), number));
    const bench = await open([{ name: 'carrier', address, channels: 2, callsPerSecond: 50 }]);
    const ref = await bench.answered(1, number);
    await vi.waitFor(async () => {
      const quality = await qualityOf(bench);
      expect(quality?.farLostPercent).toBe(0);
      expect(quality?.roundTripMs).toBeLessThan(1_000);
      expect(quality?.packets).toBeGreaterThan(100);
    }, limit);
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
  });

  it.skipIf(!hasBaresip())('talks SRTP with baresip, and SRTCP', async () => {
    const { address } = await started(startBaresip(folderOf('baresip'), number, { srtp: true }));
    const bench = await open([
      { name: 'carrier', address, channels: 2, callsPerSecond: 50, srtp: 'required' },
      { name: 'plain', address, channels: 2, callsPerSecond: 50 },
    ]);
    const ref = await bench.answered(1, number);
    await vi.waitFor(async () => {
      const quality = await qualityOf(bench);
      expect(quality).toMatchObject({ srtp: true, farLostPercent: 0 });
      expect(quality?.roundTripMs).toBeLessThan(1_000);
      expect(quality?.packets).toBeGreaterThan(100);
    }, limit);
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
    // It means it: without SRTP there is no call.
    const plain = await bench.dial(3, number);
    expect(await bench.until({ type: 'disconnected', ref: plain })).toMatchObject({ cause: 65 });
  });

  it.skipIf(!hasBaresip() || !hasSipp())(
    'hands a call over to baresip as the agent’s telephone; both are released when the customer hangs up',
    async () => {
      const bye = [pauses(2_500), asks('BYE', 1), isAnswered(200)];
      const sipp = await started(
        startSipp(
          folderOf('sipp'),
          carrier,
          scenario(answers('200 OK', { sdp: true }), takes('ACK'), ...bye),
        ),
      );
      const agent = await started(startBaresip(folderOf('baresip'), extension));
      const bench = await open([
        { name: 'carrier', address: addressOf(carrier), channels: 2, callsPerSecond: 50 },
        { name: 'office', address: agent.address, channels: 2, callsPerSecond: 50 },
      ]);
      const ref = await bench.answered(1, number);
      bench.board.transfer(1, ref, extension, 'bridge');
      await bench.until({ type: 'transferred', ref });
      await bench.until({ type: 'disconnected', ref });
      expect(await sipp.ended).toBe(0);
      await vi.waitFor(() => {
        expect(agent.output()).toMatch(/terminated|session closed/i);
      }, limit);
    },
  );

  it.skipIf(!hasKamailio() || !hasSipp())(
    'registers at Kamailio and calls through it with digest; the far end’s BYE comes the same way',
    async () => {
      const far = { ip: loopback(3), port: 5080 };
      const user = { username: 'dialler', password: 'a secret' };
      const passwordFile = join(folder, 'password');
      writeFileSync(passwordFile, `${user.password}\n`, { mode: 0o600 });
      const taken = scenario(
        answers('180 Ringing'),
        answers('200 OK', { sdp: true }),
        takes('ACK'),
        takes('BYE'),
        answers('200 OK', { tag: false }),
      );
      const sipp = await started(startSipp(folderOf('sipp'), far, taken, { count: 1 }));
      await started(startKamailio(folderOf('kamailio'), carrier, far, user));
      const bench = await open([
        {
          name: 'carrier',
          address: addressOf(carrier),
          channels: 2,
          callsPerSecond: 50,
          register: true,
          username: user.username,
          passwordFile,
        },
      ]);
      await bench.until({ type: 'in_service' });
      const ref = await bench.answered(1, number);
      await vi.waitFor(async () => {
        expect((await qualityOf(bench))?.packets).toBeGreaterThan(5);
      }, limit);
      bench.board.drop(1, ref);
      await bench.until({ type: 'released', ref });
      expect(await sipp.ended).toBe(0);
    },
  );
});
