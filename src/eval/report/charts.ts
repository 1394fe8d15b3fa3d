import type { OperatingPoint } from '../measures/calibration.ts';
import type { Slice } from '../measures/slices.ts';
import type { Sweep } from '../measures/sweep.ts';
import { counted, percent, withInterval } from '../measures/words.ts';

/** Told apart by colour-blind readers too; the page's style sheet sets the other colours. */
export const peopleColour = '#1f77b4';
export const machinesColour = '#d1620a';

const left = 46;
const right = 16;
const top = 12;
const bottom = 40;

interface Axis {
  low: number;
  high: number;
  ticks: number[];
  label: string;
  show: (value: number) => string;
}

/** A plot's frame with both axes, and where a value lies on them. */
function frame(width: number, height: number, xAxis: Axis, yAxis: Axis) {
  const x = (value: number) =>
    left + ((clamp(value, xAxis) - xAxis.low) / (xAxis.high - xAxis.low)) * (width - left - right);
  const y = (value: number) =>
    height -
    bottom -
    ((clamp(value, yAxis) - yAxis.low) / (yAxis.high - yAxis.low)) * (height - top - bottom);
  const lines = [
    ...xAxis.ticks.flatMap((tick) => [
      `<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="${top}" y2="${height - bottom}"/>`,
      text(x(tick), height - bottom + 16, xAxis.show(tick), 'text-anchor="middle" class="tick"'),
    ]),
    ...yAxis.ticks.flatMap((tick) => [
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${px(y(tick))}" y2="${px(y(tick))}"/>`,
      text(left - 6, y(tick) + 4, yAxis.show(tick), 'text-anchor="end" class="tick"'),
    ]),
    text((left + width - right) / 2, height - 6, xAxis.label, 'text-anchor="middle" class="label"'),
  ];
  return { x, y, lines };
}

function clamp(value: number, { low, high }: Axis): number {
  return Math.min(Math.max(value, low), high);
}

const shareAxis: Axis = {
  low: 0,
  high: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1],
  label: '',
  show: (value) => `${Math.round(value * 100)} %`,
};

export interface Line {
  name: string;
  colour: string;
  /** Sorted, ms. */
  values: readonly number[];
}

/** How many calls were decided by when: one step line for each group. */
export function timesChart(lines: readonly Line[], label: string, limitMs: number | null): string {
  const width = 540;
  const height = 280;
  const all = lines.flatMap(({ values }) => values);
  const low = Math.min(0, Math.floor(quantileOf(all, 0.02) / 1000));
  const high = Math.max(2, Math.ceil(quantileOf(all, 0.99) / 1000));
  const step = high - low > 12 ? 2 : 1;
  const ticks = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, at) => low + at * step);
  const { x, y, lines: axes } = frame(width, height, { low, high, ticks, label, show: String }, shareAxis);
  const limit =
    limitMs === null
      ? []
      : [
          `<line class="limit" x1="${px(x(limitMs / 1000))}" x2="${px(x(limitMs / 1000))}" y1="${top}" y2="${height - bottom}"/>`,
          text(x(limitMs / 1000) + 4, height - bottom - 6, `${limitMs} ms`, 'class="tick"'),
        ];
  const paths = lines
    .filter(({ values }) => values.length > 0)
    .map(({ values, colour, name }) => {
      const steps = values.map((ms, at) => {
        const here = px(x(ms / 1000));
        return `${here},${px(y(at / values.length))} ${here},${px(y((at + 1) / values.length))}`;
      });
      const points = [`${px(x(low))},${px(y(0))}`, ...steps, `${px(x(high))},${px(y(1))}`].join(' ');
      return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"><title>${escapeXml(name)}</title></polyline>`;
    });
  return svg(width, height, [...axes, ...limit, ...paths], label);
}

/** Machines found against people lost, and where the detector itself stands. */
export function curveChart(
  curve: { points: readonly { loss: number; recall: number }[] },
  here: { loss: number; recall: number },
): string {
  const width = 540;
  const height = 280;
  const reached = curve.points.map(({ loss }) => loss).filter((loss) => loss <= 0.05);
  const high = Math.max(0.03, here.loss * 1.2, ...reached);
  const bestRecall = curve.points.filter(({ loss }) => loss <= high).map(({ recall }) => recall);
  const low = Math.min(0.8, Math.floor(Math.min(here.recall, Math.max(0, ...bestRecall)) * 10) / 10);
  const tick = high > 0.05 ? 0.02 : 0.01;
  const xAxis: Axis = {
    low: 0,
    high,
    ticks: Array.from({ length: Math.floor(high / tick + 1e-9) + 1 }, (_, at) => at * tick),
    label: 'people lost',
    show: (value) => `${Math.round(value * 1000) / 10} %`,
  };
  const span = 1 - low;
  const yAxis = { ...shareAxis, low, ticks: [0, 1, 2, 3, 4].map((at) => low + (span * at) / 4) };
  const { x, y, lines } = frame(width, height, xAxis, yAxis);
  const points = curve.points
    .filter(({ loss }) => loss <= high)
    .map(({ loss, recall }) => `${px(x(loss))},${px(y(recall))}`)
    .join(' ');
  return svg(
    width,
    height,
    [
      ...lines,
      `<polyline points="${points}" fill="none" stroke="${machinesColour}" stroke-width="2"/>`,
      `<circle cx="${px(x(here.loss))}" cy="${px(y(here.recall))}" r="5" class="here"/>`,
      text(x(here.loss) + 10, y(here.recall) + 16, 'as it stands', 'class="label"'),
    ],
    'Machines found against people lost',
  );
}

/** The curve by the score offset, from runs of their own. */
export function sweepChart({ offsets }: Sweep): string {
  const point = ({ peopleCalls, machines }: OperatingPoint) => ({
    loss: peopleCalls.share ?? 0,
    recall: machines.share ?? 0,
  });
  const here = offsets.find(({ scoreOffset }) => scoreOffset === 0);
  return curveChart(
    { points: offsets.map(point) },
    here === undefined ? { loss: 0, recall: 0 } : point(here),
  );
}

/** How the score parts people and machines. */
export function scoreChart(people: readonly number[], machines: readonly number[]): string {
  const width = 540;
  const height = 280;
  const low = -12;
  const high = 12;
  const bins = 24;
  const count = (values: readonly number[]) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) {
      const at = Math.floor(((value - low) / (high - low)) * bins);
      const inside = Math.min(bins - 1, Math.max(0, at));
      counts[inside] = (counts[inside] ?? 0) + 1;
    }
    return counts;
  };
  const groups = [
    { name: 'people', colour: peopleColour, counts: count(people) },
    { name: 'machines', colour: machinesColour, counts: count(machines) },
  ];
  const most = Math.max(4, ...groups.flatMap(({ counts }) => counts));
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => most / each <= 5) ?? 5000;
  const { x, y, lines } = frame(
    width,
    height,
    {
      low,
      high,
      ticks: [-12, -8, -4, 0, 4, 8, 12],
      label: 'log odds of a machine at the verdict (ends include what lies beyond)',
      show: String,
    },
    {
      low: 0,
      high: Math.ceil(most / step) * step,
      ticks: Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step),
      label: '',
      show: String,
    },
  );
  const bars = groups.flatMap(({ name, colour, counts }, group) =>
    counts.map((each, at) => {
      const wide = (x(high) - x(low)) / bins / 2 - 1;
      const from = x(low + (at * (high - low)) / bins) + 1 + group * wide;
      const highPx = y(0) - y(each);
      return each === 0
        ? ''
        : `<rect x="${px(from)}" y="${px(y(each))}" width="${px(wide)}" height="${px(highPx)}" fill="${colour}"><title>${each} ${name}</title></rect>`;
    }),
  );
  return svg(width, height, [...lines, ...bars], 'Scores of people and machines');
}

/** A point with its interval for each row: people lost on the left, machines found on the right. */
export function sliceChart({ by, rows }: Slice): string {
  const shown = rows.filter(({ lost, found }) => lost.n + found.n > 0);
  const width = 1120;
  const rowPx = 24;
  const head = 44;
  const height = head + shown.length * rowPx + 8;
  const panels = [
    { from: 190, to: 440, colour: peopleColour, of: (at: number) => shown[at]?.lost, name: 'people lost' },
    {
      from: 690,
      to: 940,
      colour: machinesColour,
      of: (at: number) => shown[at]?.found,
      name: 'machines found',
    },
  ];
  const parts = panels.flatMap(({ from, to, colour, of, name }) => {
    const x = (share: number) => from + share * (to - from);
    return [
      text(from, 14, name, 'class="label"'),
      ...[0, 0.5, 1].flatMap((tick) => [
        `<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="${head - 4}" y2="${height - 6}"/>`,
        text(x(tick), head - 8, `${tick * 100} %`, 'text-anchor="middle" class="tick"'),
      ]),
      ...shown.flatMap((_, at) => {
        const figure = of(at);
        if (!figure || figure.share === null || figure.low === null || figure.high === null) return [];
        const y = head + at * rowPx + rowPx / 2;
        return [
          `<line x1="${px(x(figure.low))}" x2="${px(x(figure.high))}" y1="${y}" y2="${y}" stroke="${colour}" stroke-opacity="0.4" stroke-width="6" stroke-linecap="round"/>`,
          `<circle cx="${px(x(figure.share))}" cy="${y}" r="4.5" fill="${colour}"><title>${escapeXml(withInterval(figure))}</title></circle>`,
          text(to + 14, y + 4, `${counted(figure)}, ${percent(figure.share)}`, 'class="tick"'),
        ];
      }),
    ];
  });
  const names = shown.map(({ value }, at) => text(8, head + at * rowPx + rowPx / 2 + 4, value));
  return svg(width, height, [...names, ...parts], `By ${by}`);
}

function quantileOf(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(p * (values.length - 1))] ?? 0;
}

function svg(width: number, height: number, parts: string[], title: string): string {
  return (
    `<svg viewBox="0 0 ${width} ${height}" style="max-width:${width}px" role="img" aria-label="${escapeXml(title)}">` +
    `${parts.join('')}</svg>`
  );
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${px(x)}" y="${px(y)}"${attributes === '' ? '' : ` ${attributes}`}>${escapeXml(content)}</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** For text and attributes of XML and HTML; characters that neither may hold become question marks. */
export function escapeXml(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?');
}
