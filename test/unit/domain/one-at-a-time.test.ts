import { expect, test } from 'vitest';
import { oneAtATime } from '../../../src/domain/one-at-a-time.ts';

test('an event that comes up while another is taken waits for its turn, in order', () => {
  const said: string[] = [];
  const send = oneAtATime<string>((event) => {
    said.push(`begin ${event}`);
    if (event === 'a') {
      send('b');
      send('c');
    }
    said.push(`end ${event}`);
  });
  send('a');
  expect(said).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
});

test('what is thrown reaches the sender, and what waited goes on with the next event', () => {
  const taken: string[] = [];
  const send = oneAtATime<string>((event) => {
    taken.push(event);
    if (event !== 'a') return;
    send('b');
    throw new Error('of a');
  });
  expect(() => {
    send('a');
  }).toThrow('of a');
  expect(taken).toEqual(['a']);
  send('c');
  expect(taken).toEqual(['a', 'b', 'c']);
});
