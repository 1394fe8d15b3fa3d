import type { UserView } from '../../api/access.ts';
import type { BadLine } from '../../api/fields.ts';
import { count } from '../words.ts';

/** What the page of administration says. */
export const adminWords = {
  parts: 'Parts of the administration',
  lists: 'Lists',
  dnc: 'Do Not Call',
  campaigns: 'Campaigns',
  users: 'Users',
  audit: 'Audit',
  noLists: 'There is no calling list yet. Import one below.',
  list: 'List',
  records: 'Records',
  importList: 'Import a list',
  importDnc: 'Import a file',
  file: 'File (CSV)',
  into: 'Into the list',
  columns: 'Columns',
  inFile: 'In the file',
  firstRows: 'First rows',
  is: 'Is',
  asNamed: 'as it is named',
  zone: 'Time zone where a line names none',
  check: 'Check',
  import: 'Import',
  importGood: 'Import the good lines',
  dialling: 'While campaigns dial, a large import takes turns with them: some 10 s a million lines.',
  badLines: 'Bad lines',
  line: 'Line',
  field: 'Field',
  found: 'Found',
  expected: 'Expected',
  download: 'Download the bad lines',
  phone: 'Number',
  customerId: 'Customer',
  message: 'Message',
  find: 'Search',
  add: 'Add',
  remove: 'Remove',
  since: 'Since',
  notListed: 'Not listed.',
  batches: 'Files that were loaded',
  noBatches: 'No file was loaded.',
  batch: 'Batch',
  entries: 'Entries',
  undo: 'Take back',
  definition: 'Definition (YAML)',
  form: {
    heading: 'Definition as a form',
    unreadable: 'The YAML cannot be read; put it right first.',
    usual: 'as usual',
    mode: 'Mode',
    group: 'Agent group',
    handoff: 'Live calls go to',
    extension: 'Extension of the switch',
    callerId: 'Number that is shown',
    ringTimeout: 'Rings for, ms',
    from: 'Daily from',
    till: 'Daily until',
    tz: 'Time zone',
    target: 'Abandoned at most, %',
    lines: 'Calls per agent at most',
    inFlight: 'Calls at once at most',
  },
  campaign: 'Campaign',
  newCampaign: 'a new one',
  load: 'Load',
  fine: 'The definition is good.',
  checking: 'Checking.',
  notOfRunning: 'A campaign that is running is stopped first; then a changed definition can be loaded.',
  name: 'Name',
  role: 'Role',
  groups: 'Groups, with commas between',
  extension: 'Extension',
  state: 'State',
  lastLogIn: 'Last log-in',
  sessions: 'Sessions',
  actions: 'Actions',
  addUser: 'Add a user',
  change: 'Change',
  reset: 'New password',
  disable: 'Disable',
  enable: 'Enable',
  endSessions: 'End sessions',
  at: 'At',
  who: 'Who',
  address: 'Address',
  action: 'Action',
  object: 'Object',
  changed: 'Change',
  reason: 'Reason',
  noEntries: 'No entry fits.',
  older: 'Show older entries',
  from: 'From',
  till: 'Until',
};

export function userState({ disabled, oneTimePassword }: UserView): string {
  if (disabled) return 'disabled';
  return oneTimePassword ? 'has a one-time password' : 'active';
}

export function badText({ expected, field, found, line }: BadLine): string {
  return [line, field, found, expected].map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',');
}

/** `2 records are added, 1 line is bad, 1 number is on Do Not Call.` */
export function listSummary(tried: boolean, added: number, bad: number, doNotCall = 0): string {
  const verb = tried ? 'would be added' : 'were added';
  const listed = tried ? `, ${count(doNotCall)} of them with a number on Do Not Call` : '';
  return `Records that ${verb}: ${count(added)}${listed}. Lines left out: ${count(bad)}.`;
}
