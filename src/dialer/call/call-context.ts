import type { Board, BoardEvent, CallRef } from '../../board/board.ts';
import type { CallReport, CallState } from '../../domain/call/call-state.ts';
import type { NumberDialer } from '../../domain/dial-plan.ts';
import type { CodedError } from '../../domain/errors.ts';
import type { ExtensionCheck } from '../../domain/extension.ts';
import type { Log } from '../../domain/log.ts';
import type { AgentDesk } from '../../handoff/agents.ts';
import type { Legs } from '../../handoff/legs.ts';
import type { ChannelPool } from '../channels/channels.ts';
import type { DialerConfig, DialerObserver } from '../contract.ts';
import type { LimitGuard } from '../intake/limits.ts';
import type { FinalWord } from './final-word.ts';

/** What a call needs of the dialler. */
export interface CallContext {
  board: Board;
  pool: ChannelPool;
  desk: AgentDesk;
  legs: Legs;
  config: DialerConfig;
  checkExtension: ExtensionCheck;
  /** The digits for the trunk, or an error for a number that is not to be dialled. */
  dialled: NumberDialer;
  limits: LimitGuard;
  observer: DialerObserver;
  log: Log;
}

/** What differs between a call for OCS and an engineer's test call. */
export interface CallParty {
  /** File that a test call is recorded in. */
  recordFile?: string | undefined;
  /** Before the board dials. @param written called when it may, or with the error why it must not */
  markDialling(written: (error: CodedError | null) => void): void;
  report(report: CallReport): void;
  /** Sees every board event of the call. */
  onBoardEvent?(event: BoardEvent): void;
  onMove?(move: { from: CallState['phase']; to: CallState['phase']; atMs: number }): void;
  /** The call is over; its channel is free. */
  ended(end: FinalWord): void;
}

/** The channel of a call, once it has one, and the reference that the board tells its events by. */
export interface CallLine {
  channel: number | null;
  ref: CallRef;
}
