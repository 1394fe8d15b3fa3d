import { rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { simKinds, type SimKind } from '../../board/sim/config.ts';
import type { TestCallLine } from '../../api/admin.ts';
import { ownBoardCall } from '../../daemon/cpdd/own-board.ts';
import { checkNumber } from '../../domain/number.ts';
import { cpaChoices, detectionModes, type Cpa, type DetectionMode } from '../../domain/result.ts';
import { CodedError, errorCodes, type ErrorCode } from '../../domain/errors.ts';
import { adminEndpoint, adminOptions, testCallLines } from '../admin/admin-client.ts';
import { boardReport } from '../boards/board.ts';
import { createCallView } from './call-view.ts';
import { messageLadder, messagesOf } from './message-ladder.ts';
import { maxHumanLossArgument, maxHumanLossOption } from '../../terminal/human-loss-option.ts';
import { printLine } from '../../terminal/output.ts';
import { ownerOnly } from '../../terminal/write-file.ts';

type AdminArguments = Pick<Arguments, 'url' | 'token'>;

interface Arguments {
  number: string;
  url: string;
  token?: string | undefined;
  simulate?: SimKind | undefined;
  config?: string | undefined;
  mode: DetectionMode;
  plan?: string | undefined;
  channel?: number | undefined;
  ringTimeout?: number | undefined;
  cpdTimeout?: number | undefined;
  maxHumanLoss?: string | undefined;
  cpa?: Cpa | undefined;
  hold: number;
  trace: boolean | undefined;
  record?: string | undefined;
  json: boolean;
}

export const dialCommand: CommandModule<object, Arguments> = {
  command: 'dial <number>',
  describe: 'Place a test call and show live what is heard',
  builder: (yargs) =>
    yargs
      .positional('number', { type: 'string', demandOption: true, describe: 'Number to dial' })
      .options(adminOptions)
      .option('simulate', {
        choices: simKinds,
        requiresArg: true,
        describe: 'Without cpdd: on a simulated board, where the number is of this kind',
      })
      .option('config', {
        type: 'string',
        requiresArg: true,
        conflicts: 'simulate',
        describe: 'Without cpdd: on the board of this cpdd configuration',
      })
      .option('mode', {
        choices: detectionModes,
        requiresArg: true,
        default: 'accurate_am_detection' as const,
        describe: 'Detection mode',
      })
      .option('plan', { type: 'string', requiresArg: true, describe: 'Tone plan of the called network' })
      .option('channel', { type: 'number', requiresArg: true, describe: 'Channel; any free one by default' })
      .option('ring-timeout', { type: 'number', requiresArg: true, describe: 'Longest ringing, in seconds' })
      .option('cpd-timeout', {
        type: 'number',
        requiresArg: true,
        describe: 'Latest verdict, in ms from answer',
      })
      .option('max-human-loss', maxHumanLossOption('as cpdd, or else the mode, says'))
      .option('cpa', {
        choices: cpaChoices,
        requiresArg: true,
        describe:
          "Who analyses the call: the board, our detector, both; as the line's configuration by default",
      })
      .option('hold', {
        type: 'number',
        requiresArg: true,
        default: 0,
        describe: 'Seconds to listen on after the verdict',
      })
      .option('record', {
        type: 'string',
        describe: 'Record what is heard, for replay: in this new file, or (through cpdd) in its folder',
      })
      .option('trace', {
        type: 'boolean',
        conflicts: ['simulate', 'config'],
        describe: 'Through cpdd, on SIP trunks: show the messages of the call when it is over',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print each event as one line of JSON' })
      .example('$0 dial +12125550100', 'through the running cpdd')
      .example('$0 dial +12125550100 --simulate machine --hold 10', 'without cpdd, on a simulated board')
      .example('$0 dial +12125550100 --simulate machine --record call.cpdrec', 'and keep what was heard'),
  handler: async (args) => {
    const number = checkNumber(args.number);
    const maxHumanLoss = maxHumanLossArgument(args.maxHumanLoss);
    const call = {
      number,
      mode: args.mode,
      ...(args.plan === undefined ? {} : { plan: args.plan }),
      ...(args.channel === undefined ? {} : { channel: args.channel }),
      ...(args.ringTimeout === undefined ? {} : { ringTimeoutMs: args.ringTimeout * 1_000 }),
      ...(args.cpdTimeout === undefined ? {} : { cpdTimeoutMs: args.cpdTimeout }),
      ...(maxHumanLoss === undefined ? {} : { maxHumanLoss }),
      ...(args.cpa === undefined ? {} : { cpa: args.cpa }),
      holdMs: args.hold * 1_000,
    };
    const ownBoard = args.simulate !== undefined || args.config !== undefined;
    const record = recordArgument(args.record, ownBoard);
    const stop = new AbortController();
    const hangUp = () => stop.abort();
    process.once('SIGINT', hangUp);
    process.once('SIGTERM', hangUp);
    const lines = ownBoard
      ? ownBoardCall({ ...call, ...record }, { simulate: args.simulate, config: args.config }, stop.signal)
      : testCallLines(
          adminEndpoint(args),
          args.record === undefined ? call : { ...call, record: true },
          stop.signal,
        );
    try {
      const before = args.trace === true ? await lastMessageAt(args) : 0;
      const channel = await show(lines, args.json);
      if (args.trace === true && channel !== null) await showMessages(args, channel, before);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      process.stderr.write('hung up\n');
      process.exitCode = 130;
    } finally {
      checkRecorded(record.recordFile);
      process.off('SIGINT', hangUp);
      process.off('SIGTERM', hangUp);
    }
  },
};

/**
 * The file on an own board: made here, so that nothing is dialled when it cannot be.
 *
 * @throws CodedError BAD_ARGUMENT
 */
function recordArgument(record: string | undefined, ownBoard: boolean): { recordFile?: string } {
  if (record === undefined || (!ownBoard && record === '')) return {};
  const wrong = (message: string, expected: string, cause?: unknown) =>
    new CodedError('BAD_ARGUMENT', `--record: ${message}`, {
      field: 'record',
      found: record,
      expected,
      cause,
    });
  if (!ownBoard) throw wrong('cpdd records in its own folder', '--record alone, or --simulate, or --config');
  if (record === '') throw wrong('no file', 'the name of a new file');
  try {
    writeFileSync(record, '', { flag: 'wx', mode: ownerOnly });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw wrong(
      `${record} cannot be made (${reason})`,
      'the name of a new file in a folder one may write',
      error,
    );
  }
  return { recordFile: resolve(record) };
}

/** The board is closed by now, its recordings written. */
function checkRecorded(file: string | undefined): void {
  if (file === undefined || statSync(file).size > 0) return;
  rmSync(file);
  process.stderr.write('cpdctl: nothing was recorded: the board heard nothing, or records no calls\n');
}

/** When the last message so far went over the wire. */
async function lastMessageAt(at: AdminArguments): Promise<number> {
  const { report, driver } = await boardReport(at, 'trace');
  const messages = messagesOf(report);
  if (messages !== null) return messages.at(-1)?.at ?? 0;
  throw new CodedError('NOT_SUPPORTED', `--trace: a ${driver} board has no SIP messages`, {
    field: 'trace',
    found: driver,
    expected: 'a board on SIP trunks',
  });
}

async function showMessages(
  at: AdminArguments & { json: boolean },
  channel: number,
  after: number,
): Promise<void> {
  const { report } = await boardReport(at, 'trace', channel);
  const messages = (messagesOf(report) ?? []).filter((message) => message.at > after);
  if (at.json) {
    printLine(JSON.stringify({ kind: 'messages', messages }));
  } else {
    printLine('');
    messageLadder(messages).forEach(printLine);
  }
}

/** Shows the call as it goes. Gives the channel that it was on. */
async function show(lines: AsyncIterable<TestCallLine>, json: boolean): Promise<number | null> {
  let channel: number | null = null;
  const view = createCallView();
  let ended = false;
  for await (const line of lines) {
    if (json) printLine(JSON.stringify(line));
    else view(line).forEach(printLine);
    if (line.kind === 'started') channel = line.channel;
    if (line.kind === 'error') {
      const code = Object.hasOwn(errorCodes, line.code) ? (line.code as ErrorCode) : 'INTERNAL';
      throw new CodedError(code, line.message);
    }
    if (line.kind === 'end') {
      ended = true;
      // Nothing was dialled: not what the engineer asked for.
      if (line.outcome === null) process.exitCode = errorCodes.BOARD_ERROR.exit;
    }
  }
  if (!ended) throw new CodedError('DAEMON_UNREACHABLE', 'cpdd went away during the call');
  return channel;
}
