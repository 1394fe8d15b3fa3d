import type { Cadence, ToneStep } from '../../board/tone-plans.ts';

/** A cadence in the notation of the plans: `440+480/2000,0/4000`; `,0/0` at the end: played once. */
export function cadenceNotation(cadence: Cadence): string {
  const steps = cadence.steps.map((step) => `${stepNotation(step)}/${step.ms}`);
  const last = cadence.steps.at(-1);
  const endsInSilence = last !== undefined && last.hz.length === 0 && last.ms === 0;
  if (cadence.once && !endsInSilence) steps.push('0/0');
  return steps.join(',');
}

function stepNotation(step: ToneStep): string {
  if (step.hz.length === 0) return '0';
  return step.modulationHz === null ? step.hz.join('+') : `${step.hz.join('+')}*${step.modulationHz}`;
}

/** A cadence in words: `440+480 Hz for 2 s, silence for 4 s, repeated`. */
export function cadenceWords(cadence: Cadence): string {
  const [only] = cadence.steps;
  if (cadence.steps.length === 1 && only?.ms === 0) return `${stepWords(only)} without a break`;
  const sounding = cadence.steps.filter((step) => step.ms > 0 || step.hz.length > 0);
  const words = sounding.map((step) =>
    step.ms === 0 ? `${stepWords(step)} from then on` : `${stepWords(step)} for ${secondsOf(step.ms)} s`,
  );
  return `${words.join(', ')}, ${cadence.once ? 'once' : 'repeated'}`;
}

function stepWords(step: ToneStep): string {
  if (step.hz.length === 0) return 'silence';
  const modulation = step.modulationHz === null ? '' : ` modulated by ${step.modulationHz} Hz`;
  return `${step.hz.join('+')} Hz${modulation}`;
}

/** `0.33`, `2`: no zeros that say nothing. */
function secondsOf(ms: number): string {
  return String(ms / 1000);
}
