import type { KnownRecordingsUse } from '../dialer/contract.ts';
import type { Log } from '../domain/log.ts';
import { createRecordingLearner } from './learner.ts';
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
  atEnd: (close: () => void) => void,
): KnownRecordingsUse | null {
  if (file === undefined) return null;
  try {
    log.info({ file, learn, known: readKnownRecordings(file).length }, 'recordings are known');
  } catch (error) {
    log.error({ file, err: error }, 'no recording is known: the file cannot be used');
  }
  if (!learn) return { file };
  try {
    const learner = createRecordingLearner(file, () => Math.floor(Date.now() / 1_000), log);
    atEnd(() => {
      learner.close();
    });
    return {
      file,
      teach: (call) => {
        learner.teach(call);
      },
    };
  } catch (error) {
    log.error({ file, err: error }, 'recordings are not learnt: the files beside it cannot be made');
    return { file };
  }
}
