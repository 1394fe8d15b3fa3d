import type { DeskCampaign } from '../../api/desk.ts';
import type { CallbackFault } from './callback-time.ts';
import { count, duration } from '../words.ts';

/** All that the desk says. */
export const words = {
  start: {
    heading: 'Begin work',
    extension: 'Extension of your telephone',
    group: 'Group',
    submit: 'Start work',
    busy: 'Logging in at the dialler.',
    noGroup: 'You are in no group. Ask an admin: cpdctl users shows the groups.',
  },
  state: 'Your state',
  next: 'Next',
  extension: 'Extension',
  ready: 'Ready',
  notReady: 'Not ready',
  why: 'Why are you not ready?',
  work: 'Back to work',
  customer: 'Customer',
  number: 'Number',
  place: 'Attempt',
  last: 'Last result',
  localTime: 'There it is',
  script: 'Script',
  details: 'Details',
  notes: 'Notes',
  result: 'Result',
  close: 'Close record',
  closing: 'Closing the record.',
  callback: 'Callback',
  never: 'Do not call',
  over: 'Talk is over',
  more: '30 s more',
  noCall: 'No call',
  saved: 'Saved.',
  saving: 'Saving ...',
  chooseFirst: 'Choose a result first.',
  unsaved: 'Not saved, nothing lost. Ctrl+Enter tries again.',
  tryingAgain: 'Nothing is lost. Trying again ...',
  kept: 'What you did with the record is kept here, and sent when you start work again.',
  tooLate: 'Away too long: the record was closed with what was saved.',
  lost: 'Connection lost. Trying again ...',
  lostInCall: 'Connection lost. Your call goes on; what you type is kept here.',
  elsewhere: 'You are logged in in another window.',
  workHere: 'Work here',
  slept: 'This page slept; no calls were sent here.',
  loggedOut: 'A supervisor logged you out.',
  timeOver: 'The time for the record is over. Close it, please.',
  byTimer: 'Time over: the record was closed by the timer.',
  nothingRuns: 'No campaign of your groups is running.',
  notTaken: 'Your telephone did not take the call. Check it.',
  day: {
    heading: 'My day',
    callbacks: 'My callbacks',
    noCallback: 'None. C during a call arranges one.',
    customer: 'Customer',
    yours: 'For you',
    theirs: 'There',
    history: 'Earlier attempts',
    firstAttempt: 'This is the first.',
  },
  callbackForm: {
    heading: 'Call back',
    date: 'Date',
    time: 'Time',
    mine: 'Only me',
    mineMeans: 'If you are not ready then, anyone of your group calls after 10 min.',
    submit: 'Arrange the callback',
  },
  neverForm: { heading: 'Do not call again?', submit: 'Do not call' },
  does: {
    close: 'Close the record, from fields too',
    ready: 'Ready, or not ready',
    result: 'Choose a result; nothing is sent',
    callback: 'Arrange a callback',
    never: 'Do not call again (asks)',
    over: 'The talk is over',
    notes: 'To the notes',
    leave: 'Leave a field',
  },
};

export const reasons = ['Break', 'Lunch', 'Training', 'Meeting'];

/** What a call can have come to where a campaign names no results. By number. */
export const results = [
  { label: 'Talked', result: 33 },
  { label: 'Machine', result: 9 },
  { label: 'Wrong number', result: 53 },
  { label: 'Wrong person', result: 40 },
  { label: 'Hung up', result: 26 },
];

export const nextWords = { ready: 'ready', not_ready: 'not ready', log_out: 'log-out' };

/** Reasons that OCS gives itself. */
export function reasonText(reason: string): string {
  switch (reason) {
    case 'asleep':
      return words.slept;
    case 'not_taken':
      return words.notTaken;
    case 'leg_failed':
      return 'Your telephone could not be connected. Check it.';
    case 'extension_not_allowed':
      return 'No dialler may call your extension. Log in with another one.';
    case 'supervisor':
      return 'A supervisor made you not ready.';
    default:
      return reason;
  }
}

export function idleText(ms: number, campaigns: readonly DeskCampaign[]): string {
  return `Ready for ${duration(ms)}. ${runningText(campaigns)}`;
}

function runningText(campaigns: readonly DeskCampaign[]): string {
  const running = campaigns.filter(({ running }) => running);
  if (running.length === 0) return words.nothingRuns;
  return running
    .map(({ left, name, window }) => {
      const hours = window.open ? '' : ` It dials from ${timeOfDay(window.from)} ${zoneName(window.tz)}.`;
      return `${name} is running, ${count(left)} left.${hours}`;
    })
    .join(' ');
}

export function timeOfDay(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}`;
}

/** `America/New_York` is New York. */
export function zoneName(tz: string): string {
  return (tz.split('/').at(-1) ?? tz).replaceAll('_', ' ');
}

export function timeIn(atMs: number, tz: string | undefined): string {
  const format = new Intl.DateTimeFormat('en', {
    ...(tz !== undefined && { timeZone: tz }),
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(atMs);
}

export function callbackFaultText(
  fault: CallbackFault,
  window: { from: number; till: number; tz: string },
): string {
  switch (fault) {
    case 'missing':
      return 'Say a date and a time.';
    case 'skipped':
      return `That time does not come: the clocks in ${zoneName(window.tz)} are changed.`;
    case 'past':
      return 'That time is over.';
    case 'closed':
      return `Calls are allowed from ${timeOfDay(window.from)} to ${timeOfDay(window.till)} ${zoneName(window.tz)}.`;
  }
}
