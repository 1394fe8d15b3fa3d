import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import type { CheckedNumber } from '../../domain/number.ts';
import type { DialRequest } from '../../domain/request.ts';
import type { RecordRow } from '../store/tables.ts';
import { recordData } from './record-data.ts';

/** What a dialler is asked: the record's number, dialled as its campaign says. */
export function dialRequest(
  record: RecordRow,
  campaign: CampaignDefinition,
  applicationId: number,
  attemptId: string,
): DialRequest {
  return {
    attemptId,
    campaign: campaign.name,
    recordHandle: record.handle,
    // Whatever wrote the record read its number with `readWrittenNumber`.
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
    ...(campaign.announcementFor !== 'no_agent' && { announcementFor: campaign.announcementFor }),
    ...(campaign.optOut !== undefined && { optOut: campaign.optOut }),
    ...(campaign.agentKey !== undefined && { agentKey: campaign.agentKey }),
    userData: recordData(record, campaign, applicationId, attemptId),
  };
}
