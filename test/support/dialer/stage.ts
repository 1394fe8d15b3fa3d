import { afterEach, beforeEach } from 'vitest';
import type { CallEnd, ChannelUse, DialerConfig } from '../../../src/dialer/contract.ts';
import type { CheckedNumber } from '../../../src/domain/number.ts';
import type { Cpa } from '../../../src/domain/result.ts';
import { dialRequest, verdict } from './call-script.ts';
import { DialerBench } from './bench.ts';
import { ScriptedBoard } from '../board/scripted-board.ts';

/** A dialler on a scripted board of two channels for each test of the file that imports this; closed after it. */
export let board: ScriptedBoard;
export let bench: DialerBench<ScriptedBoard>;
/** What the dialler's observer was told. */
export let ended: CallEnd[];
export let uses: [number, ChannelUse][];

export const number = (digits: string) => digits as CheckedNumber;
/** A request to a number of its own: one number is never in two calls. */
export const request = (attemptId: string, over: Parameters<typeof dialRequest>[0] = {}) =>
  dialRequest({ attemptId, number: number(numberOf(attemptId)), ...over });

const numbers = new Map<string, string>();
function numberOf(attemptId: string): string {
  const known = numbers.get(attemptId) ?? String(2_025_550_123 + numbers.size);
  numbers.set(attemptId, known);
  return known;
}

/** Another dialler than the usual one; whoever was there before must be closed. */
export function open(channels: number, config: Partial<DialerConfig> = {}, cpa?: Cpa[][]): void {
  ended = [];
  uses = [];
  const observer = {
    ended: (end: CallEnd) => ended.push(end),
    channel: ({ channel, to }: { channel: number; to: ChannelUse }) => uses.push([channel, to]),
  };
  useBench(new DialerBench(new ScriptedBoard(channels, cpa), { config, observer }));
}

export function useBench(other: DialerBench<ScriptedBoard>): void {
  bench = other;
  board = other.board;
}

beforeEach(() => {
  open(2);
});
afterEach(async () => {
  await bench.close();
});

/** Takes requests and lets the board dial them. */
export async function dial(...requests: ReturnType<typeof request>[]): Promise<void> {
  const before = board.did('dial').length;
  bench.ocs.offer(...requests);
  bench.dialer.start();
  await bench.until(() => board.did('seize').length >= before + requests.length, 'seized');
  board.advance(1);
}

export function answer(channel: number, what = verdict('live')): void {
  board.emit(channel, { type: 'answered', by: 'signal' });
  board.advance(1_000);
  board.emit(channel, what);
}
