import { statSync } from 'node:fs';
import { knownLibrary, type StoredRecording } from '../board/known-recordings.ts';
import type { Log } from '../domain/log.ts';
import type { openCandidates } from './candidates.ts';
import { changeKnownRecordings } from './recordings-file.ts';

/** What was taken for a recording and was none: not learnt again. */
const mostDoubted = 1_000;

/** What could not be forgotten is tried again after so long, in ms, or with the next call that teaches. */
const retryMs = 5_000;

/**
 * What was taken for a recording and was none. It is kept until it is out of the file of known recordings, however long
 * another process or a fault of the file keeps that from being changed: people are taken for machines until then.
 *
 * @throws an error of SQLite
 */
export function createDoubts(file: string, store: ReturnType<typeof openCandidates>, log: Log) {
  let doubted = knownLibrary(store.doubted());
  const names = new Set<string>();
  let sounds: Uint32Array[] = [];
  /** Taught ones that were doubted: the file is not read for them again while it is the same. */
  let kept: { stamp: string; names: ReadonlySet<string> } = { stamp: '', names: new Set() };
  let timer: NodeJS.Timeout | null = null;
  let told = false;

  function remember(prints: Uint32Array): void {
    if (isDoubted(prints)) return;
    store.addDoubted(prints, mostDoubted);
    doubted = knownLibrary(store.doubted());
  }

  function isDoubted(prints: Uint32Array): boolean {
    return doubted.match(prints) !== null;
  }

  function forget(): void {
    for (const prints of sounds) remember(prints);
    const stamp = stampOf(file);
    const keptNow: ReadonlySet<string> = stamp === kept.stamp ? kept.names : new Set();
    if (sounds.length === 0 && [...names].every((name) => keptNow.has(name))) return;
    const isWrong = ({ name, prints }: StoredRecording): boolean => {
      if (names.has(name)) return true;
      const library = knownLibrary([prints]);
      return sounds.some((sound) => library.match(sound) !== null);
    };
    const found = changeKnownRecordings(file, (recordings) => {
      const wrong = recordings.filter(isWrong);
      const forgotten = new Set(wrong.filter(({ origin }) => origin !== 'taught'));
      for (const { prints } of forgotten) remember(prints);
      return {
        recordings: forgotten.size === 0 ? null : recordings.filter((each) => !forgotten.has(each)),
        result: { forgotten: [...forgotten], taught: wrong.filter((each) => !forgotten.has(each)) },
      };
    });
    for (const { name } of found.forgotten) {
      log.warn({ recording: name }, 'a person was on the line with it: the recording is forgotten');
    }
    for (const { name } of found.taught) {
      if (keptNow.has(name)) continue;
      log.warn({ recording: name }, 'a person was on the line with it: the recording was taught, and stays');
    }
    if (found.forgotten.length > 0) return;
    kept = { stamp, names: new Set([...keptNow, ...found.taught.map(({ name }) => name)]) };
  }

  function settle(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (names.size === 0 && sounds.length === 0) return;
    try {
      forget();
      names.clear();
      sounds = [];
      told = false;
    } catch (error) {
      if (!told)
        log.warn({ file, err: error }, 'a doubted recording is not forgotten yet; it is tried again');
      told = true;
      timer = setTimeout(settle, retryMs).unref();
    }
  }

  return {
    isDoubted,
    ofName(name: string): void {
      names.add(name);
    },
    ofSound(prints: Uint32Array): void {
      sounds = [...sounds, prints].slice(-mostDoubted);
    },
    /** Forgets what is doubted, now or as soon as it can be. Never throws. */
    settle,
    /** Tries a last time. */
    close(): void {
      settle();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Another one when another file is in its place. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.mtimeMs}`;
}
