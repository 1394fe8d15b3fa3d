import fc from 'fast-check';
import { checkNumber } from '../../../src/domain/number.ts';
import type { BoardBench } from './bench.ts';

/** One thing that anybody might do to a board at any time, sensible or not. */
export type Command = {
  what:
    | 'call'
    | 'reachPerson'
    | 'seize'
    | 'dial'
    | 'rearm'
    | 'transfer'
    | 'join'
    | 'part'
    | 'play'
    | 'stopPlay'
    | 'collectDigits'
    | 'drop'
    | 'reset'
    | 'setInService'
    | 'tellScores'
    | 'pass';
  /** Place of the channel in the inventory. */
  channel: number;
  other: number;
  /** Use the reference of the call that is on the channel, rather than a new one. */
  current: boolean;
  choice: number;
};

const command: fc.Arbitrary<Command> = fc.record({
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constant('pass' as const) },
    { weight: 2, arbitrary: fc.constant('call' as const) },
    { weight: 3, arbitrary: fc.constant('reachPerson' as const) },
    { weight: 1, arbitrary: fc.constantFrom('seize' as const, 'dial' as const) },
    {
      weight: 5,
      arbitrary: fc.constantFrom<Command['what'][]>(
        'rearm',
        'transfer',
        'join',
        'part',
        'play',
        'stopPlay',
        'collectDigits',
        'drop',
        'reset',
        'setInService',
        'tellScores',
      ),
    },
  ),
  channel: fc.nat(2),
  other: fc.nat(2),
  current: fc.nat(4).map((luck) => luck > 0),
  choice: fc.nat(5),
});

export const randomCommands = fc.array(command, { minLength: 15, maxLength: 40 });

export async function runCommand(bench: BoardBench, { what, channel, other, current, choice }: Command) {
  const { board, setup } = bench;
  const channels = board.channels();
  const at = channels[channel % channels.length]?.channel ?? 0;
  const peer = channels[other % channels.length]?.channel ?? 0;
  const owner = channels[channel % channels.length]?.ref ?? 0;
  const ref = current && owner !== 0 ? owner : bench.ref();
  const numbers: string[] = Object.values<string>({ ...setup.numbers });
  const extensions: string[] = Object.values<string>({ ...setup.extensions });
  const number = checkNumber(numbers[choice % numbers.length] ?? '');
  const parameters = bench.parameters({ noDetection: choice === 5 });
  switch (what) {
    case 'call':
    case 'reachPerson': {
      const call = bench.ref();
      board.seize(at, call);
      await bench.pass(1_500);
      board.dial(at, call, what === 'call' ? number : checkNumber(setup.numbers.presses), parameters);
      return bench.pass(what === 'call' ? 0 : 5_000);
    }
    case 'seize':
      return board.seize(at, bench.ref());
    case 'dial':
      return board.dial(at, ref, number, parameters);
    case 'rearm':
      return board.rearm(at, ref);
    case 'transfer':
      return board.transfer(
        at,
        ref,
        extensions[choice % 3] ?? '',
        (['blind', 'consult', 'bridge'] as const)[choice % 3] ?? 'blind',
      );
    case 'join':
      return board.join(at, ref, peer);
    case 'part':
      return board.part(at, ref);
    case 'play':
      return board.play(at, ref, setup.announcement);
    case 'stopPlay':
      return board.stopPlay(at, ref);
    case 'collectDigits':
      return board.collectDigits(at, ref, { count: choice, timeoutMs: 400 * choice });
    case 'drop':
      return board.drop(at, ref);
    case 'reset':
      return board.reset(at);
    case 'setInService':
      return board.setInService(at, choice > 1);
    case 'tellScores':
      return board.tellScores(at, choice > 1);
    case 'pass':
      return bench.pass([20, 60, 200, 700, 2_000, 5_000][choice] ?? 20);
  }
}
