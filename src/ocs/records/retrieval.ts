import { randomUUID } from 'node:crypto';
import { recordStatus } from '../../domain/record.ts';
import type { DialRequest } from '../../domain/request.ts';
import type { RegisterRequest } from '../../link/schemas.ts';
import type { Agents } from '../live/agents.ts';
import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import type { Calls } from '../live/calls.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import { createCandidates, lookAtMost } from './candidates.ts';
import { dialRequest } from './dial-request.ts';
import { customerId } from './record-data.ts';
import type { Settlement } from './settlement.ts';
import type { RecordRow } from '../store/tables.ts';
import type { Store } from '../store/store.ts';

/** Who dials: only the journal to which a request was sent may ever get it again. */
export type Receiver = Pick<RegisterRequest, 'dialerId' | 'journalId'>;

/**
 * Takes up to `wanted` records of a campaign for a dialler, in one transaction: each becomes `Retrieved` and
 * gets an attempt. Skips what must not be called now: outside its daily window, on the Do Not Call list
 * (closed as NoCall), resting, or with its number in another call.
 */
export interface Retrieval {
  retrieve(campaign: CampaignDefinition, dialer: Receiver, wanted: number): DialRequest[];
  /** Whether a record that was given out may still be dialled: its window is open, nobody forbade the call. */
  stillAllowed(campaign: CampaignDefinition, handle: number): boolean;
}

export function createRetrieval(parts: {
  store: Store;
  calls: Calls;
  agents: Agents;
  settlement: Settlement;
  clock: Clock;
  wireClock: Clock;
  config: OcsConfig;
  /** There may be more to retrieve once others had their turn. */
  changed: () => void;
}): Retrieval {
  const { calls, settlement, clock, config, store } = parts;
  const candidates = createCandidates(parts);

  /** @returns true when the record may be called now; otherwise it is closed or comes back later */
  const mayCall = (record: RecordRow, campaign: CampaignDefinition): boolean => {
    const forbidden = store.doNotCall.forbids(record.phone, customerId(record, campaign));
    if (forbidden !== null) {
      settlement.noCall(record, forbidden);
      return false;
    }
    const rests = store.doNotCall.restsUntil(record.phone, clock.now());
    if (rests !== null) {
      store.records.set(record.handle, { due: rests });
      return false;
    }
    return !store.attempts.phoneInCall(record.phone);
  };

  const retrieveOne = (
    record: RecordRow,
    campaign: CampaignDefinition,
    { dialerId, journalId }: Receiver,
  ): DialRequest => {
    const attemptId = randomUUID();
    const n = record.attempt + 1;
    const now = clock.now();
    store.records.set(record.handle, {
      record_status: recordStatus.Retrieved,
      attempt: n,
      call_time: Math.floor(now / 1_000),
      campaign: campaign.name,
      group: campaign.group ?? null,
      app: config.applicationId,
      current_attempt: attemptId,
    });
    const taken = { ...record, attempt: n };
    const request = dialRequest(taken, campaign, config.applicationId, attemptId);
    store.attempts.add({
      attempt_id: attemptId,
      record_handle: record.handle,
      campaign: campaign.name,
      dialer_id: dialerId,
      journal_id: journalId ?? null,
      phone: record.phone,
      n,
      request: JSON.stringify(request),
      leased_at: now,
      agent_id: null,
    });
    store.history.add(now, record.handle, attemptId, 'retrieved', {
      campaign: campaign.name,
      dialerId,
    });
    return request;
  };

  const retrieve: Retrieval['retrieve'] = (campaign, dialer, wanted) => {
    if (wanted <= 0) return [];
    return store.transaction(() => {
      const requests: DialRequest[] = [];
      let seen = 0;
      // Records that are closed or put off on the way make room for others, so look again.
      while (requests.length < wanted && seen < lookAtMost) {
        const batch = candidates.due(campaign, Math.min(wanted - requests.length + 20, lookAtMost));
        for (const record of batch) {
          if (requests.length === wanted) break;
          seen += 1;
          if (mayCall(record, campaign)) requests.push(retrieveOne(record, campaign, dialer));
        }
        if (batch.length === 0) break;
      }
      if (seen >= lookAtMost && requests.length < wanted) parts.changed();
      for (const request of requests) {
        calls.add({
          attemptId: request.attemptId,
          handle: request.recordHandle,
          campaign: campaign.name,
          dialerId: dialer.dialerId,
          journalId: dialer.journalId ?? null,
          request,
          leasedAt: clock.elapsed(),
          heardAt: parts.wireClock.now(),
        });
      }
      return requests;
    });
  };
  return {
    retrieve,
    stillAllowed: (campaign, handle) => {
      const record = store.records.get(handle);
      return (
        record !== undefined &&
        candidates.isOpen(record, campaign) &&
        store.doNotCall.forbids(record.phone, customerId(record, campaign)) === null
      );
    },
  };
}
