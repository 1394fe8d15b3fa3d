import { afterEach, describe, expect, test } from 'vitest';
import type { SimFault, SimKind } from '../../src/board/sim/config.ts';
import type { TrunkKind } from '../../src/board/board.ts';
import { callResult } from '../../src/domain/result.ts';
import { Scenario, numberOf, subscribers } from '../support/dialer/scenario.ts';

const kinds: SimKind[] = ['live', 'busy', 'no_answer', 'fax'];
const numbers = kinds.flatMap((kind) => [0, 1, 2].map((n) => numberOf(kind, n)));

let scenario: Scenario;
afterEach(async () => {
  await scenario.close();
});

async function open(trunk: TrunkKind, channels: number, faults: SimFault[]): Promise<void> {
  scenario = await Scenario.open({ trunk, channels, subscribers: subscribers(3, false), faults });
  scenario.bench.ocs.agents = Array.from({ length: 40 }, (_, n) => ({
    agentId: `agent-${n}`,
    extension: `70${String(n).padStart(2, '0')}`,
  }));
}

/** Every attempt one end, no number dialled twice, every channel idle or out of service with a reason. */
function expectOrder(): void {
  for (const { attemptId, number } of scenario.requests) {
    scenario.end(attemptId);
    expect(scenario.groundTruth(number).length, number).toBeLessThanOrEqual(1);
  }
  for (const { channel, use, outOfServiceReason } of scenario.bench.dialer.channels()) {
    expect(['idle', 'out_of_service'], `channel ${channel}`).toContain(use);
    if (use === 'out_of_service') expect(outOfServiceReason).not.toBeNull();
  }
  expect(scenario.bench.dialer.calls()).toEqual([]);
}

test('no dial tone: No Dial Tone, and the channel rests longer and longer; the others do the work', async () => {
  await open('analog', 4, [{ kind: 'no_dial_tone', channel: 2 }]);
  scenario.offer(numbers);
  await scenario.run();
  expectOrder();
  const failed = numbers
    .map((number) => scenario.end(number))
    .filter((end) => {
      return 'result' in end && end.result === callResult.NoDialTone;
    });
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length).toBeLessThan(numbers.length / 2);
  expect(scenario.bench.dialer.channels()[1]).toMatchObject({
    use: 'out_of_service',
    outOfServiceReason: 'no_dial_tone',
  });
});

test('glare: the request goes back undialled, the channel is fine', async () => {
  await open('analog', 2, [{ kind: 'glare', channel: 1, times: 1 }]);
  scenario.offer(numbers.slice(0, 4));
  await scenario.run();
  expectOrder();
  const handedBack = scenario.requests.filter(({ attemptId }) => 'handBack' in scenario.end(attemptId));
  expect(handedBack.map(({ attemptId }) => scenario.end(attemptId))).toEqual([{ handBack: 'glare' }]);
  expect(scenario.groundTruth(handedBack[0]?.number ?? '')).toEqual([]);
  expect(scenario.bench.dialer.status().channels.idle).toBe(2);
});

describe.each([
  'seized',
  'dialled',
  'ringing',
  'answered',
  'verdict',
  'transferred',
  'released',
  'disconnected',
  'no_answer',
])('an event that never comes: %s', (event) => {
  test('every call has one end all the same, and every channel comes back', async () => {
    const faults = numbers.map((number): SimFault => ({ kind: 'lost_event', event, number }));
    await open('isdn', 6, faults);
    scenario.offer(numbers);
    await scenario.run(600_000);
    expectOrder();
    await scenario.pass(30_000, () => scenario.bench.dialer.status().channels.idle === 6);
    expect(scenario.bench.dialer.status().channels.idle).toBe(6);
    if (event === 'verdict' || event === 'answered') {
      // A person in doubt is a person: they got an agent.
      expect(scenario.outcome(numberOf('live', 0)).status).toBe('transferred');
    }
  });
});

test('a channel that hangs: reset brings it back, or it is out of service and tried again', async () => {
  await open('isdn', 2, [{ kind: 'hang', channel: 1, calls: 2, resets: 3 }]);
  scenario.offer(numbers);
  await scenario.run(600_000);
  expectOrder();
  await scenario.pass(120_000, () => scenario.bench.dialer.status().channels.idle === 2);
  expect(scenario.bench.dialer.status().channels.idle).toBe(2);
});

test('an alarm on the span cuts its calls, takes its channels, and gives them back', async () => {
  await open('isdn', 6, [{ kind: 'alarm', span: 1, alarm: 'red', atMs: 5_000, forMs: 10_000 }]);
  scenario.offer(numbers);
  await scenario.run();
  expectOrder();
  const cut = numbers
    .map((number) => scenario.end(number))
    .filter((end) => {
      return 'reason' in end && end.reason === 'alarm_red';
    });
  expect(cut.length).toBeGreaterThan(0);
  expect(scenario.bench.dialer.status().channels).toEqual({ idle: 6, busy: 0, outOfService: 0 });
});

test('a board that dies: each call ends at once with one outcome, nothing is dialled any more', async () => {
  await open('isdn', 6, [{ kind: 'dead', atMs: 6_000 }]);
  scenario.offer(numbers);
  scenario.bench.dialer.start();
  await scenario.bench.until(() => scenario.bench.ocs.questions.length > 0, 'first pull');
  await scenario.pass(7_000);
  const { ocs, dialer } = scenario.bench;
  await scenario.bench.until(() => dialer.status().unacknowledged === 0, 'delivered');
  expect(dialer.status()).toMatchObject({ board: 'dead', calls: 0, channels: { outOfService: 6 } });
  const taken = numbers.filter((number) => ocs.ends(number).length > 0);
  expect(taken.length).toBeGreaterThanOrEqual(6);
  for (const number of taken) scenario.end(number);
  expect(ocs.waiting).toBe(numbers.length - taken.length);
});
