import type { AttemptDetail, AttemptView, CalledWas } from '../../api/attempts.ts';
import type { MilestoneName } from '../../domain/outcome.ts';
import { moment } from '../words.ts';

/** What the page of calls says. */
export const callWords = {
  filters: 'Filters',
  from: 'From',
  till: 'Until',
  campaign: 'Campaign',
  result: 'Result',
  verdict: 'Verdict',
  status: 'Status',
  reason: 'Reason',
  agent: 'Agent',
  dialer: 'Dialler',
  channel: 'Channel',
  phone: 'Number',
  lessSureThan: 'Less sure than, %',
  any: 'any',
  search: 'Search',
  clear: 'Clear the filters',
  nextCall: 'The next call; Enter opens it',
  callBefore: 'The call before',
  calls: 'Calls, the newest first',
  at: 'Given out',
  sure: 'Sure',
  label: 'It was',
  older: 'Show older calls',
  further: 'Look further back',
  none: 'There is no call yet. A campaign that runs makes some.',
  noneFits: 'No call fits these filters.',
  noneHere: 'No call among those that were looked at fits; there are older ones.',
  partial: 'Some thousand calls were looked at.',
  back: 'All calls',
  heard: 'What was heard',
  nothingHeard: 'The detector kept nothing of this call.',
  kind: 'What',
  start: 'From',
  end: 'To',
  detail: 'Detail',
  asTable: 'The same as a table',
  sound: 'The recording',
  fetchSound: 'Get the recording',
  fetching: 'The dialler is asked for it.',
  heardIsAudited: 'That you heard it is written into the audit.',
  notSound: 'What came is no recording.',
  play: 'Play',
  pause: 'Pause',
  place: 'Place',
  wave: 'Waveform',
  score: 'Score and limits',
  noScore: 'This verdict was not decided by a score.',
  asked: 'What was asked of the detector',
  times: 'Moments of the call',
  moment: 'Moment',
  since: 'Since the request was taken',
  mode: 'Mode',
  plan: 'Tone plan',
  ownPlan: 'that of the line',
  maxHumanLoss: 'People who may be lost',
  ownLoss: 'as the dialler is configured',
  timeout: 'Time for a verdict',
  wasHeading: 'What was it?',
  takeBack: 'Take back',
  record: 'The record',
  others: 'All attempts of the record',
  raw: 'Evidence as it was reported',
  replay: 'Where the dialler recorded the call, this plays it to the detector again:',
};

export const wasWords: Record<CalledWas, string> = {
  person: 'Person',
  machine: 'Machine',
  not_sure: 'Not sure',
};

export const momentWords: Record<MilestoneName, string> = {
  queued: 'Waited for a channel',
  seized: 'Channel seized',
  dialling: 'Dialling',
  ringing: 'Ringing',
  answered: 'Answered',
  greetingStart: 'Speech began',
  greetingEnd: 'Greeting ended',
  cpdCompleted: 'Verdict',
  agentRequested: 'Agent asked for',
  agentConnected: 'Agent connected',
  released: 'Released',
};

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

export function share(value: number): string {
  return percent.format(value);
}

export function sureText({ evidence }: Pick<AttemptView, 'evidence'>): string {
  return evidence === null ? '' : share(evidence.confidence);
}

/** `Call of 05/12/2026, 10:42:07, spring, +12125550101` */
export function callHeading({ campaign, leased_at: at, phone }: AttemptDetail): string {
  return `Call of ${moment(at)}, ${campaign}, ${phone}`;
}

export function labelText(label: AttemptView['label']): string {
  return label === null ? '' : wasWords[label.was];
}

/** `Machine, said by anna at 05/12/2026, 10:42:07.` */
export function saidText({ saidAt, saidBy, was }: NonNullable<AttemptView['label']>): string {
  return `${wasWords[was]}, said by ${saidBy} at ${moment(saidAt)}.`;
}
