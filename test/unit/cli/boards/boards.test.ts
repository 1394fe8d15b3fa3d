import { describe, expect, it } from 'vitest';
import { channelRange } from '../../../../src/cli/boards/boards.ts';

describe('the channels of a span', () => {
  it('writes channels without gaps as a range', () => {
    expect(channelRange([0, 1, 2])).toBe('0-2');
    expect(channelRange([0, 2])).toBe('0,2');
    expect(channelRange([4])).toBe('4');
    expect(channelRange([])).toBe('-');
  });
});
