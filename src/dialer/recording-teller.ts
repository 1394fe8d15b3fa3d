import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** A command that was obeyed may come again with the polls that were on their way; so many are remembered. */
const mostObeyed = 100;

/** Sends OCS the recordings it asks for. @returns obeys one command; a repeated one does nothing */
export function createRecordingTeller(options: {
  soundOf: NonNullable<DialerConfig['soundOf']> | undefined;
  link: Pick<LinkClient, 'recording'>;
  log: Log;
}): (command: RecordingCommand) => void {
  const { link, log, soundOf } = options;
  const obeyed = new Set<string>();
  let running = 0;

  const answerTo = async (attemptId: string): Promise<Pick<RecordingRequest, 'muLaw' | 'reason'>> => {
    try {
      const sound = (await soundOf?.(attemptId)) ?? null;
      if (sound === null) return { muLaw: null, reason: 'none' };
      const bytes = Buffer.from(sound.buffer, sound.byteOffset, Math.min(sound.length, mostRecordedBytes));
      return { muLaw: bytes.toString('base64'), reason: null };
    } catch (error) {
      log.warn({ attemptId, err: error }, 'the recording of a call cannot be read');
      return { muLaw: null, reason: 'unreadable' };
    }
  };

  return ({ attemptId, requestId }) => {
    if (obeyed.has(requestId) || running >= mostAtOnce) return;
    running += 1;
    obeyed.add(requestId);
    const [oldest] = obeyed;
    if (obeyed.size > mostObeyed && oldest !== undefined) obeyed.delete(oldest);
    void (async () => {
      try {
        const answer = await answerTo(attemptId);
        // To write megabytes takes long: not in the turn that has encoded them.
        await nextTurn();
        await link.recording({ requestId, ...answer });
        log.info({ attemptId }, 'the recording of a call was asked for by OCS');
      } catch (error) {
        const code = error instanceof CodedError ? error.code : 'INTERNAL';
        log.warn({ attemptId, code, err: error }, 'the recording of a call could not be sent');
      } finally {
        running -= 1;
      }
    })();
  };
}
