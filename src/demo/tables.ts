import type { FailoverReport } from './failover.ts';
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
    ...(report.failover === undefined ? [] : failoverLines(report.failover)),
    `live people hung up on   ${String(report.liveDropped)}`,
    `abandoned of live        ${report.abandonedRate.toFixed(1)} %`,
    `agents on calls          ${report.agentBusy.toFixed(1)} %`,
    `answer to verdict        ${times(report.answerToVerdictMs)}`,
    `greeting end to agent    ${times(report.greetingEndToAgentMs)}`,
    report.consistent
      ? 'consistent               yes: one outcome for each record, none dialled twice, database and journal agree'
      : `consistent               NO: ${String(report.faults.length)} faults`,
    ...report.faults.slice(0, 20).map((fault) => `  ${fault}`),
  ];
  return `${lines.join('\n')}\n`;
}

function failoverLines({ agents, calls, ...seen }: FailoverReport): string[] {
  const after = (seconds: number | null) => (seconds === null ? 'never' : `after ${seconds.toFixed(1)} s`);
  const ended = Object.entries(calls.ended).map(([status, count]) => `${String(count)} ${status}`);
  return [
    `${seen.killed} owned the campaign and was killed (SIGKILL), with ${String(seen.recordsLeft)} records left`,
    `  who took over          ${seen.takenOverBy}, ${after(seen.seconds)}`,
    `  agents logged in again ${String(agents.back)}: ${after(agents.firstSeconds)} the first, ${after(agents.lastSeconds)} the last`,
    `  calls that were up     ${String(calls.running)}: ${ended.length === 0 ? 'none' : ended.join(', ')}`,
    `  next dial request      ${after(seen.nextCallSeconds)}`,
    '',
  ];
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
