import type { CampaignStatus } from '../../api/campaigns.ts';
import { printTable } from '../../terminal/output.ts';

/** One line a campaign. */
export function printCampaigns(campaigns: readonly CampaignStatus[]): void {
  printTable(
    [
      { heading: 'CAMPAIGN', value: ({ name }) => name },
      { heading: 'STATE', value: stateOf },
      { heading: 'MODE', value: ({ mode }) => mode },
      { heading: 'LIST', value: ({ list }) => list },
      { heading: 'RECORDS', value: ({ records }) => records.total, align: 'right' },
      { heading: 'LEFT', value: ({ records }) => records.left, align: 'right' },
      { heading: 'CALLS', value: ({ calls }) => sum(calls), align: 'right' },
      { heading: 'AGENTS', value: ({ agents }) => sum(agents), align: 'right' },
      { heading: 'LIVE', value: ({ live }) => live, align: 'right' },
      { heading: 'ABANDONED', value: abandonedOf, align: 'right' },
    ],
    campaigns,
    'no campaign is loaded',
  );
}

/** One campaign in detail, one line a subject. */
export function campaignLines(status: CampaignStatus): string[] {
  const { records, pacing } = status;
  // 0: due since it was loaded.
  const due = status.nextDueAt ? `, next due ${new Date(status.nextDueAt).toISOString()}` : '';
  const lines = [
    `${status.name}: ${stateOf(status)}, ${status.mode}, list ${status.list}` +
      (status.group === null ? '' : `, agents of group ${status.group}`),
    `records    ${records.total}, ${records.left} left${due}${counts(records.byStatus, ': ')}`,
    `calls      ${sum(status.calls)} now${counts(status.calls, ': ')}; ${status.openRecords} records on screens`,
    `agents     ${sum(status.agents)}${counts(status.agents, ': ')}`,
    `attempts   ${status.attempts}${counts(status.results, ': ')}`,
    `abandoned  ${status.abandoned} of ${status.live + status.abandoned} people (${abandonedOf(status) ?? 'no rate yet'})`,
  ];
  for (const obstacle of status.obstacles) lines.push(`obstacle   ${obstacle}`);
  for (const { explanation } of status.waits) lines.push(`waits      ${explanation}`);
  for (const warning of status.warnings) lines.push(`warning    ${warning}`);
  if (pacing !== null) lines.push(`pacing     ${pacing.explanation}`);
  return lines;
}

function stateOf({ state, finished }: CampaignStatus): string {
  return `${state.replaceAll('_', ' ')}${finished ? ', finished' : ''}`;
}

function abandonedOf({ abandonedRatePct }: CampaignStatus): string | null {
  return abandonedRatePct === null ? null : `${abandonedRatePct.toFixed(2)} %`;
}

function sum(of: Record<string, number>): number {
  return Object.values(of).reduce((total, count) => total + count, 0);
}

/** `: 3 ready, 2 busy`, without the zeros; nothing when all are. */
function counts(of: Record<string, number>, before: string): string {
  const parts = Object.entries(of).filter(([, count]) => count > 0);
  if (parts.length === 0) return '';
  return before + parts.map(([name, count]) => `${count} ${name.replaceAll('_', ' ')}`).join(', ');
}
