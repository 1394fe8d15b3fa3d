import { verdicts } from '../../domain/outcome.ts';
import { measureBeeps, type BeepReport } from '../measures/beeps.ts';
import { operatingCurve, type Curve } from '../measures/curve.ts';
import { decisionTimes, type DecisionTimes } from '../measures/decision-times.ts';
import { callRows, type CallRow } from './call-rows.ts';
import { compareReports, type Against, type EarlierReport } from './against.ts';
import { falseTones, type FalseTones } from '../measures/false-tones.ts';
import { hardLines, peopleByGreeting } from '../measures/greetings.ts';
import type { HardLines, PeopleByGreeting } from '../measures/greetings.ts';
import type { KnownFigures } from '../measures/second-calls.ts';
import { machinesByHandOff, type HandOff } from '../measures/hand-off.ts';
import { isKept, isRight, type HeardCall } from '../calls/heard.ts';
import { groundTruths, type GroundTruth } from '../calls/manifest.ts';
import type { RunResult } from '../calls/run.ts';
import { sliceCalls, type Slice } from '../measures/slices.ts';
import type { Sweep } from '../measures/sweep.ts';
import type { VariedRow } from '../measures/varied.ts';
import { countTable, share, type CountTable, type Share, type Spread } from '../measures/statistics.ts';

/** What the caller asked for, as it stands in the report. */
export interface ReportSettings {
  folder: string;
  detector: string;
  mode: string;
  /** Forced for all files; null: as the manifest says. */
  plan: string | null;
  cpdTimeoutMs: number | null;
  /** The knob; null: as the mode says. */
  maxHumanLoss: number | null;
}

/** Times in ms; shares from 0 to 1. */
export interface Report {
  settings: ReportSettings;
  files: number;
  audioS: number;
  failures: { file: string; code: string; message: string }[];
  confusion: CountTable;
  people: { lost: Share; speakers: number };
  machines: { found: Share; speakers: number };
  peopleByGreeting: PeopleByGreeting;
  hardLines: HardLines;
  handOff: HandOff;
  corrections: Corrections;
  classes: { truth: GroundTruth; recorded: Share; generated: Share; right: Share }[];
  /** Of SIT found: how many with the right category. */
  sitCategory: Share;
  decision: Record<'people' | 'machines', DecisionTimes>;
  /** Of all people: decided in time after the end of their greeting. */
  withinOfGreetingEnd: { ms: number; people: Share };
  /** Greetings below `belowMs` by people: from their start to the verdict. */
  shortGreetings: { belowMs: number; fromSpeechStart: Spread };
  curve: Curve | null;
  slices: Slice[];
  tones: { plan: string; tone: GroundTruth; right: Share }[];
  beeps: BeepReport;
  wrong: WrongFile[];
  calls: CallRow[];
  cpu: { totalMs: number; perChannelSecondMs: number | null };
  falseTones: FalseTones;
  /** Of tones and fax: from their start to the verdict. */
  toneDecision: { truth: GroundTruth; fromStart: Spread }[];
  /** null: not asked for. */
  variations: { seed: number; rows: VariedRow[] } | null;
  /** null: not asked for. */
  sweep: Sweep | null;
  /** null: not asked for. */
  secondCalls: KnownFigures | null;
  /** null: not asked for. */
  against: Against | null;
}

/** What was asked for beyond the calls themselves. */
export interface ExtraRuns {
  /** How often people answer with short, medium and long greetings. */
  weights?: readonly number[];
  variations?: Report['variations'];
  sweep?: Sweep | null;
  secondCalls?: KnownFigures | null;
  /** To be compared with. */
  earlier?: EarlierReport | null;
}

/**
 * What the detector said after its verdict. The figures of people and machines are of the first word; a
 * correction changes what happens only while nobody has been found for the call.
 */
export interface Corrections {
  /** Kept at first, then said to be a machine: a person who may be lost after all. */
  peopleTurnedAway: Share;
  /** Lost at first, then said to be live. */
  peopleRecovered: Share;
  /** Taken for a person at first, then said to be a machine. */
  machinesFoundLate: Share;
  peopleTurnedAwayFiles: string[];
}

export interface WrongFile {
  file: string;
  truth: string;
  verdict: string;
  rule: string;
  confidence: number;
  decidedMs: number | null;
  speechStartMs: number | null;
  greetingEndMs: number | null;
  subtype: string;
  plan: string;
  scores: Record<string, number>;
  /** What the detector said later, if it changed its mind. */
  correctedTo: string | null;
}

/** Decided in time after the end of a person's greeting. */
export const inTimeMs = 700;
/** `hello?` */
export const shortGreetingMs = 900;

const progressTones: readonly GroundTruth[] = ['dialtone', 'ringback', 'busy', 'congestion'];

export function makeReport(settings: ReportSettings, run: RunResult, extra: ExtraRuns = {}): Report {
  const { heard } = run;
  const of = (truth: GroundTruth) => heard.filter(({ call }) => call.truth === truth);
  const people = of('human');
  const machines = of('machine');
  const sits = heard.filter(({ call, verdict }) => call.sit !== null && verdict === 'sit');
  const audioS = heard.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const rows = callRows(heard);
  const present = groundTruths.filter((truth) => of(truth).length > 0);
  return {
    settings,
    files: heard.length,
    audioS,
    failures: run.failures.map(({ file, error: { code, message } }) => ({ file, code, message })),
    confusion: countTable(
      heard.map(({ call, verdict }) => ({ row: call.truth, column: verdict })),
      present,
      verdicts,
    ),
    people: {
      lost: share(people.filter((each) => !isKept(each)).length, people.length),
      speakers: speakers(people),
    },
    machines: { found: rightOf(machines), speakers: speakers(machines) },
    peopleByGreeting: peopleByGreeting(people, extra.weights),
    hardLines: hardLines(people),
    handOff: machinesByHandOff(machines),
    corrections: corrections(people, machines),
    classes: present.map((truth) => {
      const all = of(truth);
      return {
        truth,
        recorded: rightOf(all.filter(({ call }) => !call.generated)),
        generated: rightOf(all.filter(({ call }) => call.generated)),
        right: rightOf(all),
      };
    }),
    sitCategory: share(sits.filter(({ call, sit }) => sit === call.sit).length, sits.length),
    decision: { people: decisionTimes(people), machines: decisionTimes(machines) },
    withinOfGreetingEnd: { ms: inTimeMs, people: inTime(people) },
    shortGreetings: { belowMs: shortGreetingMs, fromSpeechStart: shortGreetings(people) },
    curve: operatingCurve(heard),
    slices: sliceCalls(heard),
    tones: tonesByPlan(heard),
    beeps: measureBeeps(heard),
    wrong: heard.filter((each) => !isRight(each)).map(wrongFile),
    calls: rows,
    cpu: { totalMs: run.cpuMs, perChannelSecondMs: audioS > 0 ? run.cpuMs / audioS : null },
    falseTones: falseTones(heard),
    toneDecision: toneDecision(heard),
    variations: extra.variations ?? null,
    sweep: extra.sweep ?? null,
    secondCalls: extra.secondCalls ?? null,
    against: extra.earlier ? compareReports(rows, extra.earlier) : null,
  };
}

function corrections(people: readonly HeardCall[], machines: readonly HeardCall[]): Corrections {
  const toLive = (each: HeardCall) => each.corrections.some(({ verdict }) => verdict === 'live');
  const toOther = (each: HeardCall) => each.corrections.some(({ verdict }) => verdict !== 'live');
  const kept = people.filter(isKept);
  const lost = people.filter((each) => !isKept(each));
  const missed = machines.filter((each) => !isRight(each));
  const away = kept.filter(toOther);
  return {
    peopleTurnedAway: share(away.length, kept.length),
    peopleRecovered: share(lost.filter(toLive).length, lost.length),
    machinesFoundLate: share(missed.filter(toOther).length, missed.length),
    peopleTurnedAwayFiles: away.map(({ call }) => call.file),
  };
}

function rightOf(heard: readonly HeardCall[]): Share {
  return share(heard.filter(isRight).length, heard.length);
}

/** Different speakers named by the manifest. */
function speakers(heard: readonly HeardCall[]): number {
  return new Set(heard.map(({ call }) => call.columns['speaker'] ?? '').filter((name) => name !== '')).size;
}

const soundKinds: readonly GroundTruth[] = [
  ...(['fax', 'modem', 'sit', 'busy', 'congestion', 'ringback', 'dialtone'] as const),
];

function toneDecision(heard: readonly HeardCall[]): Report['toneDecision'] {
  return soundKinds.flatMap((truth) => {
    const { fromSpeechStart } = decisionTimes(
      heard.filter((each) => each.call.truth === truth && isRight(each)),
    );
    return fromSpeechStart.n === 0 ? [] : [{ truth, fromStart: fromSpeechStart }];
  });
}

function inTime(people: readonly HeardCall[]): Share {
  const timed = people.filter(({ call }) => call.greetingEndMs !== null);
  const intime = timed.filter(
    ({ call, evidence }) =>
      evidence.decidedMs !== null && evidence.decidedMs - (call.greetingEndMs ?? 0) <= inTimeMs,
  );
  return share(intime.length, timed.length);
}

function shortGreetings(people: readonly HeardCall[]): Spread {
  return decisionTimes(
    people.filter(
      ({ call: { speechStartMs, greetingEndMs } }) =>
        speechStartMs !== null && greetingEndMs !== null && greetingEndMs - speechStartMs < shortGreetingMs,
    ),
  ).fromSpeechStart;
}

function tonesByPlan(heard: readonly HeardCall[]): Report['tones'] {
  const tones = heard.filter(({ call }) => progressTones.includes(call.truth));
  const plans = [...new Set(tones.map(({ call }) => call.plan))].sort();
  return plans.flatMap((plan) =>
    progressTones.flatMap((tone) => {
      const calls = tones.filter(({ call }) => call.plan === plan && call.truth === tone);
      return calls.length === 0 ? [] : [{ plan, tone, right: rightOf(calls) }];
    }),
  );
}

function wrongFile(heard: HeardCall): WrongFile {
  const { call, verdict, sit, evidence } = heard;
  return {
    file: call.file,
    truth: call.sit === null ? call.truth : `${call.truth} ${call.sit}`,
    verdict: sit === null ? verdict : `${verdict} ${sit}`,
    rule: evidence.rule,
    confidence: evidence.confidence,
    decidedMs: evidence.decidedMs,
    speechStartMs: call.speechStartMs,
    greetingEndMs: call.greetingEndMs,
    subtype: call.columns['subtype'] ?? '',
    plan: call.plan,
    scores: evidence.scores,
    correctedTo: heard.corrections.at(-1)?.verdict ?? null,
  };
}
