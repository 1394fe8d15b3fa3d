import stringWidth from 'string-width';
import type { LiveCampaign, LiveTopic } from '../../api/live.ts';
import type { LiveState } from '../../api/live-state.ts';
import { alignedTable } from '../../terminal/output.ts';
import { abandonedText, alarmsOf, columnsOf } from './watch-columns.ts';

/** What a person looks at. */
export interface View {
  topic: LiveTopic;
  /** The row that is marked, from 0. */
  row: number;
  /** The campaign that is shown in detail. */
  detail: string | null;
}

/** What the screen shows besides. */
export interface Frame {
  columns: number;
  rows: number;
  /** The moment by the clock of OCS; null before the first message. */
  at: number | null;
  /** Of what is shown, in s. */
  ageS: number;
  isLost: boolean;
}

const keys: Readonly<Record<string, LiveTopic>> = {
  c: 'campaigns',
  a: 'agents',
  d: 'diallers',
  h: 'channels',
};
const mostAlarms = 3;
const nothing: Readonly<Record<LiveTopic, string>> = {
  campaigns: 'No campaign is loaded.',
  agents: 'No agent is logged in.',
  diallers: 'No dialler is connected.',
  channels: 'No dialler has told of channels.',
};

/** The view after a key; `quit` when it ends the program. */
export function viewAfter(view: View, key: string, state: LiveState): View | 'quit' {
  if (key === 'q' || key === '\u0003') return 'quit';
  const topic = keys[key];
  if (topic !== undefined) return { topic, row: 0, detail: null };
  const last = Math.max(0, state[view.topic].size - 1);
  if (key === 'j' || key === '\u001b[B') return { ...view, row: Math.min(last, view.row + 1) };
  if (key === 'k' || key === '\u001b[A') return { ...view, row: Math.max(0, Math.min(last, view.row) - 1) };
  if (key === '\u001b') return { ...view, detail: null };
  if (key !== '\r' || view.topic !== 'campaigns') return view;
  return { ...view, detail: sortedIds(state, 'campaigns')[view.row] ?? null };
}

/** The lines of the screen, none longer than it is wide, and not more than it has rows. */
export function screenLines(view: View, state: LiveState, frame: Frame): string[] {
  const { columns, rows } = frame;
  const alarms = alarmsOf(state.campaigns.values(), state.diallers.values());
  const more = alarms.length > mostAlarms ? [`! and ${alarms.length - mostAlarms} more`] : [];
  const top = [headLine(frame), ...alarms.slice(0, mostAlarms).map((text) => `! ${text}`), ...more, ''];
  const room = Math.max(1, rows - top.length - 1);
  const body = bodyLines(view, state, frame, room).slice(0, room);
  const filled = [...body, ...Array<string>(room - body.length).fill('')];
  const help = 'c campaigns  a agents  d diallers  h channels  up/down  Enter details  Esc back  q quit';
  return [...top, ...filled, help].slice(0, rows).map((line) => cut(line, columns));
}

function headLine({ at, ageS, isLost }: Frame): string {
  if (at === null) return 'Connecting.';
  const moment = `As of ${new Date(at).toTimeString().slice(0, 8)}`;
  return isLost ? `Connection lost. Trying again. ${moment}, ${ageS} s old` : moment;
}

function bodyLines(view: View, state: LiveState, { at }: Frame, room: number): string[] {
  const campaign = view.detail === null ? undefined : state.campaigns.get(view.detail);
  if (campaign !== undefined) return campaignLines(campaign);
  const { topic } = view;
  const items = sortedIds(state, topic).flatMap((id) => state[topic].get(id) ?? []);
  if (items.length === 0) return [topic === 'channels' ? noChannelText(state) : nothing[topic]];
  const [head = '', ...lines] = alignedTable<object>(columnsOf(topic, at ?? 0), items)
    .trimEnd()
    .split('\n');
  const row = Math.min(view.row, lines.length - 1);
  const shown = Math.max(1, room - 1);
  const from = Math.max(0, Math.min(row - Math.floor(shown / 2), lines.length - shown));
  const marked = lines.map((line, index) => `${index === row ? '>' : ' '} ${line}`);
  return [`  ${head}`, ...marked.slice(from, from + shown)];
}

/** Why there is no channel to be seen. */
export function noChannelText({ diallers }: LiveState): string {
  const here = [...diallers.values()].filter(({ lost }) => !lost);
  if (here.length === 0) return nothing.diallers;
  const old = here.filter(({ canWatch }) => !canWatch).map(({ dialerId }) => dialerId);
  if (old.length === here.length) return `Of an older version, which cannot tell: ${old.join(', ')}.`;
  return here.every(({ board }) => board !== null) ? 'No channel is configured.' : nothing.channels;
}

function campaignLines(campaign: LiveCampaign): string[] {
  const listed = (of: Record<string, number>) =>
    Object.entries(of)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name.replaceAll('_', ' ')} ${count}`)
      .join(', ') || 'none';
  const { agents, attempts, calls, group, left, list, mode, name, openRecords, pacing, results, state } =
    campaign;
  return [
    `${name}: ${state.replaceAll('_', ' ')}, ${mode}, list ${list}${group === null ? '' : `, group ${group}`}`,
    `records    ${left} of ${campaign.total} left, ${openRecords} on screens`,
    `calls      ${listed(calls)}`,
    `agents     ${listed(agents)}`,
    `attempts   ${attempts}: ${listed(results)}`,
    `abandoned  ${abandonedText(campaign) ?? 'no rate yet'}, ${campaign.targetAbandonedPct} % allowed`,
    ...campaign.obstacles.map((text) => `obstacle   ${text}`),
    ...campaign.warnings.map((text) => `warning    ${text}`),
    ...(pacing === null ? [] : [`pacing     ${pacing.explanation}`]),
  ];
}

export function sortedIds(state: LiveState, topic: LiveTopic): string[] {
  return [...state[topic].keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Without what would move the cursor, and not wider than the screen. */
function cut(line: string, columns: number): string {
  const plain = line.replaceAll(/\p{Cc}/gu, '?');
  if (stringWidth(plain) <= columns) return plain;
  let text = '';
  for (const { segment } of new Intl.Segmenter().segment(plain)) {
    if (stringWidth(text + segment) > columns - 1) break;
    text += segment;
  }
  return `${text}~`;
}
