import { createHmac } from 'node:crypto';
import { canBeTold, knownLibrary } from '../board/known-recordings.ts';
import type { Log } from '../domain/log.ts';
import type { Lesson } from '../domain/recording-lesson.ts';
import { openCandidates } from './candidates.ts';
import { createDoubts } from './doubts.ts';
import { createHeardBefore } from './heard-before.ts';
import { readLearningKey } from './learning-key.ts';
import { changeKnownRecordings } from './recordings-file.ts';

/** A recording is known when it was heard from so many numbers. */
const numbersToKnow = 3;

/** Of a number: the digits that tell it from others however it is written, with + or 00 or a country code or without. */
const digitsThatTell = 7;

/** What was not heard again for so long, in seconds (90 days), is not a network's. */
const longestBetween = 90 * 86_400;

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
  const doubts = createDoubts(file, store, log);

  const hash = (number: string): Buffer =>
    createHmac('sha256', key)
      .update(number.replace(/\D/g, '').slice(-digitsThatTell))
      .digest()
      .subarray(0, 16);

  function learn(number: string, prints: Uint32Array): void {
    if (doubts.isDoubted(prints)) return;
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
    return changeKnownRecordings(file, (recordings) => {
      if (knownLibrary(recordings.map((each) => each.prints)).match(prints) !== null) {
        return { recordings: null, result: null };
      }
      const name = freeName(now(), new Set(recordings.map((each) => each.name)));
      const added = { name, verdict: 'machine', sit: null, origin: 'learnt', prints } as const;
      return { recordings: [...recordings, { ...added, knownSince: now(), numbers }], result: name };
    });
  }

  return {
    teach({ number, prints, lesson }) {
      const heard = prints !== null && canBeTold(prints) ? prints : null;
      if (lesson.kind === 'unlearn') doubts.ofName(lesson.name);
      if (lesson.kind === 'doubt' && heard !== null) doubts.ofSound(heard);
      doubts.settle();
      if (heard === null) return;
      try {
        if (lesson.kind === 'learn') learn(number, heard);
        if (lesson.kind === 'doubt') heardBefore.removeLike(heard);
      } catch (error) {
        // Nothing of a call may hang on it; the next call teaches the same.
        log.warn({ file, err: error }, 'what a call taught of recordings is not kept');
      }
    },
    close() {
      doubts.close();
      store.close();
    },
  };
}

/** `learnt-20261130-2`: the day, and the first number that is free. */
function freeName(seconds: number, taken: ReadonlySet<string>): string {
  const day = new Date(seconds * 1_000).toISOString().slice(0, 10).replaceAll('-', '');
  for (let count = 1; ; count++) {
    const name = `learnt-${day}-${count}`;
    if (!taken.has(name)) return name;
  }
}
