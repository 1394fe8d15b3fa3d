import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import type { Wait, WaitReason } from '../../api/campaigns.ts';
import { finalStatuses, recordStatus, recordType } from '../../domain/record.ts';
import type { Agents } from '../live/agents.ts';
import { minuteText, nextTimeOfDay } from '../local-time.ts';
import type { ReadyGroup } from '../store/waiting-records.ts';
import type { Store } from '../store/store.ts';
import type { RecordCount } from '../store/tables.ts';
import { effectiveWindow, isWindowOpen } from './record-data.ts';

/** Records that are due later are counted so far, and looked at so far for a number that rests. */
const countAtMost = 10_000;
const lookAtMost = 400;

/** What the records of a campaign wait for. */
export interface Waits {
  waits: Wait[];
  /** When the next ready record can be dialled; past when that is now, null when none will be. */
  nextDueAt: number | null;
  /** Records left that this campaign may yet dial. */
  toDial: number;
}

interface Tally {
  records: number;
  more: boolean;
  untilAt: number | null;
}

/**
 * Sorts what is left of a campaign's list by why it is not dialled now. Looks at the kept counts, at the first record
 * of each window and type, and at a bounded number of others: a list of a million costs no more than a short one.
 */
export function waitsOf(
  parts: { agents: Agents; personalCallbackWaitMs: number; store: Store },
  campaign: CampaignDefinition,
  counts: readonly RecordCount[],
  now: number,
): Waits {
  const { store } = parts;
  const tallies = new Map<WaitReason, Tally>();
  const add = (reason: WaitReason, records: number, untilAt: number | null = null, more = false) => {
    if (records === 0) return;
    const known = tallies.get(reason);
    tallies.set(reason, {
      records: (known?.records ?? 0) + records,
      more: (known?.more ?? false) || more,
      untilAt: earlier(known?.untilAt ?? null, untilAt),
    });
  };
  let nextDueAt: number | null = null;
  let toDial = 0;
  let chained = 0;
  let counted = 0;
  const types = new Set<number>();
  const windows = new Map(store.lists.windows(campaign.list).map((window) => [window.id, window]));
  for (const { record_status: status, record_type: type, window_id: windowId, records } of counts) {
    if (status === recordStatus.ChainReady) chained += records;
    else if (status === recordStatus.Retrieved) toDial += records;
    else if (isFinal(status)) {
      if (type === recordType.NoCall) add('do_not_call', records);
    } else if (status !== recordStatus.Ready) add('status_not_dialled', records);
    else if (type === recordType.NoCall) {
      // Closed soon; see undialable-records.ts.
      toDial += records;
    } else if (!campaign.recordTypeOrder.includes(type)) {
      types.add(type);
      add('type_not_in_order', records);
    } else {
      const own = windows.get(windowId) ?? { tz: null, daily_from: null, daily_till: null };
      const window = effectiveWindow(own, campaign);
      if (window.from >= window.till) {
        add('empty_window', records);
        continue;
      }
      toDial += records;
      const group: ReadyGroup = { list: campaign.list, windowId, type };
      const open = isWindowOpen(window, now);
      const opens = (at: number) =>
        isWindowOpen(window, at) ? at : nextTimeOfDay(at, window.tz, window.from);
      const first = store.waiting.firstDue(group, -1) ?? now;
      nextDueAt = earlier(nextDueAt, first <= now && open ? first : opens(Math.max(first, now)));
      if (!open) {
        add('outside_window', records, opens(Math.max(first, now)));
        continue;
      }
      const later = laterOf(store, group, records, now, Math.max(0, countAtMost - counted));
      counted += later.records;
      const due = store.waiting.firstDue(group, now);
      const resting = later.records === 0 ? 0 : store.waiting.resting(group, now, lookAtMost);
      const opensAt = due === null ? null : opens(due);
      add('resting', resting, opensAt);
      add('later', later.records - resting, opensAt, later.more);
      if (type === recordType.PersonalCallBack) {
        add('own_agent', waitingForAgent(parts, group, now));
      }
    }
  }
  add('number_in_call', store.waiting.numberInCall(campaign.list));
  add('lost', store.waiting.lost(campaign.list, lookAtMost).length);
  // Their turn comes, unless all that is left before them is never dialled.
  if (toDial === 0 && (tallies.has('type_not_in_order') || tallies.has('empty_window'))) {
    add('chain_stopped', chained);
  } else toDial += chained;
  const waits = [...tallies].map(([reason, tally]) => ({
    reason,
    ...tally,
    explanation: explain(reason, tally, campaign, [...types]),
  }));
  return { waits, nextDueAt, toDial };
}

function isFinal(status: number): boolean {
  return (finalStatuses as readonly number[]).includes(status);
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** Exact while either side is below the limit. */
function laterOf(
  { waiting }: Store,
  group: ReadyGroup,
  records: number,
  now: number,
  limit: number,
): { records: number; more: boolean } {
  const later = waiting.later(group, now, limit + 1);
  if (later <= limit) return { records: later, more: false };
  const due = waiting.dueNow(group, now, limit + 1);
  if (due <= limit) return { records: records - due, more: false };
  return { records: limit, more: true };
}

/** Personal callbacks that are due and wait for their own agent. */
function waitingForAgent(
  { agents, personalCallbackWaitMs, store }: Parameters<typeof waitsOf>[0],
  group: ReadyGroup,
  now: number,
): number {
  return store.records
    .due(group.list, group.windowId, group.type, now, lookAtMost)
    .filter(
      ({ agent_id: agentId, due }) =>
        agentId !== null && now - due < personalCallbackWaitMs && agents.get(agentId)?.state !== 'ready',
    ).length;
}

const sentences: Record<WaitReason, string> = {
  outside_window: 'outside their daily window now',
  later: 'to be dialled later',
  resting: 'with a number that rests after a call (redialBlockHours)',
  own_agent: 'personal callbacks that wait for their own agent',
  number_in_call: 'with a number that is in another call',
  lost: 'Retrieved, but neither in a call nor with an agent; they are closed as Stale',
  empty_window: 'never dialled: their window opens after the campaign has closed, or closes before it opens',
  type_not_in_order: 'never dialled: recordTypeOrder does not have their record type',
  status_not_dialled: 'never dialled: their record status is none that is dialled',
  chain_stopped: 'never dialled: the number before them in their chain is never dialled',
  do_not_call: 'closed: on Do Not Call',
};

function explain(
  reason: WaitReason,
  { records, more, untilAt }: Tally,
  campaign: CampaignDefinition,
  types: readonly number[],
): string {
  const how = `${more ? 'more than ' : ''}${String(records)} ${records === 1 ? 'record' : 'records'} `;
  const of = reason === 'type_not_in_order' ? ` (${types.join(', ')})` : '';
  const { tz } = campaign.dailyWindow;
  const when = untilAt === null ? '' : `, the first at ${minuteText(untilAt, tz)} ${tz}`;
  return `${how}${sentences[reason]}${of}${when}`;
}
