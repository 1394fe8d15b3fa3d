import type { KnownRecordingsUse } from '../dialer/contract.ts';
import type { Log } from '../domain/log.ts';
import { createHeardCalls } from './heard-calls.ts';
import { createLearnerOnThread } from './learner-on-thread.ts';
import { readKnownRecordings } from './recordings-file.ts';

/**
 * What the dialler does with known recordings, as the configuration has it; null without a file. A file that cannot be
 * read costs the known recordings, not the calls.
 *
 * @param atEnd takes what closes the files when the daemon ends
 */
export function useKnownRecordings(
  { file, learn }: { file?: string | undefined; learn: boolean },
  log: Log,
  atEnd: (close: () => Promise<void>) => void,
): KnownRecordingsUse | null {
  if (file === undefined) return null;
  try {
    log.info({ file, learn, known: readKnownRecordings(file).length }, 'recordings are known');
  } catch (error) {
    log.error({ file, err: error }, 'no recording is known: the file cannot be used');
  }
  if (!learn) return { file };
  const learner = createLearnerOnThread(file, log);
  atEnd(() => learner.close());
  return {
    file,
    learning: createHeardCalls((call) => {
      learner.teach(call);
    }),
  };
}
