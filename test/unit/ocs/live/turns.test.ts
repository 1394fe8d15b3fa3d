import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../../src/ocs/live/turns.ts';

describe('turns', () => {
  it('go round: each is first once before any is first again, however often nothing is given in between', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }),
        (names, empty) => {
          const turns = createTurns((name: string) => name);
          for (let round = 0; round < 3; round += 1) {
            const firsts = names.map((_, i) => {
              for (let times = 0; times < (empty[i % empty.length] ?? 0); times += 1) turns.order(names);
              const order = turns.order(names);
              expect(order.toSorted()).toEqual(names.toSorted());
              const [first = ''] = order;
              turns.served(first);
              return first;
            });
            expect(firsts.toSorted()).toEqual(names.toSorted());
          }
        },
      ),
    );
  });

  it('go on with the others when one comes or goes', () => {
    const turns = createTurns((name: string) => name);
    turns.served('a');
    expect(turns.order(['a', 'b', 'c'])).toEqual(['b', 'c', 'a']);
    turns.served('b');
    expect(turns.order(['a', 'c', 'd'])).toEqual(['c', 'd', 'a']);
  });
});
