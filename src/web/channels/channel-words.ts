import type { LiveChannel, LiveDialer, LiveHeard } from '../../api/live.ts';
import { channelWords, plain } from '../../domain/explanation/channel-words.ts';
import { count } from '../words.ts';

/** What the page of channels says. */
export const say = {
  noDialer: 'No dialler is connected. Start cpdd with the address of this server as ocs.url.',
  noMatch: 'No channel has that in its number, state, campaign, agent or reason.',
  filter: 'Filter',
  table: 'As a table, and back',
  arrows: 'From channel to channel',
  enter: 'Open the channel: what it does, and what is heard in its call',
  toFilter: 'To the filter',
  leave: 'Close the channel, or leave the filter',
  asTable: 'As a table',
  asTiles: 'As tiles',
  channel: 'Channel',
  state: 'State',
  since: 'For',
  campaign: 'Campaign',
  agent: 'Agent',
  lastEvent: 'Last event',
  faults: 'Faults in a row',
  reason: 'Why',
  number: 'Number',
  call: 'Call',
  toCall: 'The call on the page of calls',
  close: 'Close',
  gone: 'This channel is not there any more.',
  test: "An engineer's test call",
  heard: 'What is heard',
  heardBefore: 'What was heard in the last call',
  nothingYet: 'Nothing was heard since this page listens.',
  notDialled: 'The call is not dialled yet.',
  what: 'What',
  start: 'From',
  end: 'To',
  detail: 'Detail',
  heardTable: 'The same as a table',
  score: 'Score for a machine',
  noScore: 'There is none yet: it comes with the verdict.',
};

export function channelName({ channel }: Pick<LiveChannel, 'channel'>): string {
  return `Channel ${String(channel)}`;
}

export function oneHeading({ channel, dialerId, span }: LiveChannel): string {
  return `Channel ${String(channel)} of ${dialerId}, span ${String(span)}`;
}

/** Seconds below a minute, then minutes, then hours: it need not change each second. */
export function shortAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${String(seconds)} s`;
  return seconds < 3_600
    ? `${String(Math.floor(seconds / 60))} min`
    : `${count(Math.floor(seconds / 3_600))} h`;
}

/** `Span 1: 30 channels, 12 in calls, 2 out of service` */
export function spanHeading(span: number, channels: readonly LiveChannel[]): string {
  const inCalls = channels.filter(({ use }) => use === 'call').length;
  const out = channels.filter(({ use }) => use === 'out_of_service').length;
  const parts = [
    `${count(channels.length)} ${channels.length === 1 ? 'channel' : 'channels'}`,
    ...(inCalls === 0 ? [] : [`${count(inCalls)} in calls`]),
    ...(out === 0 ? [] : [`${count(out)} out of service`]),
  ];
  return `Span ${String(span)}: ${parts.join(', ')}`;
}

/** What is wrong with a dialler, or why it shows nothing; null when all is well. @param channels of it */
export function dialerNote(dialer: LiveDialer, channels: number): { text: string; isFault: boolean } | null {
  const { board, canWatch, dialerId, lost } = dialer;
  if (lost) {
    const shown = channels === 0 ? '' : ' What it told last is shown.';
    return { text: `Dialler ${dialerId} is silent.${shown}`, isFault: true };
  }
  if (!canWatch) {
    const text = `Dialler ${dialerId} is of an older version and cannot show its channels. On its host, cpdctl channels does.`;
    return { text, isFault: false };
  }
  if (board === 'dead') {
    const text = `The board of dialler ${dialerId} failed. The dialler opens it again by itself; its log says why it failed.`;
    return { text, isFault: true };
  }
  if (board === null) return { text: `Dialler ${dialerId} is asked for its channels.`, isFault: false };
  if (channels > 0) return null;
  return { text: `Dialler ${dialerId} has no channels: none are configured on its board.`, isFault: false };
}

/** `Channel 17: ringing, campaign spring` */
export function tileLabel(channel: LiveChannel): string {
  const { agentId, campaign, reason, test } = channel;
  return [
    `${channelName(channel)}: ${channelWords(channel).word}`,
    ...(campaign === null ? [] : [`campaign ${campaign}`]),
    ...(test ? ['test call'] : []),
    ...(agentId === null ? [] : [`agent ${agentId}`]),
    ...(reason === null ? [] : [plain(reason)]),
  ].join(', ');
}

/** What a filter looks at. */
export function namesOf(channel: LiveChannel): string[] {
  const { agentId, campaign, dialerId, reason, test } = channel;
  return [
    String(channel.channel),
    dialerId,
    channelWords(channel).word,
    campaign ?? '',
    agentId ?? '',
    plain(reason ?? ''),
    test ? 'test call' : '',
  ];
}

type Item = LiveHeard['items'][number];

const itemWords: Readonly<Record<string, string>> = {
  answered: 'answer',
  beep: 'beep',
  correction: 'correction',
  disconnected: 'hung up',
  failed: 'failed',
  greeting_end: 'greeting ends',
  no_answer: 'no answer',
  proceeding: 'proceeding',
  ringing: 'ringing',
  speech_end: 'speech ends',
  speech_start: 'speech begins',
  transferred: 'transferred',
  verdict: 'verdict',
};

/** `verdict machine`, `ringback`, `speech` */
export function itemWord({ kind, name }: Item): string {
  if (kind === 'signal') return plain(name ?? kind);
  const word = itemWords[kind] ?? plain(kind);
  const isNamed = kind === 'verdict' || kind === 'correction' || kind === 'disconnected' || kind === 'failed';
  return isNamed && name !== null ? `${word} ${plain(name)}` : word;
}

export function itemDetail({ confidence, hz, kind, name }: Item): string {
  const tones = hz.filter((each) => each > 0).map(Math.round);
  return [
    ...(tones.length === 0 ? [] : [`${tones.join(' + ')} Hz`]),
    ...(confidence === null ? [] : [`${String(Math.round(confidence * 100))} % sure`]),
    ...((kind === 'ringing' || kind === 'answered') && name !== null ? [`told by ${plain(name)}`] : []),
  ].join(', ');
}

const chance = (logOdds: number) => `${(100 / (1 + Math.exp(-logOdds))).toFixed(0)} %`;

export function scoreText({ liveBelow, machineFrom, machineLogOdds }: LiveHeard['scores'][number]): string {
  return [
    `A machine with ${chance(machineLogOdds)}`,
    ...(liveBelow === null ? [] : [`a person below ${chance(liveBelow)}`]),
    ...(machineFrom === null ? [] : [`a machine from ${chance(machineFrom)}`]),
  ].join('; ');
}
