import { describe, expect, it } from 'vitest';
import { nextTurn } from '../../../../src/ocs/clock.ts';
import { createMessageQueue, mostWaiting } from '../../../../src/ocs/api/message-queue.ts';

describe('the messages of one connection', () => {
  /** A connection and who carries out its messages; each is done when the test says so. */
  const open = () => {
    const socket = {
      isPaused: false,
      pause: () => {
        socket.isPaused = true;
      },
      resume: () => {
        socket.isPaused = false;
      },
    };
    const begun: string[] = [];
    let done = () => {};
    const take = createMessageQueue(socket, ({ data }: { data: string }) => {
      begun.push(data);
      return new Promise((resolve) => {
        done = resolve;
      });
    });
    const finish = async () => {
      done();
      await nextTurn();
    };
    return { begun, finish, socket, take };
  };

  it('are carried out one after the other, the first at once', async () => {
    const { begun, finish, take } = open();
    for (const data of ['a', 'b', 'c']) take({ data });
    expect(begun).toEqual(['a']);
    await finish();
    expect(begun).toEqual(['a', 'b']);
    await finish();
    await finish();
    expect(begun).toEqual(['a', 'b', 'c']);
    take({ data: 'd' });
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are not read while as many wait as may, however many one read brings, and again once fewer wait', async () => {
    const { begun, finish, socket, take } = open();
    take({ data: 'first' });
    for (let n = 1; n < mostWaiting; n += 1) take({ data: 'more' });
    expect(socket.isPaused).toBe(false);
    for (let n = 0; n < 5; n += 1) take({ data: 'more' });
    expect(socket.isPaused).toBe(true);
    for (let n = 0; n < 5; n += 1) await finish();
    expect(begun).toHaveLength(6);
    expect(socket.isPaused).toBe(true);
    await finish();
    expect(socket.isPaused).toBe(false);
  });
});
