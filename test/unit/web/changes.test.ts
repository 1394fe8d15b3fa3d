import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/web/admin/changes.ts';

describe('what differs between before and after', () => {
  it.each([
    [{ a: 1, b: { c: [1], d: 'x' } }, { a: 1, b: { c: [2], d: 'x' } }, ['b.c: [1] -> [2]']],
    [null, { was: 'person' }, ['was: "person"']],
    [{ a: 1, b: 2 }, { b: 2 }, ['a: 1 -> none']],
    [{ running: true }, {}, ['running: true ->']],
    [null, 'a text that was cut', ['"a text that was cut"']],
    [null, null, []],
  ])('%j and %j', (before, after, expected) => {
    expect(changesOf(before, after)).toEqual(expected);
  });
});
