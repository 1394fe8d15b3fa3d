import { randomUUID } from 'node:crypto';
import { CodedError } from '../domain/errors.ts';
import { wallSleep } from '../link/wall-sleep.ts';
import { startTestCall } from './call/test-call.ts';
import type { Dialer, DialerOptions, DialerStatus } from './contract.ts';
import { connectParts } from './parts.ts';

export type * from './contract.ts';

/**
 * The dialler of one board: pulls requests from OCS, runs their calls on the board's channels, delivers what came
 * of them.
 *
 * @throws CodedError BAD_CONFIG when the dial plan or the patterns of extensions cannot be used
 */
export function createDialer(options: DialerOptions): Dialer {
  const { board, journal, config, log, sleep = wallSleep } = options;
  let mode: DialerStatus['mode'] = 'new';
  let testCalls = 0;
  /** Makes a test call's id one that no attempt of OCS and no test call of another dialler has. */
  const testTag = randomUUID().slice(0, 8);
  const parts = connectParts(options, () => mode === 'running');
  const { buffer, channelWatch, legs, live, outages, pool, puller, reporter } = parts;

  /** All calls ended, and what they had to say is in the journal and at OCS. */
  async function allDelivered(): Promise<void> {
    await live.allEnded();
    await buffer.written();
    await reporter.delivered();
  }

  function hangup(): void {
    if (mode === 'running' || mode === 'new') mode = 'draining';
    buffer.together(() => {
      for (const call of live.all()) call.shutdown('hangup');
      legs.dropAll();
    });
  }

  return {
    start() {
      if (mode !== 'new') return;
      const settled = journal.recover();
      if (settled.crashed + settled.handedBack > 0)
        log.warn(settled, 'closed the attempts that the last run left open');
      mode = 'running';
      board.onTurn((deliver) => {
        buffer.together(deliver);
      });
      board.onEvent((event) => {
        if (mode !== 'stopped') pool.handle(event);
      });
      reporter.start();
      // What the last run left to be told goes out as soon as it is known to be on the disk.
      journal.onDisk(() => {
        reporter.wake();
      });
      puller.start();
    },
    async drain() {
      if (mode === 'running') {
        mode = 'draining';
        const calls = live.forOcs();
        log.info({ calls: calls.length }, 'draining');
        buffer.together(() => {
          for (const call of calls) call.shutdown('drain');
        });
      }
      await live.allEnded();
      legs.dropAll();
      await allDelivered();
    },
    hangup,
    async stop(flushMs = 2_000) {
      if (mode === 'stopped') return;
      hangup();
      channelWatch.stop();
      await puller.stop();
      const flush = new AbortController();
      await Promise.race([allDelivered(), sleep(flushMs, flush.signal)]);
      flush.abort();
      mode = 'stopped';
      outages.stop();
      live.giveUp();
      buffer.close();
      await reporter.stop();
    },
    testCall(number, testOptions, onEvent) {
      if (mode !== 'running') {
        throw new CodedError('ILLEGAL_STATE', `the dialler is ${mode}: no test call`, {
          field: 'mode',
          found: mode,
          expected: 'running',
        });
      }
      const id = `test-${testTag}-${++testCalls}`;
      const { call, handle } = startTestCall(parts.context, id, number, testOptions, onEvent);
      if (call.state.phase !== 'ended') {
        live.add(call);
        void handle.done.then(() => {
          live.remove(call);
        });
      }
      return handle;
    },
    calls: () => live.snapshots(board.now(), config.showNumbers),
    channels: () => pool.snapshot(),
    status: () => ({
      mode,
      link: puller.state,
      linkFault: puller.fault,
      journal: buffer.state,
      board: pool.dead ? 'dead' : 'ok',
      calls: live.all().length,
      channels: pool.counts(),
      unacknowledged: parts.reads.unacknowledged(),
      lateEvents: pool.lateEvents,
      refused: { ...parts.refusals },
    }),
  };
}
