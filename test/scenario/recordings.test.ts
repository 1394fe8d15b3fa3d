import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeKnownRecordings, readKnownRecordings } from '../../src/recordings/recordings-file.ts';
import { createHeardCalls } from '../../src/recordings/heard-calls.ts';
import { createRecordingLearner, type RecordingLearner } from '../../src/recordings/learner.ts';
import { fingerprintFile } from '../../src/board/known-recordings.ts';
import { isCheckOfLearnt } from '../../src/domain/recording-lesson.ts';
import type { CheckedNumber } from '../../src/domain/number.ts';
import { callResult } from '../../src/domain/result.ts';
import { speechFolder } from '../support/board/sim.ts';
import { drawnPrints } from '../support/prints.ts';
import { Scenario } from '../support/dialer/scenario.ts';
import { silentLog } from '../support/silent-log.ts';

const numbers = ['5550001', '5550002', '5550003', '5550004'] as CheckedNumber[];
const person = '5550009' as CheckedNumber;
/** What this one says is known as a machine, by mistake. */
const mistaken = '5550010' as CheckedNumber;

let folder: string;
let file: string;
let learner: RecordingLearner;
let scenario: Scenario;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpd-recordings-'));
  file = join(folder, 'known.cpdrecs');
  learner = createRecordingLearner(file, () => 1_790_000_000, silentLog);
});
afterEach(async () => {
  await scenario.close();
  learner.close();
  rmSync(folder, { recursive: true });
});

/** Mailboxes with one greeting on lines of their own, and somebody who lifts the receiver while it speaks. */
async function open(): Promise<Scenario> {
  const greeting = 'machine-03-en.wav';
  return Scenario.open({
    trunk: 'isdn',
    channels: 1,
    subscribers: [
      ...numbers.map((number, n) => ({
        number,
        kind: 'machine' as const,
        ringMs: 2_500,
        answerPauseMs: 300 + 130 * n,
        patienceMs: 40_000,
        speech: [greeting],
        levelDbm0: -16 - 4 * n,
        noiseDbm0: -60,
        codec: n % 2 === 0 ? ('alaw' as const) : ('ulaw' as const),
      })),
      { number: person, kind: 'live', ringMs: 2_500, patienceMs: 20_000, speech: ['live-01-en.wav'] },
      { number: mistaken, kind: 'live', ringMs: 2_500, patienceMs: 20_000, speech: ['live-09-en.wav'] },
    ],
    config: {
      announcements: { 'call-back': `${speechFolder}/announcement-4-en-no-agent.wav` },
      knownRecordings: {
        file,
        learning: createHeardCalls((call) => {
          learner.teach(call);
        }),
      },
    },
  });
}

const leave = {
  onMachine: { action: 'message', file: 'call-back', maxWaitMs: 40_000 },
  cpdTimeoutMs: 8_000,
} as const;

async function call(number: CheckedNumber) {
  scenario.offer([number], leave);
  await scenario.run();
  return scenario.outcome(number);
}

test('a greeting heard from three numbers is known: the fourth is decided by its name, and sooner', async () => {
  scenario = await open();
  const decided: number[] = [];
  for (const number of numbers.slice(0, 3)) {
    expect(readKnownRecordings(file)).toEqual([]);
    const { evidence, result } = await call(number);
    expect(result).toBe(callResult.AnsweringMachine);
    expect(evidence?.recording).toBeUndefined();
    decided.push((evidence?.decidedMs ?? Infinity) - (evidence?.answerMs ?? 0));
  }
  expect(readKnownRecordings(file)).toMatchObject([{ name: 'learnt-20260921-1', numbers: 3 }]);
  const { evidence, result } = await call(numbers[3] as CheckedNumber);
  expect(result).toBe(callResult.AnsweringMachine);
  expect(evidence).toMatchObject({ rule: 'known-recording', recording: 'learnt-20260921-1' });
  expect((evidence?.decidedMs ?? 0) - (evidence?.answerMs ?? 0)).toBeLessThan(Math.min(...decided));
});

test('a person teaches nothing', async () => {
  scenario = await open();
  scenario.bench.ocs.agents = [{ agentId: 'ann', extension: '7001' }];
  for (let again = 0; again < 2; again++) {
    expect(await call(numbers[again] as CheckedNumber)).toMatchObject({
      result: callResult.AnsweringMachine,
    });
  }
  expect(await call(person)).toMatchObject({ status: 'transferred' });
  expect(readKnownRecordings(file)).toEqual([]);
});

test('what was learnt wrongly is found by a call that checks, and forgotten', async () => {
  const said = await fingerprintFile(join(speechFolder, 'live-09-en.wav'));
  // Alone it is too short to be stored.
  const prints = Uint32Array.from([...said.prints, ...drawnPrints(1)]);
  changeKnownRecordings(file, () => ({
    recordings: [
      { name: 'wrong', verdict: 'machine', sit: null, origin: 'learnt', knownSince: 1, numbers: 3, prints },
    ],
    result: null,
  }));
  scenario = await open();
  scenario.bench.ocs.agents = [{ agentId: 'ann', extension: '7001' }];
  const callAs = async (attemptId: string) => {
    scenario.offer([mistaken], { attemptId });
    await scenario.run();
    return scenario.outcome(attemptId);
  };
  expect(isCheckOfLearnt('a-1')).toBe(false);
  expect(isCheckOfLearnt('a-47')).toBe(true);
  expect(await callAs('a-1')).toMatchObject({ result: callResult.AnsweringMachine });
  expect(await callAs('a-47')).toMatchObject({
    status: 'transferred',
    evidence: { verdict: 'live', recording: 'wrong' },
  });
  expect(readKnownRecordings(file)).toEqual([]);
});

test('an agent who spoke with a person on it takes back what a call taught', async () => {
  scenario = await open();
  for (const number of numbers.slice(0, 2)) await call(number);
  // The attempts of these calls are named like their numbers.
  scenario.bench.ocs.command({ kind: 'told', attemptId: numbers[1] ?? '', was: 'person' });
  for (const number of numbers.slice(2)) await call(number);
  expect(readKnownRecordings(file)).toEqual([]);
});
