import {
  curveChart,
  escapeXml,
  machinesColour,
  peopleColour,
  scoreChart,
  sliceChart,
  sweepChart,
  timesChart,
} from './charts.ts';
import type { Against } from './against.ts';
import type { Report } from './report.ts';
import type { Share } from '../measures/statistics.ts';
import type { Sweep } from '../measures/sweep.ts';
import { variedCells, variedHeadings } from '../measures/varied.ts';
import { greetingWords, thresholdWords, timeRows } from './text.ts';
import { counted, inSeconds, percent, scoreWords, withInterval } from '../measures/words.ts';

const style = `
:root { color-scheme: light dark; --ink: #1c2024; --dim: #5d6670; --line: #dfe3e8; --page: #f5f6f8; --card: #fff; --right: 46,139,87; --wrong: 200,60,50; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --dim: #9aa4ae; --line: #343b43; --page: #14171a; --card: #1d2126; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 24px 60px; max-width: 1220px; font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; color: var(--ink); background: var(--page); }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 36px 0 10px; } p { margin: 6px 0; }
.dim { color: var(--dim); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; margin-top: 20px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; overflow-x: auto; }
.tile b { display: block; font-size: 26px; line-height: 1.25; } .tile span { display: block; color: var(--dim); font-size: 13px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 12px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; color: var(--dim); font-size: 13px; } td:first-child, th:first-child { text-align: left; }
tr:last-child td { border-bottom: 0; }
table.words td, table.words th { text-align: left; } td.wrap { white-space: normal; min-width: 220px; font-size: 13px; }
@media (max-width: 1300px) { table.words td, table.words th { padding: 5px 6px; } }
svg { display: block; width: 100%; height: auto; font-size: 12px; } svg text { fill: var(--ink); }
svg .grid { stroke: var(--line); } svg .tick { fill: var(--dim); } svg .label { fill: var(--dim); font-size: 13px; }
svg .limit { stroke: var(--dim); stroke-dasharray: 4 4; } svg .here { fill: var(--card); stroke: var(--ink); stroke-width: 2.5; }
.key i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin: 0 6px 0 14px; vertical-align: -1px; }
h3 { font-size: 14px; margin: 0 0 8px; }
`;

/** The report as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function reportHtml(report: Report): string {
  const { settings, people, machines, curve } = report;
  const title = 'Accuracy of call progress detection';
  const scores = (truth: string) =>
    report.calls.flatMap((call) =>
      call.truth === truth && call.machineLogOdds !== null ? [call.machineLogOdds] : [],
    );
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${style}</style></head><body>`,
    `<h1>${title}</h1>`,
    `<p class="dim">${escapeXml(settings.folder)}: ${report.files} files, ${(report.audioS / 60).toFixed(1)} min of audio. ${escapeXml(settings.detector)}, ${settings.mode}, tone plan ${escapeXml(settings.plan ?? 'by file')}. Intervals are 95 % (Wilson) and take the calls for independent.</p>`,
    tiles(report),
    section('Verdicts', card(confusionTable(report)), 'Rows: ground truth. Columns: verdict. Red is wrong.'),
    section('Right verdicts', card(classTable(report))),
    section('People by greeting, machines by hand-off', card(greetingTable(report))),
    report.against === null ? '' : section('Against the earlier report', card(againstTable(report.against))),
    section('After the verdict', card(correctionTable(report))),
    section(
      'Time to the verdict',
      `${key()}<div class="pair">${card(
        timesChart(
          [
            { name: 'people', colour: peopleColour, values: report.decision.people.fromGreetingEndMs },
            { name: 'machines', colour: machinesColour, values: report.decision.machines.fromGreetingEndMs },
          ],
          'seconds from the true end of the greeting',
          report.withinOfGreetingEnd.ms,
        ),
      )}${card(
        timesChart(
          [
            { name: 'people', colour: peopleColour, values: report.decision.people.fromAnswerMs },
            { name: 'machines', colour: machinesColour, values: report.decision.machines.fromAnswerMs },
          ],
          'seconds from answer',
          null,
        ),
      )}</div>${card(timesTable(report))}`,
    ),
    people.lost.n === 0 || machines.found.n === 0
      ? ''
      : section(
          'People and machines',
          curve === null
            ? card('<p>One operating point: the verdicts carry no score for a curve.</p>')
            : `${key()}<div class="pair">${card(
                curveChart(curve, { loss: people.lost.share ?? 0, recall: machines.found.share ?? 0 }),
              )}${card(scoreChart(scores('human'), scores('machine')))}</div>${card(levelTable(report))}`,
          'The curve cuts the scores of these verdicts elsewhere; their moments stay as they were, so other settings give nearly this, not exactly.',
        ),
    section(
      'By kind of call',
      `<div style="display:grid;gap:12px">${report.slices
        .filter(({ rows }) => rows.some(({ lost, found }) => lost.n + found.n > 0))
        .map((slice) => `<div class="card"><h3>By ${escapeXml(slice.by)}</h3>${sliceChart(slice)}</div>`)
        .join('')}</div>`,
    ),
    report.tones.length === 0 ? '' : section('Progress tones by plan', card(toneTable(report))),
    section('Beeps and false tones', card(beepTable(report))),
    report.variations === null
      ? ''
      : section(
          'The same calls on other lines',
          card(variationTable(report)),
          `Lines drawn with seed ${report.variations.seed}.`,
        ),
    report.sweep === null
      ? ''
      : section(
          'The knob',
          `<div class="pair">${card(sweepChart(report.sweep))}${card(knobTable(report.sweep))}</div>`,
          'Each point is a run of its own; intervals are 95 % (Clopper-Pearson).',
        ),
    report.wrong.length === 0 ? '' : section('Wrong files', card(wrongTable(report))),
    '</body></html>',
    '',
  ].join('\n');
}

function section(heading: string, content: string, note = ''): string {
  return `<h2>${heading}</h2>${note === '' ? '' : `<p class="dim">${note}</p>`}${content}`;
}

function card(content: string): string {
  return `<div class="card" style="margin-bottom:12px">${content}</div>`;
}

function key(): string {
  return `<p class="dim key"><i style="background:${peopleColour}"></i>people<i style="background:${machinesColour}"></i>machines</p>`;
}

function tiles(report: Report): string {
  const { people, machines, withinOfGreetingEnd, beeps, cpu } = report;
  const tones = report.tones.reduce(
    (sum, { right }) => ({ n: sum.n + right.n, count: sum.count + right.count }),
    { n: 0, count: 0 },
  );
  const tile = (name: string, value: string, more: string) =>
    `<div class="card tile"><span>${name}</span><b>${value}</b><span>${more}</span></div>`;
  const shareTile = (name: string, figure: Share) =>
    figure.n === 0
      ? ''
      : tile(
          name,
          percent(figure.share),
          `${counted(figure)}; ${percent(figure.low).replace(' %', '')} to ${percent(figure.high)}`,
        );
  return `<div class="tiles">${[
    shareTile('people lost', people.lost),
    shareTile('machines found', machines.found),
    shareTile(`people decided within ${withinOfGreetingEnd.ms} ms`, withinOfGreetingEnd.people),
    tones.n === 0
      ? ''
      : tile('progress tones right', percent(tones.count / tones.n), `${tones.count} of ${tones.n}`),
    beeps.recorded.n + beeps.generated.n === 0
      ? ''
      : tile(
          'beeps found',
          percent((beeps.recorded.count + beeps.generated.count) / (beeps.recorded.n + beeps.generated.n)),
          `${beeps.false.count} false in ${(beeps.false.hours * 60).toFixed(0)} min`,
        ),
    tile('CPU per channel second', `${cpu.perChannelSecondMs?.toFixed(2) ?? '-'} ms`, 'files read included'),
  ].join('')}</div>`;
}

function table(headings: string[], rows: string[][], kind = ''): string {
  return (
    `<table${kind === '' ? '' : ` class="${kind}"`}><tr>${headings.map((each) => `<th>${escapeXml(each)}</th>`).join('')}</tr>` +
    `${rows.map((row) => `<tr>${row.map((each) => `<td>${escapeXml(each)}</td>`).join('')}</tr>`).join('')}</table>`
  );
}

/** What a truth may be taken for without harm; the domain of `isRight`, for the colours only. */
const fine: Readonly<Record<string, readonly string[]>> = {
  human: ['live', 'unknown'],
  machine: ['machine', 'screening'],
  screening: ['machine', 'screening'],
  fax: ['fax', 'modem'],
  modem: ['fax', 'modem'],
};

function confusionTable({ confusion: { rows, columns, counts } }: Report): string {
  const used = columns.flatMap((name, at) => (counts.some((row) => row[at] !== 0) ? [{ name, at }] : []));
  const body = rows.map((truth, line) => {
    const row = counts[line] ?? [];
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = used.map(({ name, at }) => {
      const count = row[at] ?? 0;
      const colour = (fine[truth] ?? [truth]).includes(name) ? '--right' : '--wrong';
      const strength = count === 0 ? 0 : 0.12 + 0.5 * (count / total);
      return `<td style="background:rgba(var(${colour}),${strength.toFixed(2)})">${count === 0 ? '' : count}</td>`;
    });
    return `<tr><td>${truth}</td>${cells.join('')}</tr>`;
  });
  return `<table><tr><th></th>${used.map(({ name }) => `<th>${name}</th>`).join('')}</tr>${body.join('')}</table>`;
}

function classTable({ classes, sitCategory }: Report): string {
  const rows = classes.map(({ truth, right, recorded, generated }) => [
    truth,
    counted(right),
    withInterval(right),
    counted(recorded),
    counted(generated),
  ]);
  if (sitCategory.n > 0) rows.push(['SIT category', counted(sitCategory), withInterval(sitCategory), '', '']);
  return table(['', 'right', 'share', 'recorded', 'generated'], rows);
}

function correctionTable({ corrections }: Report): string {
  const files = corrections.peopleTurnedAwayFiles.join(', ');
  return table(
    ['listening goes on', '', ''],
    [
      ['people said to be machines later', counted(corrections.peopleTurnedAway), files],
      ['lost people said to be live later', counted(corrections.peopleRecovered), ''],
      ['missed machines said to be machines later', counted(corrections.machinesFoundLate), ''],
    ],
  );
}

function timesTable(report: Report): string {
  return table(
    ['seconds', 'calls', 'p50', 'p90', 'p95', 'max'],
    timeRows(report).map(({ name, spread: { n, p50, p90, p95, max } }) => [
      name,
      String(n),
      ...[p50, p90, p95, max].map(inSeconds),
    ]),
  );
}

function greetingTable({
  peopleByGreeting: { rows, weights, weighted },
  hardLines,
  handOff,
}: Report): string {
  const shares = [
    { name: 'people with a tone of their own line lost', value: hardLines.ownTone },
    { name: 'people with voices behind lost', value: hardLines.voicesBehind },
    { name: 'machines found before the hand-off', value: handOff.before },
    { name: 'machines let through, told later', value: handOff.after },
    { name: 'in time after their beep or further speech', value: handOff.soonAfter },
    { name: 'within 2 s, those that spoke on without a beep', value: handOff.withoutBeep },
  ];
  return table(
    ['', '', '', 'decided after its end, p50', 'p95'],
    [
      ...rows.map(({ name, lost, decided }) => [
        `people lost, ${greetingWords[name]}`,
        counted(lost),
        withInterval(lost),
        inSeconds(decided.p50),
        inSeconds(decided.p95),
      ]),
      ...(weighted === null
        ? []
        : [
            [
              `people lost, weighted ${weights.join(', ')}`,
              '',
              withInterval({ n: 1, count: 0, ...weighted }),
              '',
              '',
            ],
          ]),
      ...shares
        .filter(({ value }) => value.n > 0)
        .map(({ name, value }) => [name, counted(value), withInterval(value), '', '']),
    ],
  );
}

function againstTable({ detector, rows }: Against): string {
  return table(
    [`against ${detector}`, 'calls', 'mended', 'broken', 'p (McNemar, exact)'],
    rows.map(({ name, n, mended, broken, p }) => [name, `${n}`, `${mended}`, `${broken}`, p.toFixed(4)]),
  );
}

function levelTable({ curve }: Report): string {
  return table(
    ['people lost at most', 'log odds', 'people lost', 'machines found'],
    (curve?.levels ?? []).map(({ maxLoss, threshold, people, machines }) => [
      percent(maxLoss),
      thresholdWords(threshold),
      people ? withInterval(people) : '-',
      machines ? withInterval(machines) : '-',
    ]),
  );
}

function toneTable({ tones }: Report): string {
  const names = ['dialtone', 'ringback', 'busy', 'congestion'];
  return table(
    ['plan', ...names],
    [...new Set(tones.map(({ plan }) => plan))].map((plan) => [
      plan,
      ...names.map((name) => {
        const found = tones.find((each) => each.plan === plan && each.tone === name);
        return found ? counted(found.right) : '';
      }),
    ]),
  );
}

function beepTable({ beeps, falseTones }: Report): string {
  const { count, hours, perHour, by, files } = beeps.false;
  const ms = (value: number | null) => (value === null ? '-' : `${value.toFixed(0)} ms`);
  return table(
    ['beeps', ''],
    [
      ['recorded beeps found', `${counted(beeps.recorded)}, ${withInterval(beeps.recorded)}`],
      ['generated beeps found', `${counted(beeps.generated)}, ${withInterval(beeps.generated)}`],
      ['start off by, p50 and p95', `${ms(beeps.startError.p50)}, ${ms(beeps.startError.p95)}`],
      ['start within 60 ms', counted(beeps.startWithin60Ms)],
      [
        'false beeps',
        `${count} in ${(hours * 60).toFixed(1)} min without a beep (${perHour?.toFixed(1) ?? '-'} an hour)`,
      ],
      ...(count === 0
        ? []
        : [
            ['in calls of', by.map((each) => `${each.truth} ${each.count}`).join(', ')],
            ['false beeps in', files.join(', ')],
          ]),
      ...(beeps.missed.length === 0 ? [] : [['beeps missed in', beeps.missed.join(', ')]]),
      [
        'false tones',
        `${falseTones.count} in ${(falseTones.hours * 60).toFixed(1)} min of people, recordings and silence` +
          falseTones.by.map((each) => `; ${each.tone} ${each.count}`).join(''),
      ],
    ],
  );
}

function variationTable({ variations }: Report): string {
  return table(
    ['', ...variedHeadings],
    (variations?.rows ?? []).map((row) => [row.name, ...variedCells(row)]),
  );
}

function knobTable({ knobs }: Sweep): string {
  return table(
    ['maxHumanLoss', 'people lost', '', 'machines found', '', 'decided p95'],
    knobs.map(({ maxHumanLoss, people, machines, decision }) => [
      percent(maxHumanLoss),
      counted(people),
      withInterval(people),
      counted(machines),
      withInterval(machines),
      `${inSeconds(decision.p95)} s`,
    ]),
  );
}

function wrongTable({ wrong }: Report): string {
  const rows = wrong.map(
    (each) =>
      `<tr>${[
        each.file,
        `${each.truth} (${each.subtype})`,
        each.verdict + (each.correctedTo === null ? '' : `, later ${each.correctedTo}`),
        each.rule,
        `${inSeconds(each.decidedMs)} s`,
        `${inSeconds(each.speechStartMs)} to ${inSeconds(each.greetingEndMs)} s`,
      ]
        .map((cell) => `<td>${escapeXml(cell)}</td>`)
        .join('')}<td class="wrap dim">${escapeXml(scoreWords(each.scores))}</td></tr>`,
  );
  const headings = ['file', 'ground truth', 'verdict', 'rule', 'at', 'true greeting', 'scores'];
  return `<table class="words"><tr>${headings.map((each) => `<th>${each}</th>`).join('')}</tr>${rows.join('')}</table>`;
}
