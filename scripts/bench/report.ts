/** What the benchmark found, as an object and as a table. */
import type { Counts } from './instructions.ts';

export interface Row {
  stage: string;
  channels: number;
  nsPerChannelFrame: number;
  longestTickMs: number;
  stateBytesPerChannel: number;
}

export interface Measured {
  instructionSet: string;
  spandsp: boolean;
  rows: Row[];
}

export interface ReportedRow extends Row {
  ratioToSpandsp: number | null;
  channelsPerCore: number;
  instructionsPerChannelFrame: number | null;
}

export interface Report {
  instructionSet: string;
  /** Channels per core against spandsp's, at 2,048 channels: tones alone, and the whole detector. */
  tonesRatioToSpandsp: number | null;
  allRatioToSpandsp: number | null;
  /** Of the whole detector at 2,048 channels. */
  channelsPerCore: number;
  stateBytesPerChannel: number;
  rows: ReportedRow[];
}

const frameNs = 20e6;
/** What the summary is about: as many as a dense host has, so that no cache holds their state. */
const manyChannels = 2048;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

export function summary(measured: Measured, counts: Counts | null): Report {
  const spandsp = new Map(
    measured.rows
      .filter((row) => row.stage === 'spandsp')
      .map((row) => [row.channels, row.nsPerChannelFrame]),
  );
  const rows = measured.rows.map((row) => {
    const peer = spandsp.get(row.channels);
    return {
      ...row,
      ratioToSpandsp: peer === undefined ? null : rounded(peer / row.nsPerChannelFrame, 2),
      channelsPerCore: Math.floor(frameNs / row.nsPerChannelFrame),
      instructionsPerChannelFrame: counts?.[row.stage] ?? null,
    };
  });
  const at = (stage: string): ReportedRow => {
    const found = rows.find((row) => row.stage === stage && row.channels === manyChannels);
    if (!found) throw new Error(`no figures for ${stage} at ${manyChannels} channels`);
    return found;
  };
  return {
    instructionSet: measured.instructionSet,
    tonesRatioToSpandsp: at('tones').ratioToSpandsp,
    allRatioToSpandsp: at('all').ratioToSpandsp,
    channelsPerCore: at('all').channelsPerCore,
    stateBytesPerChannel: at('all').stateBytesPerChannel,
    rows,
  };
}

export function table(report: Report): string {
  const counted = report.rows.some((row) => row.instructionsPerChannelFrame !== null);
  const head = [
    'channels',
    'stage',
    'ns a frame',
    'to spandsp',
    'channels a core',
    'longest tick ms',
    'state bytes',
  ];
  const lines = report.rows.map((row) => [
    String(row.channels),
    row.stage,
    row.nsPerChannelFrame.toFixed(0),
    row.ratioToSpandsp === null ? '-' : `${row.ratioToSpandsp.toFixed(1)} x`,
    String(row.channelsPerCore),
    row.longestTickMs.toFixed(2),
    row.stateBytesPerChannel > 0 ? String(row.stateBytesPerChannel) : '-',
    ...(counted ? [String(row.instructionsPerChannelFrame ?? '-')] : []),
  ]);
  if (counted) head.push('instructions');
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const show = (cells: string[]): string =>
    cells
      .map((cell, i) => (i === 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  const ratio = (value: number | null): string =>
    value === null ? 'not compared' : `${value.toFixed(1)} x spandsp`;
  return [
    `Instruction set: ${report.instructionSet}. Nanoseconds of processor time per channel and frame of 20 ms.`,
    show(head),
    ...lines.map(show),
    `At ${manyChannels} channels: tones ${ratio(report.tonesRatioToSpandsp)}, the whole detector ` +
      `${ratio(report.allRatioToSpandsp)}, ${report.channelsPerCore} channels a core.`,
  ].join('\n');
}
