import { randomUUID } from 'node:crypto';
import type { CheckedNumber } from '../domain/number.ts';
import { recordStatus, recordType } from '../domain/record.ts';
import type { DialRequest } from '../domain/request.ts';
import type { Agents } from './agents.ts';
import type { Attempts } from './attempts.ts';
import type { CampaignDefinition } from './campaign.ts';
import type { Calls } from './calls.ts';
import type { Clock } from './clock.ts';
import type { OcsConfig } from './config.ts';
import type { OcsDatabase } from './database.ts';
import type { DoNotCall } from './do-not-call.ts';
import { secondsOfDay } from './local-time.ts';
import { customerId, effectiveWindow, recordData } from './record-data.ts';
import type { Records } from './records.ts';
import type { Settlement } from './settlement.ts';
import type { RecordRow } from './tables.ts';

/** Most records looked at in one go; one transaction must not hold up the calls of others. */
const lookAtMost = 400;

/**
 * Takes up to `wanted` records of a campaign for a dialler, in one transaction: each becomes `Retrieved` and
 * gets an attempt. Skips what must not be called now: outside its daily window, on the Do Not Call list
 * (closed as NoCall), resting, or with its number in another call.
 */
export interface HandOut {
  (campaign: CampaignDefinition, dialerId: string, wanted: number): DialRequest[];
  /** Whether a record that was given out may still be dialled: its window is open, nobody forbade the call. */
  stillAllowed(campaign: CampaignDefinition, handle: number): boolean;
}

export function createHandOut(parts: {
  database: OcsDatabase;
  records: Records;
  attempts: Attempts;
  calls: Calls;
  agents: Agents;
  doNotCall: DoNotCall;
  settlement: Settlement;
  clock: Clock;
  wireClock: Clock;
  config: OcsConfig;
  /** There may be more to give once others had their turn. */
  changed: () => void;
}): HandOut {
  const { records, attempts, calls, doNotCall, settlement, clock, config } = parts;

  /** A personal callback is dialled when its own agent is free, or by the group once that took too long. */
  const waitsForAgent = (record: RecordRow): boolean => {
    if (record.record_type !== recordType.PersonalCallBack || record.agent_id === null) return false;
    if (clock.now() - record.due >= config.personalCallbackWaitMs) return false;
    return parts.agents.get(record.agent_id)?.state !== 'ready';
  };

  const isOpen = (own: Parameters<typeof effectiveWindow>[0], campaign: CampaignDefinition): boolean => {
    const { tz, from, till } = effectiveWindow(own, campaign);
    const second = secondsOfDay(clock.now(), tz);
    return second >= from && second < till;
  };

  const candidates = (campaign: CampaignDefinition, limit: number): RecordRow[] => {
    const now = clock.now();
    const open = records.windows(campaign.list).filter((window) => isOpen(window, campaign));
    const found: RecordRow[] = [];
    for (const type of campaign.recordTypeOrder) {
      const most = type === recordType.PersonalCallBack ? lookAtMost : limit;
      const ofType = open
        .flatMap((window) => records.due(campaign.list, window.id, type, now, most))
        .filter((record) => !waitsForAgent(record))
        .sort((a, b) => a.due - b.due || a.handle - b.handle);
      found.push(...ofType);
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  };

  /** @returns true when the record may be called now; otherwise it is closed or comes back later */
  const mayCall = (record: RecordRow, campaign: CampaignDefinition): boolean => {
    const forbidden = doNotCall.forbids(record.phone, customerId(record, campaign));
    if (forbidden !== null) {
      settlement.noCall(record, forbidden);
      return false;
    }
    const rests = doNotCall.restsUntil(record.phone, clock.now());
    if (rests !== null) {
      records.set(record.handle, { due: rests });
      return false;
    }
    return !attempts.phoneInCall(record.phone);
  };

  const give = (record: RecordRow, campaign: CampaignDefinition, dialerId: string): DialRequest => {
    const attemptId = randomUUID();
    const n = record.attempt + 1;
    const now = clock.now();
    records.set(record.handle, {
      record_status: recordStatus.Retrieved,
      attempt: n,
      call_time: Math.floor(now / 1_000),
      campaign: campaign.name,
      group: campaign.group ?? null,
      app: config.applicationId,
      current_attempt: attemptId,
    });
    const request: DialRequest = {
      attemptId,
      campaign: campaign.name,
      recordHandle: record.handle,
      number: record.phone as CheckedNumber,
      ...(campaign.callerId !== undefined && { callerId: campaign.callerId }),
      mode: campaign.detectionMode,
      ...(campaign.plan !== undefined && { plan: campaign.plan }),
      ringTimeoutMs: campaign.ringTimeoutMs,
      cpdTimeoutMs: campaign.cpdTimeoutMs,
      ...(campaign.maxHumanLoss !== undefined && { maxHumanLoss: campaign.maxHumanLoss }),
      ...(campaign.cpa !== undefined && { cpa: campaign.cpa }),
      agentTimeoutMs: campaign.agentTimeoutMs,
      handoff: campaign.handoff,
      onMachine: campaign.onMachine,
      onFax: campaign.onFax,
      onSilence: campaign.onSilence,
      ...(campaign.announcement !== undefined && { announcement: campaign.announcement }),
      userData: recordData({ ...record, attempt: n }, campaign, config.applicationId, attemptId),
    };
    attempts.add({
      attempt_id: attemptId,
      record_handle: record.handle,
      campaign: campaign.name,
      dialer_id: dialerId,
      phone: record.phone,
      n,
      request: JSON.stringify(request),
      leased_at: now,
      agent_id: null,
    });
    attempts.history(now, record.handle, attemptId, 'retrieved', {
      campaign: campaign.name,
      dialler: dialerId,
    });
    return request;
  };

  const handOut = (campaign: CampaignDefinition, dialerId: string, wanted: number): DialRequest[] => {
    if (wanted <= 0) return [];
    const given = parts.database.transaction(() => {
      const requests: DialRequest[] = [];
      let seen = 0;
      // Records that are closed or put off on the way make room for others, so look again.
      while (requests.length < wanted && seen < lookAtMost) {
        const batch = candidates(campaign, Math.min(wanted - requests.length + 20, lookAtMost));
        for (const record of batch) {
          if (requests.length === wanted) break;
          seen += 1;
          if (mayCall(record, campaign)) requests.push(give(record, campaign, dialerId));
        }
        if (batch.length === 0) break;
      }
      if (seen >= lookAtMost && requests.length < wanted) parts.changed();
      return requests;
    });
    for (const request of given) {
      calls.add({
        attemptId: request.attemptId,
        handle: request.recordHandle,
        campaign: campaign.name,
        dialerId,
        request,
        leasedAt: clock.now(),
        heardAt: parts.wireClock.now(),
      });
    }
    return given;
  };
  return Object.assign(handOut, {
    stillAllowed: (campaign: CampaignDefinition, handle: number) => {
      const record = records.get(handle);
      return (
        record !== undefined &&
        isOpen(record, campaign) &&
        doNotCall.forbids(record.phone, customerId(record, campaign)) === null
      );
    },
  });
}
