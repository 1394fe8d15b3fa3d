import type { DueRecord } from '../api/campaigns.ts';
import type { LiveAgent, LiveCampaign } from '../api/live.ts';
import type { AgentState } from '../api/presence.ts';

/** All that the console says, in whole sentences where it can. */
const figure = new Intl.NumberFormat('en');
const percent = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const time = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const toTheSecond = new Intl.DateTimeFormat('en', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayAndTime = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});

export const words = {
  title: 'Console',
  loading: 'Loading.',
  skip: 'Skip to the content',
  pages: 'Pages',
  desk: 'Desk',
  again: 'Try again',
  calls: 'Calls',
  close: 'Close',
  cancel: 'Cancel',
  why: 'Why? It is kept in the audit.',
  keys: {
    heading: 'Keys',
    list: 'List the keys',
    single: 'Single keys act (outside of fields)',
  },
  administration: 'Administration',
  channels: 'Channels',
  axis: {
    heard: 'What was heard',
  },
  logIn: {
    heading: 'Log in',
    name: 'Name',
    password: 'Password',
    submit: 'Log in',
    busy: 'Logging in.',
  },
  change: {
    heading: 'Choose a password',
    why: 'You logged in with a one-time password. Choose one of your own: 15 characters or more; a sentence is easy to remember.',
    current: 'One-time password',
    next: 'New password',
    again: 'New password, once more',
    differ: 'The two new passwords are not the same.',
    submit: 'Change the password',
    busy: 'Changing the password.',
  },
  noPage: {
    heading: 'No page for you',
    text: 'Your role has no page here. Ask an admin.',
  },
  logOut: 'Log out',
  unreachable: 'The server cannot be reached. Try again.',
  wall: {
    heading: 'Wall',
    alarms: 'Alarms',
    noAlarm: 'Nothing needs attention.',
    campaigns: 'Campaigns',
    noCampaign: 'No campaign is loaded. Administration, Campaigns loads one.',
    agents: 'Agents',
    noAgent: 'No agent is logged in.',
    campaign: 'Campaign',
    state: 'State',
    left: 'Left',
    calls: 'Calls',
    abandoned: 'Abandoned',
    pacing: 'Pacing',
    results: 'Results, last 30 min',
    action: 'Action',
    agent: 'Agent',
    group: 'Group',
    since: 'For',
    lost: 'Connection lost. Trying again.',
    start: 'Start',
    stop: 'Stop',
    unload: 'Unload',
    unloadMeans: 'It is gone when its calls are over. Its list and what came of the calls stay.',
    typeName: 'Its name, typed',
    waits: 'Next to dial',
    waitsHeading: 'Next to dial:',
    number: 'Number',
    due: 'When',
    now: 'now',
    attempts: 'Attempts',
    type: 'Record',
    over: ', too long',
    figures: {
      heading: 'All together',
      dialling: 'Dialling',
      waiting: 'Waiting for an agent',
      connected: 'Connected',
      ready: 'Agents ready',
      working: 'Agents at work',
      left: 'Left',
    },
    noneDue: 'No record is due, now or later.',
    notReady: 'Not ready',
    filter: 'Filter',
    noMatch: 'Nothing has that in its name.',
    fullScreen: 'Full screen, and back',
    toFilter: 'To the filter',
    leave: 'Leave the filter',
  },
};

export const stateWords: Record<LiveCampaign['state'], string> = {
  inactive: 'stopped',
  active: 'stopped, calls are up',
  running: 'running',
  waiting_to_unload: 'unloading',
};

/** A letter stands for each state, so that no colour has to be told from another. */
export const agentWords: Record<AgentState, { letter: string; word: string }> = {
  ready: { letter: 'R', word: 'ready' },
  reserved: { letter: '!', word: 'call coming' },
  busy: { letter: 'C', word: 'in call' },
  wrap_up: { letter: 'W', word: 'wrap-up' },
  not_ready: { letter: 'N', word: 'not ready' },
};

/** In the order in which they are shown. */
export const agentStates = Object.keys(agentWords) as readonly AgentState[];

/** Day and time to the second. */
export function moment(at: number): string {
  return toTheSecond.format(at);
}

export function count(value: number): string {
  return figure.format(value);
}

export function asOf(at: number, ageS: number): string {
  const clock = `As of ${time.format(at)}`;
  return ageS < 2 ? clock : `${clock}, ${count(ageS)} s old`;
}

/** Minutes and seconds, hours where there are any. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, ...rest] = parts;
  const shown = hours > 0 ? parts : rest;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** Below so many live calls a rate says nothing. */
const fewest = 20;

export function abandonedText({
  abandoned,
  abandonedRatePct,
  abandonedWindow,
  live,
  targetAbandonedPct,
}: LiveCampaign): string {
  const heard = live + abandoned;
  const counts = `${count(abandoned)} of ${count(heard)}, ${windowText(abandonedWindow)}`;
  if (heard < fewest || abandonedRatePct === null) return `no rate yet (${counts})`;
  return `${percent.format(abandonedRatePct)} % of ${percent.format(targetAbandonedPct)} % allowed (${counts})`;
}

function windowText(window: LiveCampaign['abandonedWindow']): string {
  if (window === 'campaign') return 'campaign so far';
  return window === 'calendar_day' ? 'today' : `last ${count(window.hours)} h`;
}

/** `No Answer 40 % (12), Answer 31 % (9)`; the most frequent first. */
export function resultsText(results: Readonly<Record<string, number>>): string {
  const all = Object.entries(results).sort(([, a], [, b]) => b - a);
  const sum = all.reduce((total, [, each]) => total + each, 0);
  return all
    .map(([result, each]) => `${result} ${count(Math.round((100 * each) / sum))} % (${count(each)})`)
    .join(', ');
}

/** `callback of ben` */
export function recordText({ agentId, recordType }: DueRecord): string {
  const type = recordTypeWords[recordType] ?? `type ${count(recordType)}`;
  return agentId === null ? type : `${type} of ${agentId}`;
}

const recordTypeWords: Readonly<Record<number, string>> = {
  1: 'unknown',
  2: 'from the list',
  3: 'to be tried again',
  4: 'to be tried again',
  5: 'callback',
  6: 'callback, by anyone',
};

/** Day and minute. */
export function dayTime(at: number): string {
  return dayAndTime.format(at);
}

export function callsText({ calls }: LiveCampaign): string {
  const dialling = calls.leased + calls.dialling + calls.answered;
  return `${count(dialling)} dialling, ${count(calls.waiting)} waiting, ${count(calls.connected)} connected`;
}

export function leftText({ left, total }: LiveCampaign): string {
  return `${count(left)} of ${count(total)}`;
}

/** Over the rate that is allowed, with enough calls for a rate. */
export function isOverTarget(campaign: LiveCampaign): boolean {
  const { abandoned, abandonedRatePct, live, targetAbandonedPct } = campaign;
  return live + abandoned >= fewest && abandonedRatePct !== null && abandonedRatePct > targetAbandonedPct;
}

/** Whether one of the names has the text in it, in any case. */
export function contains(names: readonly string[], text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return names.some((name) => name.toLowerCase().includes(wanted));
}

/** `not ready, Lunch`; `in call, then log-out`. */
export function agentText({ next, online, reason, state }: LiveAgent): string {
  const isIdle = state === 'ready' || state === 'not_ready';
  const then = { ready: '', not_ready: ', then not ready', log_out: ', then log-out' }[next];
  return [
    agentWords[state].word,
    isIdle ? '' : then,
    reason === null ? '' : `, ${reason.replaceAll('_', ' ')}`,
    online ? '' : ', desktop lost',
  ].join('');
}

export function dueText(dueAt: number, now: number): string {
  return dueAt <= now ? 'Records are due now.' : `The next record is due on ${dayAndTime.format(dueAt)}.`;
}
