import type { AgentState } from '../../../api/presence.ts';
import { deskOperations } from '../../../api/desk.ts';
import { customerName } from '../../../domain/customer-name.ts';
import { CodedError } from '../../../domain/errors.ts';
import { finalStatuses } from '../../../domain/record.ts';
import { callResultLabel, isCallResult } from '../../../domain/result.ts';
import type { Serve } from '../../../http/serve.ts';
import { mustSee, type Caller } from '../../access/caller.ts';
import type { Clock } from '../../clock.ts';
import type { AgentTimes } from '../../live/agent-times.ts';
import type { Agents } from '../../live/agents.ts';
import type { Campaigns } from '../../live/campaigns.ts';
import { effectiveWindow, isWindowOpen } from '../../records/record-data.ts';
import type { Store } from '../../store/store.ts';
import { resultsByName } from '../status.ts';

const dayMs = 24 * 3_600_000;
const callbacksShown = 50;
const attemptsShown = 20;

export interface DeskParts {
  agents: Agents;
  agentTimes: AgentTimes;
  campaigns: Campaigns;
  clock: Clock;
  store: Store;
}

/** What the console's desk asks for besides the desktop protocol. */
export function serveDesk(serve: Serve, parts: DeskParts): void {
  const { agents, agentTimes, campaigns, clock, store } = parts;
  const leftOf = (list: string) =>
    store.lists
      .counts(list)
      .filter(({ record_status: status }) => !(finalStatuses as readonly number[]).includes(status))
      .reduce((sum, { records }) => sum + records, 0);
  serve(deskOperations.getDesk, ({ caller }) => {
    const groups = caller?.session?.groups ?? [];
    return {
      campaigns: campaigns.all().flatMap(({ definition, running }) => {
        const { dailyWindow: window, desk = {}, group, list, name } = definition;
        if (group === undefined || !groups.includes(group)) return [];
        const open = isWindowOpen(window, clock.now());
        return [{ name, group, running, left: leftOf(list), window: { ...window, open }, desk }];
      }),
    };
  });
  serve(deskOperations.getDeskHistory, ({ caller }) => {
    const handle = agents.get(caller?.name ?? '')?.handle ?? null;
    if (handle === null) {
      throw new CodedError('UNKNOWN_RECORD', 'no record is on the screen of this agent', {
        expected: 'an agent with a call or an open record',
      });
    }
    const { rows } = store.attempts.find({ record: handle, open: false, limit: attemptsShown, offset: 0 });
    return {
      attempts: rows.map(({ agent_id: agentId, leased_at: at, result, status }) => ({
        at,
        resultName: result !== null && isCallResult(result) ? callResultLabel[result] : null,
        status,
        agentId,
      })),
    };
  });
  serve(deskOperations.getAgentDay, ({ caller, params: { id }, query: { from = clock.now() - dayMs } }) => {
    mustAskFor(caller, id);
    mustSee(caller, `agent ${id}`, agents.get(id)?.group);
    return {
      states: agentTimes.since(id, from).map(({ ms, reason, state }) => ({
        state: state as AgentState,
        reason: reason === '' ? null : reason,
        ms,
      })),
      results: resultsByName(store.agentDays.closed(id, from)),
      callbacks: store.agentDays.callbacks(id, callbacksShown).map((record) => ({
        recordHandle: record.handle,
        customer: customerName(JSON.parse(record.user_fields) as Record<string, unknown>),
        phone: record.phone,
        dueAt: record.due,
        tz: effectiveWindow(record, campaigns.get(record.campaign ?? '')?.definition ?? null).tz,
        campaign: record.campaign,
      })),
    };
  });
}

/** @throws CodedError UNKNOWN_AGENT where an agent asks for another one */
function mustAskFor(caller: Caller | null, agentId: string): void {
  if (caller?.role !== 'agent' || caller.name === agentId) return;
  throw new CodedError('UNKNOWN_AGENT', 'an agent sees its own day', {
    field: 'id',
    found: agentId,
    expected: caller.name,
  });
}
