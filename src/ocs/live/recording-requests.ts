import { randomUUID } from 'node:crypto';
import { CodedError } from '../../domain/errors.ts';
import type { RecordingCommand, RecordingRequest } from '../../link/recording-schemas.ts';
import type { Clock } from '../clock.ts';
import type { Dialer, Dialers } from './dialers.ts';

/** A dialler has so long to send a recording, ms of the wire clock. */
const patienceMs = 20_000;

/** So many are waited for at once: each is some megabytes. */
const mostAtOnce = 8;

interface Pending {
  readonly dialerId: string;
  readonly attemptId: string;
  readonly done: (answer: Pick<RecordingRequest, 'muLaw' | 'reason'>) => void;
}

/** Recordings of calls, which stay with the dialler that made them: each is fetched when somebody asks. */
export interface RecordingRequests {
  /** Whether it is worth asking. */
  mayHave(dialerId: string): boolean;
  /**
   * @returns µ-law at 8 000 Hz
   * @throws CodedError UNKNOWN_DIALER, NOT_SUPPORTED, NO_SUCH_RECORDING, ILLEGAL_STATE when too many ask
   */
  fetch(dialerId: string, attemptId: string): Promise<Buffer>;
  /** What the dialler has to be told. */
  commands(dialer: Dialer): RecordingCommand[];
  take(dialer: Dialer, message: RecordingRequest): void;
}

export function createRecordingRequests(
  dialers: Pick<Dialers, 'get' | 'isHeard' | 'wake'>,
  wireClock: Clock,
): RecordingRequests {
  const pending = new Map<string, Pending>();

  const ask = (dialerId: string, attemptId: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const requestId = randomUUID();
      const refuse = (code: 'UNKNOWN_DIALER' | 'NO_SUCH_RECORDING', message: string) => {
        reject(new CodedError(code, message, { field: 'id', found: attemptId }));
      };
      const stopTimer = wireClock.after(patienceMs, () => {
        pending.delete(requestId);
        refuse('UNKNOWN_DIALER', `dialler ${dialerId} did not send the recording in time`);
      });
      const done: Pending['done'] = ({ muLaw, reason }) => {
        stopTimer();
        pending.delete(requestId);
        if (muLaw !== null) resolve(Buffer.from(muLaw, 'base64'));
        else if (reason === 'unreadable') refuse('NO_SUCH_RECORDING', 'the recording cannot be read');
        else refuse('NO_SUCH_RECORDING', 'this call was not recorded, or its recording is gone');
      };
      pending.set(requestId, { dialerId, attemptId, done });
      dialers.wake();
    });

  const mayHave = (dialerId: string) =>
    dialers.isHeard(dialerId) && dialers.get(dialerId)?.about.capabilities.recordings === true;
  return {
    mayHave,
    fetch: async (dialerId, attemptId) => {
      if (!dialers.isHeard(dialerId)) {
        throw new CodedError('UNKNOWN_DIALER', `dialler ${dialerId}, which has the recording, is away`);
      }
      if (!mayHave(dialerId)) {
        throw new CodedError(
          'NOT_SUPPORTED',
          `dialler ${dialerId} records no calls, or cannot send recordings`,
        );
      }
      if (pending.size >= mostAtOnce) {
        throw new CodedError('ILLEGAL_STATE', 'too many recordings are fetched at once; try again');
      }
      return ask(dialerId, attemptId);
    },
    commands: ({ dialerId }) =>
      [...pending]
        .filter(([, each]) => each.dialerId === dialerId)
        .map(([requestId, { attemptId }]) => ({ kind: 'recording', requestId, attemptId })),
    take: ({ dialerId }, { muLaw, reason, requestId }) => {
      const asked = pending.get(requestId);
      if (asked?.dialerId === dialerId) asked.done({ muLaw, reason });
    },
  };
}
