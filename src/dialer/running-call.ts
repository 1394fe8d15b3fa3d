import type { Board, BoardEvent, CallRef, DialParameters } from '../board/board.ts';
import { newCall, step } from '../domain/call.ts';
import type {
  CallEffect,
  CallEvent,
  CallSignal,
  CallReport,
  CallSettings,
  CallState,
  TimerName,
} from '../domain/call-state.ts';
import { CodedError } from '../domain/errors.ts';
import type { ExtensionCheck } from '../domain/extension.ts';
import type { Log } from '../domain/log.ts';
import { maskNumber, type CheckedNumber } from '../domain/number.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { DialRequest } from '../domain/request.ts';
import type { AgentDesk } from '../handoff/agents.ts';
import type { Legs } from '../handoff/legs.ts';
import { callInputOf } from './board-events.ts';
import type { ChannelPool } from './channels.ts';
import type { DialerConfig, DialerObserver } from './contract.ts';

/** The house as one call sees it. */
export interface CallHouse {
  board: Board;
  pool: ChannelPool;
  desk: AgentDesk;
  legs: Legs;
  config: DialerConfig;
  checkExtension: ExtensionCheck;
  observer: DialerObserver;
  log: Log;
}

/** What differs between a call for OCS and an engineer's test call. */
export interface CallParty {
  /** File that a test call is recorded in. */
  recordFile?: string | undefined;
  /** Before the board dials. @throws when the attempt must not be dialled */
  markDialling(): void;
  report(report: CallReport): void;
  /** Sees every board event of the call. */
  onBoardEvent?(event: BoardEvent): void;
  onMove?(move: { from: CallState['phase']; to: CallState['phase']; atMs: number }): void;
  /** The call is over; its channel is free. */
  ended(end: { outcome: Outcome | null; handBack: string | null }): void;
}

export interface RunningCall {
  readonly state: CallState;
  /** Takes a free channel, or `wanted`, and begins; false when there is none: try again when one is free. */
  begin(wanted?: number): boolean;
  cancel(): void;
  shutdown(how: 'drain' | 'hangup'): void;
}

/**
 * Runs one call: feeds `step` and carries out what it says, in order. An event that comes up while effects are
 * carried out (a command refused at once, a leg that is idle) waits for its turn.
 *
 * @param digits what the trunk gets, made from the request's number by the dial plan
 */
export function runCall(
  house: CallHouse,
  request: DialRequest,
  digits: CheckedNumber,
  settings: CallSettings,
  party: CallParty,
): RunningCall {
  const { board, pool, desk, legs, config, observer } = house;
  const { attemptId, campaign } = request;
  const test = settings.testHoldMs !== null;
  const timers = new Map<TimerName, () => void>();
  const inbox: CallEvent[] = [];
  let channel: number | null = null;
  let ref: CallRef = 0;
  let busy = false;
  let final: { outcome: Outcome | null; handBack: string | null } | null = null;

  const created = newCall(request, settings, board.now());
  let state = created.state;

  const send = (event: CallSignal, at = board.now()): void => {
    inbox.push({ ...event, at });
    if (busy) return;
    busy = true;
    try {
      for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) guarded(next);
    } finally {
      busy = false;
    }
  };

  /** A fault of ours in one call must not end the process: the other calls are people. Its watchdogs stay. */
  const guarded = (event: CallEvent): void => {
    try {
      turn(event);
    } catch (error) {
      house.log.error(
        { attemptId, channel, event: event.type, phase: state.phase, err: error },
        'call tripped',
      );
    }
  };

  const turn = (event: CallEvent): void => {
    const result = step(state, event);
    state = result.state;
    for (const effect of result.effects) carryOut(effect);
    if (state.phase === 'ended' && final !== null) {
      for (const cancelTimer of timers.values()) cancelTimer();
      timers.clear();
      const end = final;
      final = null;
      party.ended(end);
    }
  };

  const carryOut = (effect: CallEffect): void => {
    switch (effect.kind) {
      case 'seize':
        command('seize', (line) => {
          board.seize(line, ref);
        });
        return;
      case 'dial':
        dial();
        return;
      case 'transfer':
        command('transfer', (line) => {
          house.checkExtension(effect.extension);
          board.transfer(line, ref, effect.extension, config.transferStyle);
        });
        return;
      case 'join':
        command('join', (line) => {
          board.join(line, ref, effect.channel);
        });
        return;
      case 'play':
        command('play', (line) => {
          board.play(line, ref, announcementFile(config, effect.announcement));
        });
        return;
      case 'drop':
        dropLine();
        return;
      case 'reset':
        command('reset', (line) => {
          board.reset(line);
        });
        return;
      case 'request_agent':
        desk.request(attemptId, effect.failed, (agent) => {
          send({ type: 'agent', ...agent });
        });
        return;
      case 'request_leg':
        legs.take(effect.group, attemptId, {
          leg: (agentId, legChannel) => {
            send({ type: 'leg', agentId, channel: legChannel });
          },
          lost: () => {
            send({ type: 'leg_lost' });
          },
        });
        return;
      case 'release_agent':
        desk.withdraw(attemptId);
        legs.giveBack(attemptId);
        return;
      case 'start_timer':
        startTimer(effect.name, effect.ms);
        return;
      case 'cancel_timer':
        timers.get(effect.name)?.();
        timers.delete(effect.name);
        return;
      case 'moved':
        house.log.debug({ attemptId, channel, from: effect.from, to: effect.to }, 'call moved');
        observer.moved?.({ from: effect.from, to: effect.to, campaign, test });
        party.onMove?.({ from: effect.from, to: effect.to, atMs: board.now() - state.takenAt });
        return;
      case 'report':
        report(effect.report);
        return;
      case 'free_channel':
        if (channel !== null) pool.release(channel, effect.condition, effect.reason);
        return;
    }
  };

  /** Gives the board a command; a refusal comes back to the call as a failure. */
  const command = (name: string, run: (line: number) => void): void => {
    try {
      run(lineOf(channel));
    } catch (error) {
      const code = error instanceof CodedError ? error.code : 'INTERNAL';
      house.log.warn({ attemptId, channel, command: name, code, err: error }, 'command refused');
      send({ type: 'failed', command: name, reason: code });
    }
  };

  const dial = (): void => {
    try {
      party.markDialling();
    } catch (error) {
      house.log.error({ attemptId, err: error }, 'not dialled: the journal has no mark');
      send({ type: 'failed', command: 'dial', reason: 'JOURNAL_ERROR' });
      return;
    }
    const maxHumanLoss = request.maxHumanLoss ?? config.detection?.maxHumanLoss;
    const scoreOffset = config.detection?.scoreOffset;
    const recordFile = test ? party.recordFile : config.recordFile?.({ attemptId, number: request.number });
    const parameters: DialParameters = {
      plan: request.plan ?? config.plan,
      mode: request.mode,
      ringTimeoutMs: request.ringTimeoutMs,
      cpdTimeoutMs: request.cpdTimeoutMs,
      ...(request.callerId === undefined ? {} : { callerId: request.callerId }),
      ...(maxHumanLoss === undefined ? {} : { maxHumanLoss }),
      ...(request.cpa === undefined ? {} : { cpa: request.cpa }),
      ...(scoreOffset === undefined ? {} : { scoreOffset }),
      ...(recordFile === undefined ? {} : { recordFile }),
    };
    command('dial', (line) => {
      board.dial(line, ref, digits, parameters);
    });
  };

  /** A channel with nothing to drop is free already. */
  const dropLine = (): void => {
    try {
      board.drop(lineOf(channel), ref);
    } catch (error) {
      if (error instanceof CodedError && error.code === 'ILLEGAL_STATE') send({ type: 'released' });
      else
        send({
          type: 'failed',
          command: 'drop',
          reason: error instanceof CodedError ? error.code : 'INTERNAL',
        });
    }
  };

  const startTimer = (name: TimerName, ms: number): void => {
    timers.get(name)?.();
    timers.set(
      name,
      board.after(ms, () => {
        timers.delete(name);
        send({ type: 'timer', name });
      }),
    );
  };

  const report = (body: CallReport): void => {
    party.report(body);
    if (body.kind !== 'outcome' && body.kind !== 'hand_back') return;
    const end =
      body.kind === 'outcome'
        ? { outcome: body.outcome, handBack: null }
        : { outcome: null, handBack: body.reason };
    final = end;
    const number = config.showNumbers ? request.number : maskNumber(request.number);
    observer.ended?.({ attemptId, campaign, number, test, ...end, ...figuresOf(end.outcome) });
  };

  for (const effect of created.effects) carryOut(effect);

  return {
    get state() {
      return state;
    },
    begin(wanted) {
      const taken = pool.take(
        {
          kind: 'call',
          id: attemptId,
          onEvent: (event) => {
            party.onBoardEvent?.(event);
            const input = callInputOf(event);
            if (input !== null) send(input, event.at);
          },
          onAlarm: (alarm) => {
            send({ type: 'alarm', alarm });
          },
        },
        { channel: wanted, cpa: request.cpa },
      );
      if (taken === null) return false;
      ({ channel, ref } = taken);
      send({ type: 'start', channel, answerSignalled: taken.kind !== 'analog' });
      return true;
    },
    cancel() {
      send({ type: 'cancel' });
    },
    shutdown(how) {
      send({ type: 'shutdown', how });
    },
  };
}

function lineOf(channel: number | null): number {
  if (channel === null) throw new CodedError('ILLEGAL_STATE', 'the call has no channel');
  return channel;
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

function figuresOf(outcome: Outcome | null) {
  const { answered, cpdCompleted, greetingEnd, agentConnected } = outcome?.milestones ?? {};
  const answerToVerdictMs =
    answered === undefined || cpdCompleted === undefined ? null : cpdCompleted - answered;
  const waitForAgentMs =
    agentConnected === undefined || cpdCompleted === undefined
      ? null
      : agentConnected - Math.max(cpdCompleted, greetingEnd ?? 0);
  return { answerToVerdictMs, waitForAgentMs };
}
