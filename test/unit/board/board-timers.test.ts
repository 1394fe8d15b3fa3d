import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoardTimers } from '../../../src/board/board-timers.ts';

/** A native clock that counts how often it is armed, and tells when its timer runs out. */
function createClock() {
  let now = 0;
  let dueAt = Infinity;
  let armed = 0;
  const timers = new BoardTimers({
    now: () => now,
    arm: (afterMs) => {
      armed++;
      dueAt = now + afterMs;
    },
  });
  return {
    timers,
    armed: () => armed,
    now: () => now,
    advance: (ms: number) => {
      now += ms;
      if (dueAt > now) return;
      dueAt = Infinity;
      for (const timer of timers.ranOut(now)) timers.run(timer);
    },
  };
}

test('the board is armed for the soonest deadline alone, however many there are', () => {
  const clock = createClock();
  const cancels = Array.from({ length: 2_000 }, (_, i) => clock.timers.after(5_000 + i, () => {}));
  expect(clock.armed()).toBe(1);
  for (const cancel of cancels) cancel();
  expect(clock.armed()).toBe(1);
  clock.advance(5_000);
  expect(clock.armed()).toBe(1);
  clock.timers.after(900, () => {});
  clock.timers.after(800, () => {});
  expect(clock.armed()).toBe(3);
});

test('a timer set while another runs has its own time before it', () => {
  const clock = createClock();
  const rang: string[] = [];
  clock.timers.after(100, () => {
    rang.push('first');
    clock.timers.after(0, () => rang.push('second'));
  });
  clock.advance(100);
  expect(rang).toEqual(['first']);
  clock.advance(0);
  expect(rang).toEqual(['first', 'second']);
});

test('one that is cancelled by another of the same moment does not run', () => {
  const clock = createClock();
  const rang: string[] = [];
  clock.timers.after(100, () => {
    rang.push('a');
    cancel();
  });
  const cancel = clock.timers.after(100, () => rang.push('b'));
  clock.advance(200);
  expect(rang).toEqual(['a']);
});

test('after clear none runs', () => {
  const clock = createClock();
  let rang = false;
  clock.timers.after(10, () => (rang = true));
  clock.timers.clear();
  clock.advance(20);
  expect(rang).toBe(false);
});

test('each timer runs once, in time and in order, unless cancelled', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), ms: fc.nat(500) }),
    fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(50) }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(300) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const clock = createClock();
      const set: { dueAt: number; cancel: () => void; rangAt: number | null; cancelled: boolean }[] = [];
      const order: number[] = [];
      for (const one of [...steps, { kind: 'advance' as const, ms: 1_000 }]) {
        if (one.kind === 'set') {
          const dueAt = clock.now() + one.ms;
          const i = set.length;
          const cancel = clock.timers.after(one.ms, () => {
            expect(set[i]?.rangAt).toBeNull();
            set[i] = { ...set[i]!, rangAt: clock.now() };
            order.push(i);
          });
          set.push({ dueAt, cancel, rangAt: null, cancelled: false });
        } else if (one.kind === 'cancel') {
          const timer = set[one.which];
          if (timer === undefined) continue;
          timer.cancel();
          if (timer.rangAt === null) timer.cancelled = true;
        } else {
          clock.advance(one.ms);
          for (const { dueAt, rangAt, cancelled } of set) {
            if (cancelled) expect(rangAt).toBeNull();
            else expect(rangAt !== null).toBe(dueAt <= clock.now());
            if (rangAt !== null) expect(rangAt).toBeGreaterThanOrEqual(dueAt);
          }
        }
      }
      const wanted = [...order].sort((a, b) => set[a]!.dueAt - set[b]!.dueAt || a - b);
      expect(order).toEqual(wanted);
    }),
  );
});
