import type { DemoReport, Quantiles } from './report.ts';

/** The demo's report for a person. */
export function reportText(report: DemoReport): string {
  const lines = [
    '',
    `${String(report.records)} records, ${String(report.attempts)} attempts in ${String(report.wallSeconds)} s`,
    '',
    'Results',
    ...Object.entries(report.outcomes)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, count]) => `  ${name.padEnd(22)} ${String(count).padStart(5)}`),
    '',
    'Ground truth (rows), verdict (columns)',
    ...confusionTable(report.confusion),
    '',
    `live people hung up on   ${String(report.liveDropped)}`,
    `abandoned of live        ${report.abandonedRate.toFixed(1)} %`,
    `agents on calls          ${report.agentBusy.toFixed(1)} %`,
    `answer to verdict        ${times(report.answerToVerdictMs)}`,
    `greeting end to agent    ${times(report.greetingEndToAgentMs)}`,
    report.consistent
      ? 'consistent               yes: one outcome for each record, database and journal agree'
      : `consistent               NO: ${String(report.faults.length)} faults`,
    ...report.faults.slice(0, 20).map((fault) => `  ${fault}`),
  ];
  return `${lines.join('\n')}\n`;
}

function confusionTable(confusion: DemoReport['confusion']): string[] {
  const columns = [...new Set(Object.values(confusion).flatMap((row) => Object.keys(row)))].toSorted();
  const cell = (text: string) => text.slice(0, 11).padStart(12);
  return [
    `  ${''.padEnd(13)}${columns.map(cell).join('')}`,
    ...Object.entries(confusion)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([groundTruth, row]) => {
        const counts = columns.map((column) => cell(row[column] === undefined ? '.' : String(row[column])));
        return `  ${groundTruth.padEnd(13)}${counts.join('')}`;
      }),
  ];
}

function times({ p50, p95 }: Quantiles): string {
  return p50 === null ? 'none' : `${String(p50)} ms (median), ${String(p95)} ms (95 %)`;
}
