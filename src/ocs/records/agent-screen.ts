import type { Agent } from '../live/agents.ts';
import type { Calls } from '../live/calls.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Desks, Message } from '../live/desks.ts';
import type { Store } from '../store/store.ts';
import type { OcsConfig } from '../config.ts';
import { campaignOfAttempt } from './attempt-campaign.ts';
import type { Update } from './closing.ts';
import { effectiveWindow, recordData } from './record-data.ts';

/** What an agent is shown of its call and record. */
export interface AgentScreen {
  /** An event of the call with the data of the record; nothing when the agent has no record. */
  show(
    agent: Agent,
    event: 'CallArriving' | 'CallConnected' | 'CallTransferred' | 'CallEnded',
    attemptId: string,
    more?: Message,
  ): void;
}

export function createAgentScreen(parts: {
  calls: Calls;
  campaigns: Campaigns;
  config: OcsConfig;
  desks: Desks;
  store: Store;
}): AgentScreen {
  return {
    show: (agent, event, attemptId, more = {}) => {
      const record = agent.handle === null ? undefined : parts.store.records.get(agent.handle);
      if (record === undefined) return;
      const campaign = campaignOfAttempt(parts, attemptId);
      const data = recordData(record, campaign, parts.config.applicationId, attemptId);
      const { from, till } = effectiveWindow(record, campaign);
      const open = parts.store.openRecords.get(record.handle);
      // What the agent said already, on whichever page.
      const said = open?.attempt_id === attemptId ? (JSON.parse(open.updates) as Update) : { fields: {} };
      parts.desks.push(agent.agentId, {
        ...data,
        ...said.fields,
        ...more,
        GSW_DAILY_FROM: from,
        GSW_DAILY_TILL: till,
        GSW_USER_EVENT: event,
      });
    },
  };
}
