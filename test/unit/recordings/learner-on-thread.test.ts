import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLearnerOnThread, type LearnerOnThread } from '../../../src/recordings/learner-on-thread.ts';
import { changeKnownRecordings, readKnownRecordings } from '../../../src/recordings/recordings-file.ts';
import { anotherUser, canBeAnother } from '../../support/another-user.ts';
import { drawnPrints, onAnotherLine } from '../../support/prints.ts';
import { silentLog } from '../../support/silent-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpd-thread-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const lines: string[] = [];
const log = {
  ...silentLog,
  info: (_: object, line: string) => lines.push(line),
  warn: (_: object, line: string) => lines.push(line),
  error: (_: object, line: string) => lines.push(line),
};
beforeEach(() => {
  lines.length = 0;
});

test('what it was given is learnt before it ends, and told in the log', async () => {
  const file = join(folder, 'known.cpdrecs');
  const learner = createLearnerOnThread(file, log);
  const prints = drawnPrints(1);
  for (const number of ['5550001', '5550002', '5550003']) {
    learner.teach({ number, prints: onAnotherLine(prints), lesson: { kind: 'learn' } });
  }
  await learner.close();
  expect(readKnownRecordings(file)).toMatchObject([{ origin: 'learnt', numbers: 3 }]);
  expect(lines).toEqual(['a recording is known from now on']);
  await learner.close();
});

test('lessons that come faster than they can be learnt are let go, told once', async () => {
  const learner = createLearnerOnThread(join(folder, 'known.cpdrecs'), log);
  for (let n = 0; n < 205; n++) learner.teach({ number: '5550001', prints: null, lesson: { kind: 'learn' } });
  expect(lines).toEqual(['calls teach faster than can be learnt: some are let go']);
  await learner.close();
});

test('what takes a recording back is never let go, however many calls wait', async () => {
  const file = join(folder, 'known.cpdrecs');
  const recording = { verdict: 'machine', sit: null, origin: 'learnt', knownSince: 1, numbers: 3 } as const;
  changeKnownRecordings(file, () => ({
    recordings: [1, 2, 3].map((seed) => ({ ...recording, name: `known-${seed}`, prints: drawnPrints(seed) })),
    result: null,
  }));
  const learner = createLearnerOnThread(file, log);
  for (let n = 0; n < 205; n++) learner.teach({ number: '5550001', prints: null, lesson: { kind: 'learn' } });
  learner.teach({ number: '5550001', prints: null, lesson: { kind: 'unlearn', name: 'known-1' } });
  learner.teach({ number: '5550001', prints: drawnPrints(2), lesson: { kind: 'doubt' } });
  await learner.close();
  expect(readKnownRecordings(file).map(({ name }) => name)).toEqual(['known-3']);
});

test.runIf(canBeAnother())(
  'as root in the folder of another user too, and the file is that user’s',
  async () => {
    const file = join(folder, 'known.cpdrecs');
    chownSync(folder, anotherUser.uid, anotherUser.gid);
    const learn = (learner: LearnerOnThread, seed: number) => {
      for (const number of ['5550001', '5550002', '5550003']) {
        learner.teach({ number, prints: drawnPrints(seed), lesson: { kind: 'learn' } });
      }
    };
    const first = createLearnerOnThread(file, log);
    learn(first, 1);
    learn(first, 2);
    await first.close();
    expect(lines).toEqual(['a recording is known from now on', 'a recording is known from now on']);
    expect(statSync(file)).toMatchObject(anotherUser);
    const second = createLearnerOnThread(file, log);
    second.teach({ number: '5550001', prints: drawnPrints(1), lesson: { kind: 'doubt' } });
    await second.close();
    expect(readKnownRecordings(file).map(({ prints }) => prints)).toEqual([drawnPrints(2)]);
  },
);

test('files that cannot be made cost the learning, not the daemon', async () => {
  const learner = createLearnerOnThread(join(folder, 'missing', 'known.cpdrecs'), log);
  await expect.poll(() => lines).toEqual(['recordings are not learnt any more']);
  learner.teach({ number: '5550001', prints: null, lesson: { kind: 'learn' } });
  await learner.close();
});
