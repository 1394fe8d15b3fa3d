import { basename } from 'node:path';
import type { CommandModule } from 'yargs';
import { analyzeFile, steadyTones, type SteadyTone } from '../../board/analysis.ts';
import {
  parseCadence,
  toneNames,
  tonePlans,
  type ToneName,
  type TonePlanSource,
} from '../../board/tone-plans.ts';
import { CodedError } from '../../domain/errors.ts';
import { channelWarning, type WavChannel } from '../../domain/recorded-channels.ts';
import type { HeardTone } from '../../domain/tone.ts';
import { seconds } from '../analysis/analyze-result.ts';
import { channelOption, warnOfChannels } from '../../terminal/channel-option.ts';
import { printJson } from '../../terminal/output.ts';
import { guessName, learnTones, type Burst, type Learnt, type LearntTone } from './tone-learning.ts';
import { cadenceWords } from './tones-words.ts';
import { writeOption } from '../../terminal/write-file.ts';

/** Of durations in the plan; edges are known to about as much. */
const gridMs = 5;
/** Bursts so much softer than the loudest are echoes and cross-talk. */
const softestDb = 20;

/** Of the power of a burst in its lines: less is speech, music or noise. */
const leastShare = 0.7;

/** Told in the file; the others are in --json. */
const mostLeftOut = 5;

interface LearnArguments {
  file: string;
  json: boolean;
  code: string;
  name?: string;
  as?: string;
  out?: string;
  channel: WavChannel;
}

/** A learnt tone with its place in a plan. */
interface NamedTone {
  name: ToneName;
  /** Nobody said so. */
  guessed: boolean;
  notation: string;
  tone: LearntTone;
  /** The detector, given the learnt plan, names it in the same recording. */
  heardAgain: boolean;
}

export const tonesLearnCommand: CommandModule<object, LearnArguments> = {
  command: 'learn <file>',
  describe: 'Write a tone plan from a recording of tones',
  builder: (parser) =>
    parser
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'WAV file with tones one after the other, each at least twice or 3 s long',
      })
      .option('code', { type: 'string', default: 'SITE', requiresArg: true, describe: 'Code of the plan' })
      .option('name', { type: 'string', requiresArg: true, describe: 'Name of the network' })
      .option('as', {
        type: 'string',
        requiresArg: true,
        describe: 'What the tones are, in their order, e.g. dial,ringback,busy (default: guessed)',
      })
      .option('channel', channelOption)
      .option('out', { type: 'string', requiresArg: true, describe: 'Write the YAML to this file' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object with all figures' })
      .example('$0 tones learn exchange.wav --code PBX --as ringback,busy', 'for tonePlans of cpdd.yaml'),
  handler: async ({ file, json, code, name, as, out, channel }) => {
    const wanted = namesOf(as);
    if (tonePlans().some((plan) => plan.code === code)) {
      throw wrong('code', code, 'a code that no built-in plan has', `${code} is a built-in plan`);
    }
    const recorded = await steadyTones(file, channel);
    const { tones, durationMs } = recorded;
    const warning = channelWarning(recorded, channel);
    if (warning !== null) warnOfChannels('cpdctl', [{ file, ...warning }]);
    const loudest = Math.max(...tones.map(({ dbm0 }) => dbm0));
    const bursts = tones.filter(({ dbm0 }) => dbm0 >= loudest - softestDb).map(burstOf);
    const learnt = learnTones(bursts, durationMs);
    if (learnt.tones.length === 0) throw nothingSteady(file, learnt);
    if (wanted !== null && wanted.length !== learnt.tones.length) {
      const heard = learnt.tones.map((tone) => notationOf(tone)).join('; ');
      const expected = `${learnt.tones.length} names, for ${heard}`;
      throw wrong('as', as, expected, `--as names ${wanted.length} tones`);
    }
    const named = learnt.tones.map((tone, at) => ({
      name: wanted?.[at] ?? guessName(tone),
      guessed: wanted === null,
      notation: notationOf(tone),
      tone,
    }));
    const plan = planOf(code, name ?? `learnt from ${basename(file)}`, named);
    const checked = await hearAgain(file, channel, plan, named);
    const yaml = planYaml(file, durationMs, plan, checked, learnt);
    if (out !== undefined) writeOption('out', out, yaml);
    if (json) printJson(reportOf(file, durationMs, plan, checked, learnt));
    else if (out === undefined) process.stdout.write(yaml);
    for (const each of checked) {
      if (each.heardAgain) continue;
      process.stderr.write(
        `cpdctl: with this plan the detector does not hear ${each.name} in the recording: too short, or too noisy\n`,
      );
    }
  },
};

/** What is no tone stays in its place without frequencies, so that nothing is taken for a pause. */
function burstOf({ startMs, endMs, hz, modulationHz, share, steady }: SteadyTone): Burst {
  return share >= leastShare && steady
    ? { startMs, endMs, hz, modulationHz }
    : { startMs, endMs, hz: [], modulationHz: null };
}

/** @throws CodedError BAD_ARGUMENT */
function namesOf(as: string | undefined): ToneName[] | null {
  if (as === undefined) return null;
  const names = as.split(',').map((name) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  const known = (name: string): name is ToneName => (toneNames as readonly string[]).includes(name);
  if (!names.every(known) || twice !== undefined) {
    throw wrong('as', as, `different names of ${toneNames.join(', ')}`, `--as ${as}`);
  }
  return names;
}

function wrong(field: string, found: unknown, expected: string, message: string): CodedError {
  return new CodedError('BAD_ARGUMENT', `${message}; expected ${expected}`, { field, found, expected });
}

function nothingSteady(file: string, { left }: Learnt): CodedError {
  const first = left.slice(0, 3).map(({ startMs, why }) => `at ${seconds(startMs)} s ${why}`);
  const heard = [...first, ...(left.length > 3 ? [`and ${left.length - 3} more`] : [])].join(', ');
  const expected = 'tones that come at least twice, or one of 3 s without a break';
  return new CodedError(
    'NO_STEADY_TONE',
    `${file}: no tone to learn${heard === '' ? '' : ` (${heard})`}; expected ${expected}`,
    { field: file, found: heard === '' ? 'no steady tone' : heard, expected },
  );
}

/** As in the plans: frequencies to 1 Hz, durations to 5 ms. */
export function notationOf({ steps, once }: LearntTone): string {
  const texts = steps.map(({ hz, modulationHz, ms }) => {
    const pitch = hz.length === 0 ? '0' : hz.map(({ mean }) => Math.round(mean)).join('+');
    const rate = modulationHz === null ? '' : `*${Math.round(modulationHz)}`;
    return `${pitch}${rate}/${ms === null ? 0 : Math.max(gridMs, Math.round(ms.mean / gridMs) * gridMs)}`;
  });
  return [...texts, ...(once ? ['0/0'] : [])].join(',');
}

/** Of two tones of one name the first; the other is told in a comment. */
function planOf(code: string, name: string, tones: readonly Omit<NamedTone, 'heardAgain'>[]): TonePlanSource {
  const plan: TonePlanSource = { code, name };
  for (const { name: tone, notation } of tones) plan[tone] ??= notation;
  return plan;
}

/** The names of the detector for the tones of a plan; it has none for the others. */
const heardAs: Partial<Record<ToneName, HeardTone>> = {
  dial: 'dialtone',
  ringback: 'ringback',
  busy: 'busy',
  congestion: 'congestion',
  info: 'sit',
  numberUnobtainable: 'number_unobtainable',
};

async function hearAgain(
  file: string,
  channel: WavChannel,
  plan: TonePlanSource,
  tones: readonly Omit<NamedTone, 'heardAgain'>[],
): Promise<NamedTone[]> {
  const { observations } = await analyzeFile(file, { plan, from: 'dial', mode: 'no_am_detection', channel });
  return tones.map((each) => {
    const wanted = heardAs[each.name];
    const heardAgain =
      wanted === undefined ||
      observations.some(
        (seen) =>
          seen.kind === 'tone' &&
          (seen.tone === wanted || seen.ambiguousWith.includes(wanted)) &&
          seen.startMs < each.tone.endMs &&
          (seen.endMs ?? Infinity) > each.tone.startMs,
      );
    return { ...each, heardAgain };
  });
}

function planYaml(
  file: string,
  durationMs: number,
  plan: TonePlanSource,
  tones: readonly NamedTone[],
  { left }: Learnt,
): string {
  const lines = [
    `# Learnt by cpdctl tones learn from ${basename(file)} (${seconds(durationMs)} s). Part of cpdd.yaml.`,
    'tonePlans:',
    `  - code: ${JSON.stringify(plan.code)}`,
    `    name: ${JSON.stringify(plan.name)}`,
  ];
  for (const { name, guessed, notation, tone } of tones) {
    const cadence = parseCadence(notation);
    lines.push(
      `    # ${cadenceWords(cadence)}; ${tolerances(tone)}${guessed ? '; its name is a guess' : ''}`,
    );
    if (plan[name] === notation) lines.push(`    ${name}: ${notation}`);
    else lines.push(`    # heard as well, and ${name} too by its cadence: ${notation}`);
  }
  for (const { startMs, endMs, why } of left.slice(0, mostLeftOut)) {
    lines.push(`    # left out: a tone from ${seconds(startMs)} to ${seconds(endMs)} s, ${why}`);
  }
  return `${lines.join('\n')}\n`;
}

/** `seen 449.8 to 450.3 Hz, 398 to 402 ms, 4 bursts`. */
function tolerances({ steps, bursts }: LearntTone): string {
  const range = (low: number, high: number, digits: number, unit: string) =>
    low.toFixed(digits) === high.toFixed(digits)
      ? `${low.toFixed(digits)} ${unit}`
      : `${low.toFixed(digits)} to ${high.toFixed(digits)} ${unit}`;
  const hz = steps.flatMap((step) => step.hz.map(({ low, high }) => range(low, high, 1, 'Hz')));
  const ms = steps.flatMap((step) => (step.ms === null ? [] : [range(step.ms.low, step.ms.high, 0, 'ms')]));
  const parts = [...new Set(hz), ...ms, `${bursts} ${bursts === 1 ? 'burst' : 'bursts'}`];
  return `seen ${parts.join(', ')}`;
}

function reportOf(
  file: string,
  durationMs: number,
  plan: TonePlanSource,
  tones: readonly NamedTone[],
  { left }: Learnt,
) {
  return {
    file,
    durationMs,
    plan,
    tones: tones.map(({ name, guessed, notation, heardAgain, tone }) => ({
      name,
      guessed,
      notation,
      words: cadenceWords(parseCadence(notation)),
      heardAgain,
      ...tone,
    })),
    left,
  };
}
