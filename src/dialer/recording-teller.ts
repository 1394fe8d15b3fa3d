import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { LinkClient } from '../link/client.ts';
import {
  mostRecordedBytes,
  type RecordingCommand,
  type RecordingRequest,
} from '../link/recording-schemas.ts';
import type { DialerConfig } from './contract.ts';

/** So many recordings are read at once; the command for another comes again. */
const mostAtOnce = 2;

/** Sends OCS the recordings it asks for. @returns obeys one command; a repeated one does nothing while it is obeyed */
export function createRecordingTeller(options: {
  soundOf: NonNullable<DialerConfig['soundOf']> | undefined;
  link: Pick<LinkClient, 'recording'>;
  log: Log;
}): (command: RecordingCommand) => void {
  const { link, log, soundOf } = options;
  const running = new Set<string>();

  const answerTo = async (attemptId: string): Promise<Pick<RecordingRequest, 'muLaw' | 'reason'>> => {
    try {
      const sound = (await soundOf?.(attemptId)) ?? null;
      if (sound === null) return { muLaw: null, reason: 'none' };
      return { muLaw: Buffer.from(sound.subarray(0, mostRecordedBytes)).toString('base64'), reason: null };
    } catch (error) {
      log.warn({ attemptId, err: error }, 'the recording of a call cannot be read');
      return { muLaw: null, reason: 'unreadable' };
    }
  };

  return ({ attemptId, requestId }) => {
    if (running.has(requestId) || running.size >= mostAtOnce) return;
    running.add(requestId);
    void (async () => {
      try {
        await link.recording({ requestId, ...(await answerTo(attemptId)) });
        log.info({ attemptId }, 'the recording of a call was asked for by OCS');
      } catch (error) {
        const code = error instanceof CodedError ? error.code : 'INTERNAL';
        log.warn({ attemptId, code, err: error }, 'the recording of a call could not be sent');
      } finally {
        running.delete(requestId);
      }
    })();
  };
}
