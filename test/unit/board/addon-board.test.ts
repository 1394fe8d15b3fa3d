import { expect, test, vi } from 'vitest';
import { AddonBoard } from '../../../src/board/addon-board.ts';
import type { BoardEvent } from '../../../src/board/board.ts';
import type { BridgeOptions, NativeBoardConfig, NativeEvent } from '../../../src/board/native-addon.ts';
import { nextTurn } from '../../../src/ocs/clock.ts';

/** What the native board has to say, and how it asks to be heard. */
const queue: NativeEvent[] = [];
let wake = (): void => {};

vi.mock('../../../src/board/native.ts', () => ({
  coded: (error: unknown) => error,
  loadNative: () => ({
    NativeBoard: class {
      constructor(_config: unknown, onWake: () => void) {
        wake = onWake;
      }
      open = () => Promise.resolve();
      close = () => Promise.resolve();
      drain = () => queue.splice(0);
      now = () => 0;
    },
  }),
}));

const say = (channel: number) => {
  queue.push({ type: 'seized', channel, ref: 1, at: 0 } as unknown as NativeEvent);
  wake();
};

test('events that come while a turn takes long have the next one: others have theirs between', async () => {
  const board = await AddonBoard.open(
    {} as NativeBoardConfig,
    { stepped: false, boardHostProgram: null } as BridgeOptions,
    false,
  );
  const turns: number[][] = [];
  board.onTurn((deliver) => {
    turns.push([]);
    deliver();
    // Written to the disk meanwhile, and the board goes on talking: Node calls the wake-up again in this turn.
    if (turns.length < 3) say(10 * turns.length);
  });
  board.onEvent((event: BoardEvent) => turns.at(-1)?.push(event.channel));
  say(1);
  say(2);
  expect(turns).toEqual([]);
  await nextTurn();
  expect(turns).toEqual([[1, 2]]);
  await nextTurn();
  expect(turns).toEqual([[1, 2], [10]]);
  await nextTurn();
  expect(turns).toEqual([[1, 2], [10], [20]]);
  await board.close();
});

test('what a listener throws is an error of the process, and the events behind it come', async () => {
  const board = await AddonBoard.open(
    {} as NativeBoardConfig,
    { stepped: false, boardHostProgram: null } as BridgeOptions,
    false,
  );
  const heard: number[] = [];
  board.onEvent(({ channel }: BoardEvent) => {
    heard.push(channel);
    if (channel === 1) throw new Error('of the listener');
  });
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  say(1);
  say(2);
  expect(await thrown).toMatchObject({ message: 'of the listener' });
  for (const listener of others) process.on('uncaughtException', listener);
  await nextTurn();
  expect(heard).toEqual([1, 2]);
  await board.close();
});
