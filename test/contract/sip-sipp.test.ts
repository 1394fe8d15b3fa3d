import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardHostProgram } from '../../src/board/board-host-program.ts';
import type { BoardBench } from '../support/board/bench.ts';
import { loopback, sipConfig, type SipBoardInput } from '../support/board/sip.ts';
import { isBuilt } from '../support/built.ts';
import { extension, number, openRealBoard } from '../support/peers/real-board.ts';
import {
  answers,
  asks,
  presses,
  hasSipp,
  isAnswered,
  pauses,
  scenario,
  startSipp,
  takes,
  tells,
} from '../support/peers/sipp.ts';
import type { PeerProgram } from '../support/peers/programs.ts';

/** The SIP board as it is shipped, in real time, against SIPp. */
describe.skipIf(!isBuilt(boardHostProgram('sip')) || !hasSipp())('SIP calls to SIPp', () => {
  const at = { ip: loopback(1), port: 5080 };
  let folder = '';
  let bench: BoardBench | null = null;
  let sipp: PeerProgram | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sipp-'));
  });
  afterEach(async () => {
    await bench?.board.close();
    await sipp?.stop();
    rmSync(folder, { recursive: true });
  });

  type Trunk = Partial<SipBoardInput['trunks'][number]>;
  const call = async (text: string, trunk: Trunk = {}) => {
    sipp = await startSipp(folder, at, text);
    bench = await openRealBoard(sipConfig().trunks.map((each) => ({ ...each, ...trunk })));
    return { bench, ref: await bench.dial(1, number, { noDetection: true, attemptId: 'a-7' }) };
  };
  /** SIPp took all of it as the scenario has it. */
  const expectDone = async () => {
    const code = await sipp?.ended;
    const errors = join(folder, 'errors');
    expect({ code, errors: existsSync(errors) ? readFileSync(errors, 'utf8') : '' }).toEqual({
      code: 0,
      errors: '',
    });
  };

  it('rings, is answered, hears its own sound back, and hears the far end hang up with its cause', async () => {
    const { bench, ref } = await call(
      scenario(
        answers('180 Ringing'),
        answers('200 OK', { sdp: true }),
        takes('ACK'),
        pauses(600),
        asks('BYE', 1, ['Reason: Q.850;cause=31']),
        isAnswered(200),
      ),
    );
    await bench.until({ type: 'answered', ref });
    await sleep(400);
    const report = (await bench.board.report('channels', 1)) as {
      calls: { packets: number; lost: number }[];
    };
    expect(report.calls[0]?.packets).toBeGreaterThan(5);
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 31 });
    expect(bench.story(ref)).toEqual(['seized', 'dialled', 'ringing', 'answered', 'disconnected']);
    await expectDone();
  });

  it('hears a refusal with the cause of the telephone network', async () => {
    const { bench, ref } = await call(
      scenario(answers('486 Busy Here', { headers: ['Reason: Q.850;cause=27'] }), takes('ACK')),
    );
    expect(await bench.until({ type: 'disconnected', ref })).toMatchObject({ cause: 27 });
    await expectDone();
  });

  it('acknowledges early media with PRACK', async () => {
    const { bench, ref } = await call(
      scenario(
        answers('183 Session Progress', { headers: ['Require: 100rel', 'RSeq: 41'], sdp: true }),
        takes('PRACK', { RAck: '41 [0-9]+ INVITE' }),
        answers('200 OK', { tag: false }),
        // Of the INVITE, whose branch and sequence the PRACK is not.
        pauses(100),
      ),
    );
    await bench.until({ type: 'proceeding', ref });
    await expectDone();
  });

  it('gives up a call that only rings', async () => {
    const { bench, ref } = await call(
      scenario(
        answers('180 Ringing'),
        takes('CANCEL'),
        answers('200 OK'),
        answers('487 Request Terminated', { headers: [] }),
      ),
    );
    await bench.until({ type: 'ringing', ref });
    bench.board.drop(1, ref);
    await bench.until({ type: 'released', ref });
    await expectDone();
  });

  it('is put on hold and taken back, and asks for the call to be handed over', async () => {
    const { bench, ref } = await call(
      scenario(
        answers('200 OK', { sdp: true }),
        takes('ACK'),
        asks('INVITE', 1, [], 'sendonly'),
        isAnswered(200),
        asks('ACK', 1),
        asks('INVITE', 2, [], 'sendrecv'),
        isAnswered(200),
        asks('ACK', 2),
        takes('REFER', { 'Refer-To': `sip:${extension}@` }),
        answers('202 Accepted', { tag: false }),
        tells(3, '200 OK'),
        isAnswered(200),
        takes('BYE'),
        answers('200 OK', { tag: false }),
      ),
    );
    await bench.until({ type: 'answered', ref });
    await sleep(300);
    bench.board.transfer(1, ref, extension, 'blind');
    await bench.until({ type: 'transferred', ref });
    await expectDone();
  });

  it('takes keys by INFO from a far end that has no telephone events', async () => {
    const { bench, ref } = await call(
      scenario(
        answers('200 OK', { sdp: true, events: false }),
        takes('ACK'),
        presses(1, '4'),
        isAnswered(200),
        presses(2, '#'),
        isAnswered(200),
        takes('BYE'),
        answers('200 OK', { tag: false }),
      ),
    );
    await bench.until({ type: 'answered', ref });
    bench.board.collectDigits(1, ref, { count: 5, terminator: '#', timeoutMs: 20_000 });
    expect(await bench.until({ type: 'digits', ref })).toMatchObject({ digits: '4', reason: 'terminator' });
    bench.board.drop(1, ref);
    await expectDone();
  });

  it('tells the agent’s telephone of the call, in Refer-To', async () => {
    const { bench, ref } = await call(
      scenario(
        answers('200 OK', { sdp: true }),
        takes('ACK'),
        takes('REFER', {
          'Refer-To': `sip:${extension}@[^?]*.User-to-User=6e3d${Buffer.from(number).toString('hex')}%3bencoding%3dhex&X-Channel=1&X-Attempt=a-7>`,
        }),
        answers('202 Accepted', { tag: false }),
        tells(1, '200 OK'),
        isAnswered(200),
        takes('BYE'),
        answers('200 OK', { tag: false }),
      ),
      { userToUser: 'n={number}', agentHeaders: { 'X-Channel': '{channel}', 'X-Attempt': '{attempt}' } },
    );
    await bench.until({ type: 'answered', ref });
    bench.board.transfer(1, ref, extension, 'blind');
    await bench.until({ type: 'transferred', ref });
    await expectDone();
  });
});
