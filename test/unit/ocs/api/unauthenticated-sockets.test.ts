import { beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from '../../../../src/ocs/live/agents.ts';
import type { Desk } from '../../../../src/ocs/live/desks.ts';
import {
  limitUnauthenticated,
  type UnauthenticatedLimits,
} from '../../../../src/ocs/api/unauthenticated-sockets.ts';
import { manualClock, type ManualClock } from '../../../../src/ocs/clock.ts';

let closed: number[];
let clock: ManualClock;
let desk: Desk;
let limits: UnauthenticatedLimits;
beforeEach(() => {
  closed = [];
  clock = manualClock();
  desk = {
    agent: null,
    address: '127.0.0.1',
    logOutReference: null,
    send: () => {},
    close: (code) => closed.push(code),
  };
  limits = limitUnauthenticated(desk, clock, 10_000);
});
const logIn = () => {
  desk.agent = {} as Agent;
  limits.update();
};

describe('a connection without Login', () => {
  it('is closed after its time, whatever it sends', () => {
    clock.advance(6_000);
    expect(limits.maySend(100)).toBe(true);
    limits.update();
    clock.advance(3_999);
    expect(closed).toEqual([]);
    clock.advance(1);
    expect(closed).toEqual([4002]);
  });

  it('may send a few short messages', () => {
    for (let times = 0; times < 10; times += 1) expect(limits.maySend(4_096)).toBe(true);
    expect(limits.maySend(1)).toBe(false);
    expect(closed).toEqual([4003]);
  });

  it('may send no long one', () => {
    expect(limits.maySend(4_097)).toBe(false);
    expect(closed).toEqual([4003]);
  });

  it('has its time again after a logout', () => {
    logIn();
    clock.advance(60_000);
    for (let times = 0; times < 100; times += 1) expect(limits.maySend(100_000)).toBe(true);
    desk.agent = null;
    limits.update();
    clock.advance(9_999);
    expect(closed).toEqual([]);
    clock.advance(1);
    expect(closed).toEqual([4002]);
  });

  it('is left alone when it ended by itself', () => {
    limits.stop();
    clock.advance(20_000);
    expect(closed).toEqual([]);
  });
});
