import { beforeEach, describe, expect, it } from 'vitest';
import { createMemory, type MemoryOfTransactions } from '../../../../../src/ocs/store/transactions/memory.ts';

let inTransaction: boolean;
let failures: unknown[];
let memory: MemoryOfTransactions;
beforeEach(() => {
  inTransaction = true;
  failures = [];
  memory = createMemory(
    () => inTransaction,
    (error) => failures.push(error),
  );
});
const keepAll = () => {
  inTransaction = false;
  memory.finish()();
};

describe('what runs when a transaction is kept', () => {
  it('runs then, in order, once', () => {
    const order: number[] = [];
    for (const n of [1, 2, 3]) memory.afterwards(() => order.push(n));
    expect(order).toEqual([]);
    keepAll();
    memory.finish()();
    expect(order).toEqual([1, 2, 3]);
  });

  it('runs at once outside of a transaction, and its caller hears of a failure', () => {
    inTransaction = false;
    const order: number[] = [];
    memory.afterwards(() => order.push(1));
    expect(order).toEqual([1]);
    expect(() => {
      memory.afterwards(() => {
        throw new Error('no');
      });
    }).toThrow('no');
    expect(failures).toEqual([]);
  });

  it('runs though others before it throw: each failure is told', () => {
    const order: number[] = [];
    for (const n of [1, 2, 3, 4]) {
      memory.afterwards(() => {
        if (n % 2 === 1) throw new Error(String(n));
        order.push(n);
      });
    }
    keepAll();
    expect(order).toEqual([2, 4]);
    expect(failures).toEqual([new Error('1'), new Error('3')]);
  });

  it('does not run when its part is taken back; what is outside of the part does', () => {
    const order: string[] = [];
    memory.afterwards(() => order.push('before'));
    const mark = memory.begin();
    memory.afterwards(() => order.push('taken back'));
    memory.takeBack(mark);
    memory.afterwards(() => order.push('after'));
    keepAll();
    expect(order).toEqual(['before', 'after']);
  });
});

describe('memory of a transaction that is taken back', () => {
  it('is as at the mark: fields and entries, those that were not there too', () => {
    const thing: { n: number } = { n: 1 };
    const map = new Map([['a', 1]]);
    memory.keep(thing);
    thing.n = 2;
    const mark = memory.begin();
    memory.keep(thing);
    thing.n = 3;
    memory.keep(thing);
    thing.n = 4;
    memory.keepEntry(map, 'a');
    map.set('a', 2);
    memory.keepEntry(map, 'b');
    map.set('b', 1);
    memory.keepEntry(map, 'a');
    map.delete('a');
    memory.takeBack(mark);
    expect(thing).toEqual({ n: 2 });
    expect([...map]).toEqual([['a', 1]]);
    memory.takeBack({ undo: 0, later: 0 });
    expect(thing).toEqual({ n: 1 });
  });

  it('is not remembered outside of one, nor after one that was kept', () => {
    const thing = { n: 1 };
    const map = new Map([['a', 1]]);
    memory.keep(thing);
    thing.n = 2;
    keepAll();
    memory.keep(thing);
    memory.keepEntry(map, 'a');
    thing.n = 3;
    map.set('a', 3);
    memory.takeBack({ undo: 0, later: 0 });
    expect(thing).toEqual({ n: 3 });
    expect([...map]).toEqual([['a', 3]]);
  });
});
