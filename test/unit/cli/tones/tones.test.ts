import { describe, expect, it } from 'vitest';
import type { Cadence, ToneStep } from '../../../../src/board/tone-plans.ts';
import { cadenceNotation, cadenceWords } from '../../../../src/cli/tones/tones-words.ts';

const tone = (ms: number, ...hz: number[]): ToneStep => ({ hz, modulationHz: null, ms });
const ringback: Cadence = { steps: [tone(2_000, 440, 480), tone(4_000)], once: false };
const continuous: Cadence = { steps: [tone(0, 350, 440)], once: false };
const sit: Cadence = { steps: [tone(330, 950), tone(330, 1_400), tone(330, 1_800), tone(0)], once: true };
const india: Cadence = { steps: [{ hz: [400], modulationHz: 25, ms: 400 }, tone(200)], once: false };

describe('a cadence', () => {
  it('is written in the notation of the plans', () => {
    expect(cadenceNotation(ringback)).toBe('440+480/2000,0/4000');
    expect(cadenceNotation(continuous)).toBe('350+440/0');
    expect(cadenceNotation(sit)).toBe('950/330,1400/330,1800/330,0/0');
    expect(cadenceNotation({ ...sit, steps: sit.steps.slice(0, 3) })).toBe('950/330,1400/330,1800/330,0/0');
    expect(cadenceNotation(india)).toBe('400*25/400,0/200');
  });

  it('is told in words', () => {
    expect(cadenceWords(ringback)).toBe('440+480 Hz for 2 s, silence for 4 s, repeated');
    expect(cadenceWords(continuous)).toBe('350+440 Hz without a break');
    expect(cadenceWords(sit)).toBe('950 Hz for 0.33 s, 1400 Hz for 0.33 s, 1800 Hz for 0.33 s, once');
    expect(cadenceWords(india)).toBe('400 Hz modulated by 25 Hz for 0.4 s, silence for 0.2 s, repeated');
  });
});
