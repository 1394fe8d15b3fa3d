import type {
  LiveAgent,
  LiveCampaign,
  LiveChannel,
  LiveDialer,
  LiveItems,
  LiveTopic,
} from '../../api/live.ts';
import { channelWords, plain } from '../../domain/explanation/channel-words.ts';
import { duration, type Column } from '../../terminal/output.ts';

const campaignColumns: Column<LiveCampaign>[] = [
  { heading: 'CAMPAIGN', value: ({ name }) => name },
  { heading: 'STATE', value: ({ state }) => state.replaceAll('_', ' ') },
  { heading: 'MODE', value: ({ mode }) => mode },
  { heading: 'LEFT', value: ({ left, total }) => `${left}/${total}`, align: 'right' },
  {
    heading: 'DIALLING',
    value: ({ calls }) => calls.leased + calls.dialling + calls.answered,
    align: 'right',
  },
  { heading: 'WAITING', value: ({ calls }) => calls.waiting, align: 'right' },
  { heading: 'CONNECTED', value: ({ calls }) => calls.connected, align: 'right' },
  { heading: 'READY', value: ({ agents }) => agents.ready, align: 'right' },
  { heading: 'BUSY', value: ({ agents }) => agents.reserved + agents.busy, align: 'right' },
  { heading: 'WRAP-UP', value: ({ agents }) => agents.wrap_up, align: 'right' },
  { heading: 'ABANDONED', value: abandonedText, align: 'right' },
];

function agentColumns(at: number): Column<LiveAgent>[] {
  return [
    { heading: 'AGENT', value: ({ agentId }) => agentId },
    { heading: 'GROUP', value: ({ group }) => group },
    { heading: 'STATE', value: ({ state }) => state.replaceAll('_', ' ') },
    { heading: 'FOR', value: ({ since }) => duration(Math.max(0, at - since)), align: 'right' },
    { heading: 'DESKTOP', value: ({ online }) => (online ? 'connected' : 'lost') },
    { heading: 'CAMPAIGN', value: ({ campaign }) => campaign },
  ];
}

const dialerColumns: Column<LiveDialer>[] = [
  { heading: 'DIALLER', value: ({ dialerId }) => dialerId },
  { heading: 'STATE', value: ({ lost }) => (lost ? 'silent' : 'connected') },
  { heading: 'CALLS', value: ({ calls }) => calls, align: 'right' },
  { heading: 'FREE', value: ({ free }) => free, align: 'right' },
  { heading: 'BUSY', value: ({ channels }) => channels.busy, align: 'right' },
  { heading: 'IN SERVICE', value: ({ channels }) => channels.inService, align: 'right' },
];

function channelColumns(at: number): Column<LiveChannel>[] {
  return [
    { heading: 'CHANNEL', value: ({ id }) => id },
    { heading: 'SPAN', value: ({ span }) => span, align: 'right' },
    { heading: 'STATE', value: (channel) => channelWords(channel).word },
    { heading: 'FOR', value: ({ since }) => duration(Math.max(0, at - since)), align: 'right' },
    { heading: 'CAMPAIGN', value: ({ campaign, test }) => (test ? 'test call' : campaign) },
    { heading: 'AGENT', value: ({ agentId }) => agentId },
    {
      heading: 'LAST EVENT',
      value: ({ lastEvent }) => (lastEvent === null ? null : plain(lastEvent)),
    },
    { heading: 'FAULTS', value: ({ faults }) => faults, align: 'right' },
    { heading: 'REASON', value: ({ reason }) => reason },
  ];
}

/** How the items of a topic are shown. @param at the moment by the clock of OCS */
export function columnsOf(topic: LiveTopic, at: number): Column<object>[] {
  const columns: { [T in LiveTopic]: Column<LiveItems[T]>[] } = {
    campaigns: campaignColumns,
    agents: agentColumns(at),
    diallers: dialerColumns,
    channels: channelColumns(at),
  };
  return columns[topic] as Column<object>[];
}

/** What needs attention, the worst first. */
export function alarmsOf(campaigns: Iterable<LiveCampaign>, diallers: Iterable<LiveDialer>): string[] {
  const all = [...campaigns];
  const known = [...diallers];
  return [
    ...known
      .filter(({ lost }) => lost)
      .map(({ calls, dialerId }) => `dialler ${dialerId} is silent, ${calls} calls were with it`),
    ...known
      .filter(({ board, lost }) => board === 'dead' && !lost)
      .map(({ dialerId }) => `the board of dialler ${dialerId} failed`),
    ...all.flatMap(({ name, obstacles }) => obstacles.map((text) => `${name}: ${text}`)),
    ...all.flatMap(({ name, warnings }) => warnings.map((text) => `${name}: ${text}`)),
  ];
}

export function abandonedText(campaign: LiveCampaign): string | null {
  const { abandoned, abandonedRatePct, live } = campaign;
  return abandonedRatePct === null
    ? null
    : `${abandonedRatePct.toFixed(2)} % (${abandoned}/${live + abandoned})`;
}
