import { isKept, isRight, type HeardCall } from '../calls/heard.ts';
import type { LabelledCall } from '../calls/manifest.ts';
import { share, type Share } from './statistics.ts';

export interface SliceRow {
  value: string;
  /** People lost. */
  lost: Share;
  /** Machines found. */
  found: Share;
  /** Everything else (tones, fax, SIT, silence) that is right. */
  others: Share;
}

export interface Slice {
  by: string;
  rows: SliceRow[];
}

interface SliceRule {
  by: string;
  /** null: the call is in no row. */
  of: (call: LabelledCall) => string | null;
  /** Rows in this order, then any others by name. */
  order: string[];
}

const lengthNames = ['0 to 0.6 s', '0.6 to 1.2 s', '1.2 to 2.2 s', '2.2 to 3.5 s', 'over 3.5 s'];
const lengthLimitsMs = [600, 1200, 2200, 3500];
const levelNames = ['below -30 dBFS', '-30 to -24 dBFS', '-24 to -18 dBFS', 'above -18 dBFS'];
const levelLimits = [-30, -24, -18];
const snrNames = ['below 15 dB', '15 to 25 dB', 'above 25 dB', 'no noise'];
const lossNames = ['none', 'up to 2 %', 'over 2 %'];

const rules: SliceRule[] = [
  { by: 'greeting length', of: greetingLength, order: lengthNames },
  { by: 'level', of: (call) => binned(call, 'level_dbfs', levelLimits, levelNames), order: levelNames },
  {
    by: 'noise',
    // The quiet between the words may have a noise of its own; that is the same kind of noise.
    of: ({ columns }) => columns['noise']?.replace(/-in-greeting$/, '') || null,
    order: ['none'],
  },
  {
    by: 'signal to noise',
    of: (call) => (call.columns['snr_db'] === '' ? 'no noise' : binned(call, 'snr_db', [15, 25], snrNames)),
    order: snrNames,
  },
  { by: 'codec', of: ({ columns }) => columns['codec'] || null, order: ['pcm', 'ulaw', 'alaw'] },
  { by: 'packet loss', of: packetLoss, order: lossNames },
  {
    by: 'echo',
    of: ({ columns }) => (columns['echo'] === undefined ? null : columns['echo'] === '' ? 'none' : 'echo'),
    order: ['none', 'echo'],
  },
  { by: 'condition', of: ({ columns }) => columns['condition'] || null, order: [] },
  { by: 'language', of: language, order: [] },
  {
    by: 'answer',
    of: ({ answerMs }) =>
      answerMs === null ? null : answerMs === 0 ? 'file starts there' : 'after ringback',
    order: [],
  },
];

/** The same figures for calls of one kind; slices for which the manifest says nothing are left out. */
export function sliceCalls(heard: readonly HeardCall[]): Slice[] {
  return rules.flatMap(({ by, of, order }) => {
    const groups = Map.groupBy(heard, ({ call }) => of(call));
    groups.delete(null);
    if (groups.size < 2) return [];
    const values = [...groups.keys()].filter((value) => value !== null);
    const place = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length);
    values.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
    return [{ by, rows: values.map((value) => sliceRow(value, groups.get(value) ?? [])) }];
  });
}

function sliceRow(value: string, heard: readonly HeardCall[]): SliceRow {
  const people = heard.filter(({ call }) => call.truth === 'human');
  const machines = heard.filter(({ call }) => call.truth === 'machine');
  const others = heard.filter(({ call }) => call.truth !== 'human' && call.truth !== 'machine');
  return {
    value,
    lost: share(people.filter((each) => !isKept(each)).length, people.length),
    found: share(machines.filter(isRight).length, machines.length),
    others: share(others.filter(isRight).length, others.length),
  };
}

/** From the first speech to the end of the greeting, of people and machines. */
function greetingLength(call: LabelledCall): string | null {
  const { truth, speechStartMs, greetingEndMs } = call;
  if ((truth !== 'human' && truth !== 'machine') || speechStartMs === null || greetingEndMs === null)
    return null;
  return bin(greetingEndMs - speechStartMs, lengthLimitsMs, lengthNames);
}

function packetLoss({ columns }: LabelledCall): string | null {
  const text = columns['loss'];
  if (text === undefined) return null;
  if (text === '') return 'none';
  const percent = Number.parseFloat(text);
  return Number.isNaN(percent) ? null : bin(percent, [2], ['up to 2 %', 'over 2 %']);
}

/** `en-US` is `en`; what is no language code (the name of a synthetic voice) is a group of its own. */
function language({ columns }: LabelledCall): string | null {
  const text = columns['lang'] ?? '';
  if (text === '') return null;
  return /^([a-z]{2,3})(?:[-_][A-Za-z]{2,4})?$/.exec(text)?.[1] ?? 'synthetic voices';
}

function binned(call: LabelledCall, column: string, limits: number[], names: string[]): string | null {
  const text = call.columns[column] ?? '';
  return text === '' || Number.isNaN(Number(text)) ? null : bin(Number(text), limits, names);
}

/** The name of the bin: each limit belongs to the one below it. */
function bin(value: number, limits: number[], names: string[]): string {
  const above = limits.findIndex((limit) => value <= limit);
  return names[above === -1 ? limits.length : above] ?? '';
}
