import { alignedTable, type Column } from '../../terminal/output.ts';
import type { OperatingPoint } from '../measures/calibration.ts';
import { greetingLimitsMs, type GreetingName } from '../measures/greetings.ts';
import { inTimeMs, shortGreetingMs, type Report } from './report.ts';
import { secondCallsText } from './second-calls-text.ts';
import type { Slice } from '../measures/slices.ts';
import type { Share, Spread } from '../measures/statistics.ts';
import type { KnobPoint } from '../measures/sweep.ts';
import { variedCells, variedHeadings, type VariedRow } from '../measures/varied.ts';
import { counted, inSeconds, percent, scoreWords, withInterval } from '../measures/words.ts';

/** The report as it is read on a terminal. */
export function reportText(report: Report, withWrong: boolean): string {
  const { people, machines, cpu, settings } = report;
  const parts = [
    `${report.files} ${report.files === 1 ? 'file' : 'files'}, ${(report.audioS / 60).toFixed(1)} min of audio; ${settings.detector}, ` +
      `${settings.mode}, plan ${settings.plan ?? 'by file'}. Intervals are 95 % (Wilson).\n`,
    `Verdicts (rows: ground truth)\n${confusionText(report)}`,
    line('people lost', people.lost, `; ${people.speakers} speakers named`) +
      line('machines found', machines.found, `; ${machines.speakers} speakers named`) +
      correctionsText(report),
    greetingsText(report),
    againstText(report),
    `Right verdicts (fax and modem count as one, machine and screening too)\n${classesText(report)}` +
      line('SIT category', report.sitCategory),
    `Time to the verdict in seconds\n${timesText(report)}` +
      line(`people within ${inTimeMs} ms of their greeting's end`, report.withinOfGreetingEnd.people),
    curveText(report),
    ...report.slices.map((slice) => sliceText(slice)),
    report.tones.length === 0 ? '' : `Progress tones by plan\n${tonesText(report)}`,
    beepsText(report) + falseTonesText(report),
    variationsText(report),
    sweepText(report),
    secondCallsText(report.secondCalls),
    `CPU ${cpu.perChannelSecondMs === null ? '-' : cpu.perChannelSecondMs.toFixed(2)} ms per channel second ` +
      `(reading the files included)\n`,
    `${report.wrong.length} of ${report.files} files wrong${withWrong || report.wrong.length === 0 ? '' : ' (--wrong lists them)'}\n` +
      (withWrong && report.wrong.length > 0 ? wrongText(report) : ''),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function greetingsText({
  peopleByGreeting: { rows, weights, weighted },
  hardLines,
  handOff,
}: Report): string {
  if (rows.every(({ lost }) => lost.n === 0) && handOff.before.n === 0) return '';
  const table = alignedTable(
    [
      { heading: 'People by greeting', value: ({ name }) => greetingWords[name] },
      { heading: 'lost', value: ({ lost }) => counted(lost), align: 'right' },
      { heading: '', value: ({ lost }) => withInterval(lost), align: 'right' },
      {
        heading: 'decided after its end, p50',
        value: ({ decided }) => inSeconds(decided.p50),
        align: 'right',
      },
      { heading: 'p95', value: ({ decided }) => inSeconds(decided.p95), align: 'right' },
    ],
    rows,
  );
  return (
    table +
    (weighted === null
      ? ''
      : `people lost, weighted ${weights.join(', ')}: ${withInterval({ n: 1, count: 0, ...weighted })}\n`) +
    line('people with a tone of their own line lost', hardLines.ownTone) +
    line('people with voices behind lost', hardLines.voicesBehind) +
    line('machines found before the hand-off', handOff.before) +
    line('machines let through, told later', handOff.after) +
    line('... within 300 ms of their beep or 2 s of their further speech', handOff.soonAfter) +
    line('... within 2 s, of those that spoke on for 2 s and more without a beep', handOff.withoutBeep)
  );
}

export const greetingWords: Readonly<Record<GreetingName, string>> = {
  short: `short, below ${greetingLimitsMs[0]} ms`,
  medium: `medium, below ${greetingLimitsMs[1]} ms`,
  long: 'long',
};

function againstText({ against }: Report): string {
  if (against === null) return '';
  const table = alignedTable(
    [
      { heading: `Against ${against.detector}`, value: ({ name }) => name },
      { heading: 'calls', value: ({ n }) => n, align: 'right' },
      { heading: 'mended', value: ({ mended }) => mended, align: 'right' },
      { heading: 'broken', value: ({ broken }) => broken, align: 'right' },
      { heading: 'p (McNemar, exact)', value: ({ p }) => p.toFixed(4), align: 'right' },
    ],
    against.rows,
  );
  return `${table}${against.files} files are in both reports\n`;
}

function correctionsText({ corrections }: Report): string {
  const { peopleTurnedAwayFiles: files } = corrections;
  return (
    line(
      'after the verdict, people said to be machines',
      corrections.peopleTurnedAway,
      files.length === 0 ? '' : `: ${files.join(', ')}`,
    ) +
    line('after the verdict, lost people said to be live', corrections.peopleRecovered) +
    line('after the verdict, missed machines said to be machines', corrections.machinesFoundLate)
  );
}

function line(name: string, share: Share, more = ''): string {
  return share.n === 0 ? '' : `${name}: ${counted(share)}, ${withInterval(share)}${more}\n`;
}

function confusionText({ confusion: { rows, columns, counts } }: Report): string {
  const used = columns.flatMap((name, at) => (counts.some((row) => row[at] !== 0) ? [{ name, at }] : []));
  const table: Column<{ truth: string; row: number[] }>[] = [
    { heading: '', value: ({ truth }) => truth },
    ...used.map(({ name, at }) => ({
      heading: name,
      value: ({ row }: { row: number[] }) => row[at] || '.',
      align: 'right' as const,
    })),
  ];
  return alignedTable(
    table,
    rows.map((truth, at) => ({ truth, row: counts[at] ?? [] })),
  );
}

function classesText({ classes }: Report): string {
  return alignedTable(
    [
      { heading: '', value: ({ truth }) => truth },
      { heading: 'right', value: ({ right }) => counted(right), align: 'right' },
      { heading: 'share', value: ({ right }) => withInterval(right), align: 'right' },
      { heading: 'recorded', value: ({ recorded }) => counted(recorded), align: 'right' },
      { heading: 'generated', value: ({ generated }) => counted(generated), align: 'right' },
    ],
    classes,
  );
}

/** Seconds to the verdict by kind of call and start of the count, where there are such calls. */
export function timeRows({
  decision: { people, machines },
  shortGreetings,
  toneDecision,
}: Report): { name: string; spread: Spread }[] {
  const tones = toneDecision.map(({ truth, fromStart }) => ({
    name: `${truth}, from its start`,
    spread: fromStart,
  }));
  const rows: { name: string; spread: Spread }[] = [
    { name: 'people, from answer', spread: people.fromAnswer },
    { name: 'people, from speech start', spread: people.fromSpeechStart },
    { name: 'people, from greeting end', spread: people.fromGreetingEnd },
    {
      name: `people's greetings below ${shortGreetingMs} ms, from speech start`,
      spread: shortGreetings.fromSpeechStart,
    },
    { name: 'machines, from answer', spread: machines.fromAnswer },
    { name: 'machines, from speech start', spread: machines.fromSpeechStart },
    { name: 'machines, from greeting end', spread: machines.fromGreetingEnd },
    ...tones,
  ];
  return rows.filter(({ spread }) => spread.n > 0);
}

function timesText(report: Report): string {
  return alignedTable(
    [
      { heading: '', value: ({ name }) => name },
      { heading: 'calls', value: ({ spread }) => spread.n, align: 'right' },
      ...(['p50', 'p90', 'p95', 'max'] as const).map((key) => ({
        heading: key,
        value: ({ spread }: { spread: Spread }) => inSeconds(spread[key]),
        align: 'right' as const,
      })),
    ],
    timeRows(report),
  );
}

function curveText({ curve, people, machines }: Report): string {
  if (people.lost.n === 0 || machines.found.n === 0) return '';
  if (curve === null) return 'One operating point: the verdicts carry no score for a curve.\n';
  const table = alignedTable(
    [
      { heading: 'people lost at most', value: ({ maxLoss }) => percent(maxLoss) },
      { heading: 'log odds', value: ({ threshold }) => thresholdWords(threshold), align: 'right' },
      {
        heading: 'people lost',
        value: ({ people }) => (people ? withInterval(people) : '-'),
        align: 'right',
      },
      {
        heading: 'machines found',
        value: ({ machines }) => (machines ? withInterval(machines) : '-'),
        align: 'right',
      },
    ],
    curve.levels,
  );
  return `Machines found against people lost: the scores of these verdicts, at their moments, cut elsewhere\n${table}`;
}

export function thresholdWords(threshold: number | null): string {
  if (threshold === null) return '-';
  return Number.isFinite(threshold) ? threshold.toFixed(1) : 'no score';
}

function sliceText({ by, rows }: Slice): string {
  return alignedTable(
    [
      { heading: `By ${by}`, value: ({ value }) => value },
      { heading: 'people lost', value: ({ lost }) => counted(lost), align: 'right' },
      { heading: '', value: ({ lost }) => withInterval(lost), align: 'right' },
      { heading: 'machines found', value: ({ found }) => counted(found), align: 'right' },
      { heading: '', value: ({ found }) => withInterval(found), align: 'right' },
      { heading: 'others right', value: ({ others }) => counted(others), align: 'right' },
    ],
    rows,
  );
}

function tonesText({ tones }: Report): string {
  const names = ['dialtone', 'ringback', 'busy', 'congestion'] as const;
  return alignedTable(
    [
      { heading: '', value: (plan: string) => plan },
      ...names.map((name) => ({
        heading: name,
        value: (plan: string) => {
          const found = tones.find((each) => each.plan === plan && each.tone === name);
          return found ? counted(found.right) : '.';
        },
        align: 'right' as const,
      })),
    ],
    [...new Set(tones.map(({ plan }) => plan))],
  );
}

function beepsText({ beeps }: Report): string {
  const { count, hours, perHour, by, files } = beeps.false;
  const where = by.length === 0 ? '' : ` (${by.map((each) => `${each.truth} ${each.count}`).join(', ')})`;
  const found =
    line('recorded beeps found', beeps.recorded) +
    line('generated beeps found', beeps.generated) +
    (beeps.startError.n === 0
      ? ''
      : `their start, off by: p50 ${beeps.startError.p50?.toFixed(0)} ms, p95 ` +
        `${beeps.startError.p95?.toFixed(0)} ms; within 60 ms ${counted(beeps.startWithin60Ms)}\n`) +
    (beeps.missed.length === 0 ? '' : `missed: ${beeps.missed.join(', ')}\n`);
  return (
    found +
    `false beeps: ${count}${where} in ${(hours * 60).toFixed(1)} min without a beep, ` +
    `${perHour === null ? '-' : perHour.toFixed(1)} an hour\n` +
    (files.length === 0 ? '' : `in: ${files.join(', ')}\n`)
  );
}

function falseTonesText({ falseTones: { count, hours, perHour, by, files } }: Report): string {
  if (hours === 0) return '';
  const what = by.length === 0 ? '' : ` (${by.map((each) => `${each.tone} ${each.count}`).join(', ')})`;
  return (
    `false tones: ${count}${what} in ${(hours * 60).toFixed(1)} min of people, recordings and silence, ` +
    `${perHour === null ? '-' : perHour.toFixed(1)} an hour\n` +
    (files.length === 0 ? '' : `in: ${files.join(', ')}\n`)
  );
}

function variationsText({ variations }: Report): string {
  if (variations === null) return '';
  const table = alignedTable<VariedRow>(
    [
      { heading: `On other lines (seed ${variations.seed})`, value: ({ name }) => name },
      ...variedHeadings.map((heading, at) => ({
        heading,
        value: (row: VariedRow) => variedCells(row)[at],
        align: 'right' as const,
      })),
    ],
    variations.rows,
  );
  return table;
}

function sweepText({ sweep }: Report): string {
  if (sweep === null) return '';
  const column = <T>(heading: string, value: (row: T) => string): Column<T> => ({
    heading,
    value,
    align: 'right',
  });
  const knobs = alignedTable<KnobPoint>(
    [
      { heading: 'maxHumanLoss', value: ({ maxHumanLoss }) => percent(maxHumanLoss) },
      column('people lost', ({ people }) => `${counted(people)}, ${withInterval(people)}`),
      column('machines found', ({ machines }) => `${counted(machines)}, ${withInterval(machines)}`),
      column('decided p50', ({ decision }) => inSeconds(decision.p50)),
      column('p95', ({ decision }) => inSeconds(decision.p95)),
    ],
    sweep.knobs,
  );
  const offsets = alignedTable<OperatingPoint>(
    [
      { heading: 'score offset', value: ({ scoreOffset }) => scoreOffset.toFixed(1), align: 'right' },
      column(
        'calls of people lost',
        ({ peopleCalls }) => `${counted(peopleCalls)}, ${withInterval(peopleCalls)}`,
      ),
      column('machines found', ({ machines }) => `${counted(machines)}, ${withInterval(machines)}`),
    ],
    sweep.offsets,
  );
  return (
    `By maxHumanLoss, and by the score offset of a calibration; each row is a run of its own, with Clopper-Pearson intervals.\n` +
    `Decided: seconds from the end of a person's greeting.\n${knobs}${offsets}`
  );
}

function wrongText({ wrong }: Report): string {
  return wrong
    .map(
      (each) =>
        `${each.file}  ${each.truth} (${each.subtype}, plan ${each.plan}) taken for ${each.verdict} by ${each.rule}, ` +
        `${Math.round(each.confidence * 100)} % sure, at ${inSeconds(each.decidedMs)} s; true greeting ` +
        `${inSeconds(each.speechStartMs)} to ${inSeconds(each.greetingEndMs)} s` +
        `${each.correctedTo === null ? '' : `; later corrected to ${each.correctedTo}`}\n    ${scoreWords(each.scores)}\n`,
    )
    .join('');
}
