import type { DialParameters } from '../../board/board.ts';
import type { CallPhase, CallSignal } from '../../domain/call/call-state.ts';
import { CodedError } from '../../domain/errors.ts';
import type { CheckedNumber } from '../../domain/number.ts';
import { isCheckOfLearnt } from '../../domain/recording-lesson.ts';
import type { CallRequest } from '../../domain/request.ts';
import type { DialerConfig } from '../contract.ts';
import type { CallContext, CallLine, CallParty } from './call-context.ts';

/** The board's commands for one call. What the board refuses comes back to the call as a failure. */
export interface CallCommands {
  seize(): void;
  /** Once the journal has its mark, and only if the call still is to be dialled then. */
  dial(): void;
  transfer(extension: string): void;
  join(channel: number): void;
  play(announcement: string): void;
  stopPlay(): void;
  collectKey(ms: number): void;
  drop(): void;
  reset(): void;
}

export interface CommandedCall {
  context: CallContext;
  request: CallRequest;
  /** What the trunk gets. */
  digits: CheckedNumber;
  party: CallParty;
  line: CallLine;
  phase(): CallPhase;
  send: (event: CallSignal) => void;
}

export function createCallCommands(call: CommandedCall): CallCommands {
  const { context, request, digits, party, line, send } = call;
  const { board, config, log, pool } = context;
  const { attemptId } = request;

  const command = (name: string, run: (channel: number) => void): void => {
    try {
      run(channelOf(line));
    } catch (error) {
      const code = error instanceof CodedError ? error.code : 'INTERNAL';
      const { channel } = line;
      log.warn({ attemptId, channel, command: name, code, err: error }, 'the board refused a command');
      send({ type: 'failed', command: name, reason: code });
    }
  };

  const dialOnBoard = (): void => {
    const parameters = dialParameters(request, config, party.recordFile);
    command('dial', (channel) => {
      board.dial(channel, line.ref, digits, parameters);
      pool.dialled(channel);
    });
  };

  return {
    seize() {
      command('seize', (channel) => {
        board.seize(channel, line.ref);
      });
    },
    dial() {
      party.markDialling((error) => {
        if (error !== null) {
          log.error({ attemptId, err: error }, 'not dialled: the journal could not record it');
          send({ type: 'failed', command: 'dial', reason: 'JOURNAL_ERROR' });
        } else if (call.phase() === 'dialling') {
          send({ type: 'number_sent' });
          dialOnBoard();
        }
        // Else it was let go while the mark was on its way to the disk.
      });
    },
    transfer(extension) {
      command('transfer', (channel) => {
        context.checkExtension(extension);
        board.transfer(channel, line.ref, extension, config.transferStyle);
      });
    },
    join(other) {
      command('join', (channel) => {
        board.join(channel, line.ref, other);
      });
    },
    play(announcement) {
      command('play', (channel) => {
        board.play(channel, line.ref, announcementFile(config, announcement));
      });
    },
    stopPlay() {
      command('stopPlay', (channel) => {
        board.stopPlay(channel, line.ref);
      });
    },
    collectKey(ms) {
      command('collectDigits', (channel) => {
        board.collectDigits(channel, line.ref, { count: 1, timeoutMs: ms });
      });
    },
    drop() {
      try {
        board.drop(channelOf(line), line.ref);
      } catch (error) {
        const code = error instanceof CodedError ? error.code : 'INTERNAL';
        // A channel with nothing to drop is free already.
        if (code === 'ILLEGAL_STATE') send({ type: 'released' });
        else send({ type: 'failed', command: 'drop', reason: code });
      }
    },
    reset() {
      command('reset', (channel) => {
        board.reset(channel);
      });
    },
  };
}

function channelOf({ channel }: CallLine): number {
  if (channel === null) throw new CodedError('ILLEGAL_STATE', 'the call has no channel');
  return channel;
}

/** @param testRecordFile where a test call is recorded; other calls go where the configuration says */
function dialParameters(
  request: CallRequest,
  config: DialerConfig,
  testRecordFile: string | undefined,
): DialParameters {
  const { attemptId, number, handoff } = request;
  const maxHumanLoss = request.maxHumanLoss ?? config.detection?.maxHumanLoss;
  const scoreOffset = config.detection?.scoreOffset;
  const recordFile = handoff.kind === 'test' ? testRecordFile : config.recordFile?.({ attemptId, number });
  return {
    plan: request.plan ?? config.plan,
    mode: request.mode,
    ringTimeoutMs: request.ringTimeoutMs,
    cpdTimeoutMs: request.cpdTimeoutMs,
    ...(request.callerId === undefined ? {} : { callerId: request.callerId }),
    ...(maxHumanLoss === undefined ? {} : { maxHumanLoss }),
    ...(request.cpa === undefined ? {} : { cpa: request.cpa }),
    ...(scoreOffset === undefined ? {} : { scoreOffset }),
    ...(recordFile === undefined ? {} : { recordFile }),
    ...knownRecordings(attemptId, config),
    attemptId,
  };
}

function knownRecordings(attemptId: string, { knownRecordings }: DialerConfig): Partial<DialParameters> {
  if (knownRecordings === undefined) return {};
  const { file, learning } = knownRecordings;
  const checked = learning !== undefined && isCheckOfLearnt(attemptId);
  return { recordings: file, ...(checked ? { checkLearnt: true } : {}) };
}

function announcementFile(config: DialerConfig, name: string): string {
  const file = Object.hasOwn(config.announcements, name) ? config.announcements[name] : undefined;
  if (file === undefined) {
    throw new CodedError('BAD_ARGUMENT', `announcement ${JSON.stringify(name)} is not configured`, {
      field: 'announcement',
      found: name,
      expected: Object.keys(config.announcements).join(', ') || 'announcements in the configuration',
    });
  }
  return file;
}
