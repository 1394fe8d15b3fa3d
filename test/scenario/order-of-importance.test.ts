import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BoardEvent } from '../../src/board/board.ts';
import { EventQueue } from '../../src/board/event-queue.ts';
import type { NativeEvent } from '../../src/board/native-addon.ts';
import type { PullQuestion } from '../../src/link/client.ts';
import type { EngagementReport, Report } from '../../src/link/schemas.ts';
import { dialRequest, verdict } from '../support/dialer/call-script.ts';
import { DialerBench } from '../support/dialer/bench.ts';
import { FakeOcs } from '../support/dialer/fake-ocs.ts';
import { ScriptedBoard } from '../support/board/scripted-board.ts';

const order: string[] = [];

/** Notes what goes out to it, and what comes back. */
class NotingOcs extends FakeOcs {
  override requestAgent(attemptId: string, failed: readonly string[]) {
    order.push(`agent for ${attemptId}`);
    return super.requestAgent(attemptId, failed);
  }

  override report(reports: Report[], engagements: EngagementReport[]) {
    if (reports.some(({ kind }) => kind === 'outcome')) order.push('outcomes');
    return super.report(reports, engagements);
  }

  override async pull(question: PullQuestion) {
    const answer = await super.pull(question);
    if (answer.requests.length > 0) order.push('new calls');
    return answer;
  }
}

class NotingBoard extends ScriptedBoard {
  override drop(channel: number, ref: number): void {
    order.push(`drop on ${channel}`);
    super.drop(channel, ref);
  }
}

const board = new NotingBoard(6);
const ocs = new NotingOcs();
let bench: DialerBench<NotingBoard>;
beforeEach(() => {
  bench = new DialerBench(board, { ocs });
});
afterEach(async () => {
  await bench.close();
});

const request = (i: number) =>
  dialRequest({ attemptId: `a-${i}`, number: String(2_025_550_000 + i) as never });

test('within a turn a live verdict goes before everything else, then reports, then new calls', async () => {
  ocs.offer(...[1, 2, 3, 4, 5, 6].map(request));
  bench.dialer.start();
  await bench.until(() => board.did('seize').length === 6, 'seized');
  board.advance(1);
  await bench.until(() => bench.dialer.status().unacknowledged === 0, 'told');
  ocs.offer(...[7, 8, 9, 10].map(request));
  order.length = 0;

  // What the board brings at once, in its order: four are busy; then two people answer and are known as people.
  const busy = [1, 2, 3, 4].map((channel) => ({ channel, type: 'disconnected', cause: 17 }));
  const people = [5, 6].flatMap((channel) => [
    { channel, type: 'answered', by: 'signal' },
    { channel, ...verdict('live') },
  ]);
  const queue = new EventQueue();
  queue.push([...busy, ...people] as unknown as NativeEvent[]);
  board.turn(() => {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const { channel, ...what } = event as unknown as Extract<BoardEvent, { type: 'answered' }>;
      board.emit(channel, what);
    }
  });
  expect(order).toEqual([
    'agent for a-5',
    'agent for a-6',
    ...[1, 2, 3, 4].map((channel) => `drop on ${channel}`),
  ]);

  board.advance(1);
  await bench.until(() => order.includes('new calls'), 'new calls');
  expect(order.slice(6)).toEqual(['outcomes', 'new calls']);
});
