import type { Segment } from '../../domain/outcome.ts';
import { seconds, type AnalyzeResult } from './analyze-result.ts';

/** The samples of a file: 16 bit, linear, one channel. */
export interface Waveform {
  rateHz: number;
  samples: Int16Array;
}

const width = 1240;
const height = 462;
const left = 20;
const right = width - 20;
/** A row for each marker at most, so that labels need never overlap. */
const markerTop = 60;
const markerRowPx = 17;
const waveTop = 150;
const waveBottom = 330;
const bandTop = 338;
const bandBottom = 366;
const axisY = 386;
const legendY = 418;
const footerY = 446;
/** Mean width of a character of the 12 px font; a little too wide rather than too narrow. */
const charPx = 7;

/** Colours of the segment kinds, chosen to stay apart for colour-blind readers too. */
const colours: Record<string, string> = {
  silence: '#e4e4e4',
  speech: '#56a0d8',
  tone: '#f0a63c',
  beep: '#d0479a',
  noise: '#b9ab94',
  music: '#4fb286',
};
const otherColour = '#9a8fd0';

interface Marker {
  ms: number;
  label: string;
  colour: string;
  strong?: boolean;
}

/**
 * One file's analysis as an SVG picture: waveform, segments as coloured bands, and vertical marks for
 * verdict, greeting and beep, over a time axis in seconds from the start of the file.
 */
export function plotSvg(result: AnalyzeResult, wave: Waveform): string {
  const durationMs = Math.max(
    1,
    (wave.samples.length * 1000) / wave.rateHz,
    ...result.segments.map((segment) => segment.endMs),
  );
  const x = (ms: number) => left + (Math.min(Math.max(ms, 0), durationMs) / durationMs) * (right - left);
  const verdict = result.sit === null ? result.verdict : `${result.verdict} ${result.sit}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="12" fill="#1d1d1f">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 26, result.file, 'font-size="14" font-weight="bold"'),
    text(
      left,
      46,
      `${verdict}: ${result.resultName} (${result.result}), ${Math.round(result.confidence * 100)} % sure, ` +
        `rule ${result.evidence.rule || 'none'}`,
    ),
    ...timeAxis(durationMs, x),
    waveformPath(wave, durationMs),
    ...result.segments.map((segment) => band(segment, x)),
    ...markerLines(markersOf(result), x),
    ...legend(result.segments),
    text(left, footerY, scoreLine(result), 'fill="#555555"'),
    '</svg>',
    '',
  ].join('\n');
}

function markersOf(result: AnalyzeResult): Marker[] {
  const markers: Marker[] = [];
  const add = (ms: number | null, label: string, colour: string, strong = false) => {
    if (ms !== null) markers.push({ ms, label: `${label} ${seconds(ms)} s`, colour, strong });
  };
  add(result.evidence.answerMs, 'answer', '#5b5b5b');
  add(result.speechStartMs, 'speech', '#1c5f99');
  add(result.greetingEndMs, 'greeting end', '#1c5f99');
  add(result.beepMs, 'beep', '#a01f6f');
  add(result.decidedMs, result.verdict, '#b3261e', true);
  return markers.sort((a, b) => a.ms - b.ms);
}

/** Vertical lines with their labels in as many rows as they need so that no two overlap. */
function markerLines(markers: Marker[], x: (ms: number) => number): string[] {
  const rowEnds: number[] = [];
  return markers.flatMap((marker) => {
    const at = x(marker.ms);
    const labelPx = marker.label.length * charPx + 8;
    const start = Math.min(at + 4, right - labelPx);
    let row = rowEnds.findIndex((end) => end <= start);
    if (row === -1) row = rowEnds.length;
    rowEnds[row] = start + labelPx;
    const y = markerTop + row * markerRowPx;
    return [
      `<line x1="${px(at)}" x2="${px(at)}" y1="${y}" y2="${bandBottom}" stroke="${marker.colour}" stroke-width="${marker.strong ? 2 : 1}"${marker.strong ? '' : ' stroke-dasharray="4 3"'}/>`,
      text(
        start,
        y + 11,
        marker.label,
        `fill="${marker.colour}"${marker.strong ? ' font-weight="bold"' : ''}`,
      ),
    ];
  });
}

/** Extremes of the samples for each pixel column, as one closed outline. */
function waveformPath(wave: Waveform, durationMs: number): string {
  const middle = (waveTop + waveBottom) / 2;
  const half = (waveBottom - waveTop) / 2;
  let peak = 1;
  for (const sample of wave.samples) peak = Math.max(peak, Math.abs(sample));
  const samplesMs = (wave.samples.length * 1000) / wave.rateHz;
  const columns = Math.max(1, Math.round(((right - left) * samplesMs) / durationMs));
  const upper: string[] = [];
  const lower: string[] = [];
  for (let column = 0; column < columns; column += 1) {
    const from = Math.floor((column * wave.samples.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * wave.samples.length) / columns));
    let low = 0;
    let high = 0;
    for (const sample of wave.samples.subarray(from, to)) {
      low = Math.min(low, sample);
      high = Math.max(high, sample);
    }
    upper.push(`${left + column},${px(middle - (high / peak) * half)}`);
    lower.push(`${left + column},${px(middle - (low / peak) * half + 0.5)}`);
  }
  return `<polygon points="${[...upper, ...lower.reverse()].join(' ')}" fill="#3a4656"/>`;
}

function band(segment: Segment, x: (ms: number) => number): string {
  const from = x(segment.startMs);
  const wide = Math.max(0.5, x(segment.endMs) - from);
  const name = segmentName(segment);
  const rect = `<rect x="${px(from)}" y="${bandTop}" width="${px(wide)}" height="${bandBottom - bandTop}" fill="${colours[segment.kind] ?? otherColour}"><title>${escapeXml(`${name} ${seconds(segment.startMs)} to ${seconds(segment.endMs)} s`)}</title></rect>`;
  const label = [name, segment.kind].find((candidate) => candidate.length * charPx + 6 <= wide);
  return label === undefined ? rect : `${rect}${text(from + 4, bandTop + 18, label)}`;
}

function segmentName(segment: Segment): string {
  const hz = (segment.hz ?? []).map((value) => Math.round(value)).join('+');
  return hz === '' ? segment.kind : `${segment.kind} ${hz} Hz`;
}

/** A grid line and a number at each step that leaves room for the numbers. */
function timeAxis(durationMs: number, x: (ms: number) => number): string[] {
  const steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000, 600_000];
  const step = steps.find((candidate) => x(candidate) - left >= 48) ?? 3_600_000;
  const lines: string[] = [];
  for (let ms = 0; ms <= durationMs; ms += step) {
    lines.push(
      `<line x1="${px(x(ms))}" x2="${px(x(ms))}" y1="${waveTop}" y2="${bandBottom + 4}" stroke="#d4d4d4"/>`,
      text(x(ms), axisY, `${ms / 1000}`, `text-anchor="${ms === 0 ? 'start' : 'middle'}" fill="#555555"`),
    );
  }
  return lines;
}

function legend(segments: Segment[]): string[] {
  const kinds = [...new Set(segments.map((segment) => segment.kind))];
  let at = left;
  return [
    ...kinds.flatMap((kind) => {
      const from = at;
      at += 22 + kind.length * charPx + 16;
      return [
        `<rect x="${from}" y="${legendY - 11}" width="14" height="14" fill="${colours[kind] ?? otherColour}" stroke="#888888" stroke-width="0.5"/>`,
        text(from + 20, legendY, kind),
      ];
    }),
    text(right, legendY, 'seconds from the start of the file', 'text-anchor="end" fill="#555555"'),
  ];
}

function scoreLine(result: AnalyzeResult): string {
  const scores = Object.entries(result.evidence.scores).map(
    ([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(2)}`,
  );
  const line = scores.join('   ');
  const room = Math.floor((right - left) / charPx);
  return line.length <= room ? line : `${line.slice(0, room - 3)}...`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${px(x)}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escapeXml(content)}</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?');
}
