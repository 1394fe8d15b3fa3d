import { createHmac } from 'node:crypto';
import { statSync } from 'node:fs';
import { canBeTold, knownLibrary } from '../board/known-recordings.ts';
import type { Log } from '../domain/log.ts';
import type { Lesson } from '../domain/recording-lesson.ts';
import { openCandidates } from './candidates.ts';
import { createHeardBefore } from './heard-before.ts';
import { readLearningKey } from './learning-key.ts';
import { changeKnownRecordings } from './recordings-file.ts';

/** A recording is known when it was heard from so many numbers. */
const numbersToKnow = 3;

/** Of a number: the digits that tell it from others however it is written, with + or 00 or a country code or without. */
const digitsThatTell = 7;

/** What was not heard again for so long, in seconds (90 days), is not a network's. */
const longestBetween = 90 * 86_400;

/** What was taken for a recording and was none: not learnt again. */
const mostDoubted = 1_000;

export interface TaughtCall {
  /** As it was asked for, not masked. */
  number: string;
  lesson: Lesson;
  prints: Uint32Array | null;
}

export interface RecordingLearner {
  teach(call: TaughtCall): void;
  close(): void;
}

/**
 * Learns recordings from calls, into the file of known recordings. What is not known yet is beside it, in
 * `<file>.learning`, for the owner only; numbers are there as HMACs under the key in `<file>.key`.
 *
 * Of a recording only what all numbers had in common becomes known: what one of them had alone may be what a person
 * recorded, or said.
 *
 * @param now seconds since 1970
 * @throws CodedError or an error of the system, if the files cannot be made
 */
export function createRecordingLearner(file: string, now: () => number, log: Log): RecordingLearner {
  const key = readLearningKey(`${file}.key`);
  const store = openCandidates(`${file}.learning`);
  store.removeHeardBefore(now() - longestBetween);
  const heardBefore = createHeardBefore(store, now);
  let doubted = knownLibrary(store.doubted());
  /** Those that another process kept from being forgotten at once. */
  const toForget = new Set<string>();
  /** Taught ones that were doubted: the file is not read for them again while it is the same. */
  let kept: { stamp: string; names: ReadonlySet<string> } = { stamp: '', names: new Set() };

  const hash = (number: string): Buffer =>
    createHmac('sha256', key)
      .update(number.replace(/\D/g, '').slice(-digitsThatTell))
      .digest()
      .subarray(0, 16);

  function learn(number: string, prints: Uint32Array): void {
    if (!canBeTold(prints) || doubted.match(prints) !== null) return;
    const { id, common } = heardBefore.candidateOf(prints);
    const numbers = store.heardFrom(id, hash(number), now());
    if (numbers < numbersToKnow) {
      heardBefore.makeRoom();
      return;
    }
    const name = become(common, numbers);
    heardBefore.remove(id);
    if (name !== null) log.info({ recording: name, numbers }, 'a recording is known from now on');
  }

  /** The name that the recording got; null: it is known already. */
  function become(prints: Uint32Array, numbers: number): string | null {
    return change((recordings) => {
      if (knownLibrary(recordings.map((each) => each.prints)).match(prints) !== null) {
        return { recordings: null, result: null };
      }
      const name = freeName(now(), new Set(recordings.map((each) => each.name)));
      const added = { name, verdict: 'machine', sit: null, origin: 'learnt', prints } as const;
      return { recordings: [...recordings, { ...added, knownSince: now(), numbers }], result: name };
    });
  }

  /** A call must not wait for another process: what it taught is taken up with the next one. */
  function change<T>(how: Parameters<typeof changeKnownRecordings<T>>[1]): T {
    return changeKnownRecordings(file, how, 0);
  }

  /** A person said it: it is not learnt, and what is like it is forgotten if it was. */
  function doubt(prints: Uint32Array): void {
    if (!canBeTold(prints)) return;
    heardBefore.removeLike(prints);
    store.addDoubted(prints, mostDoubted);
    doubted = knownLibrary(store.doubted());
    const names = change((recordings) => {
      const like = recordings.filter((each) => knownLibrary([each.prints]).match(prints) !== null);
      return { recordings: null, result: like.map(({ name }) => name) };
    });
    if (names.length > 0) unlearn(new Set(names));
  }

  function unlearn(names: ReadonlySet<string>): void {
    const stamp = stampOf(file);
    if (stamp === kept.stamp && [...names].every((name) => kept.names.has(name))) return;
    const found = change((recordings) => {
      const doubtedNow = recordings.filter((each) => names.has(each.name));
      const wrong = new Set(doubtedNow.filter((each) => each.origin !== 'taught'));
      for (const each of wrong) store.addDoubted(each.prints, mostDoubted);
      return {
        recordings: wrong.size === 0 ? null : recordings.filter((each) => !wrong.has(each)),
        result: { forgotten: [...wrong], taught: doubtedNow.filter((each) => !wrong.has(each)) },
      };
    });
    if (found.forgotten.length > 0) doubted = knownLibrary(store.doubted());
    for (const { name } of found.forgotten) {
      log.warn({ recording: name }, 'a person was on the line with it: the recording is forgotten');
    }
    for (const { name } of found.taught) {
      log.warn({ recording: name }, 'a person was on the line with it: the recording was taught, and stays');
    }
    if (found.forgotten.length > 0) return;
    const before = stamp === kept.stamp ? kept.names : [];
    kept = { stamp, names: new Set([...before, ...found.taught.map(({ name }) => name)]) };
  }

  return {
    teach({ number, prints, lesson }) {
      try {
        if (lesson.kind === 'unlearn') toForget.add(lesson.name);
        if (toForget.size > 0) {
          unlearn(toForget);
          toForget.clear();
        }
        if (lesson.kind === 'learn' && prints !== null) learn(number, prints);
        if (lesson.kind === 'doubt' && prints !== null) doubt(prints);
      } catch (error) {
        // Nothing of a call may hang on it; the next call teaches the same.
        log.warn({ file, err: error }, 'what a call taught of recordings is not kept');
      }
    },
    close() {
      store.close();
    },
  };
}

/** Another one when another file is in its place. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.mtimeMs}`;
}

/** `learnt-20261130-2`: the day, and the first number that is free. */
function freeName(seconds: number, taken: ReadonlySet<string>): string {
  const day = new Date(seconds * 1_000).toISOString().slice(0, 10).replaceAll('-', '');
  for (let count = 1; ; count++) {
    const name = `learnt-${day}-${count}`;
    if (!taken.has(name)) return name;
  }
}
