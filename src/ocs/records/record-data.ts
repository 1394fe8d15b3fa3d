import type { UserData } from '../../domain/request.ts';
import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import { secondsOfDay } from '../local-time.ts';
import type { RecordRow } from '../store/tables.ts';

/** The record as the desktop sees it: `GSW_` keys and the list's user fields. */
export function recordData(
  record: RecordRow,
  campaign: CampaignDefinition | null,
  applicationId: number,
  attemptId: string | null,
): UserData {
  const { tz } = effectiveWindow(record, campaign);
  return {
    ...(JSON.parse(record.user_fields) as UserData),
    GSW_APPLICATION_ID: applicationId,
    GSW_RECORD_HANDLE: record.handle,
    GSW_CALLING_LIST: record.list,
    GSW_PHONE: record.phone,
    GSW_ATTEMPTS: record.attempt,
    GSW_CHAIN_ID: record.chain_id,
    GSW_CALL_RESULT: record.call_result,
    GSW_RECORD_TYPE: record.record_type,
    GSW_TZ_NAME: tz,
    ...(attemptId !== null && { GSW_CALL_ATTEMPT_GUID: attemptId }),
    ...(campaign !== null && {
      GSW_CAMPAIGN_NAME: campaign.name,
      GSW_CAMPAIGN_MODE: campaign.mode,
      ...(campaign.group !== undefined && { GSW_CAMPAIGN_GROUP_NAME: campaign.group }),
    }),
  };
}

/** The daily window of a record; what the record leaves open comes from the campaign. */
export function effectiveWindow(
  own: { tz: string | null; daily_from: number | null; daily_till: number | null },
  campaign: CampaignDefinition | null,
): { tz: string; from: number; till: number } {
  return {
    tz: own.tz ?? campaign?.dailyWindow.tz ?? 'UTC',
    from: own.daily_from ?? campaign?.dailyWindow.from ?? 0,
    till: own.daily_till ?? campaign?.dailyWindow.till ?? 86_400,
  };
}

/** Whether a daily window is open at a moment. */
export function isWindowOpen({ tz, from, till }: ReturnType<typeof effectiveWindow>, atMs: number): boolean {
  const second = secondsOfDay(atMs, tz);
  return second >= from && second < till;
}

/** Who the customer is for Do Not Call, if the list says. */
export function customerId(record: RecordRow, campaign: CampaignDefinition | null): string | null {
  const fields = JSON.parse(record.user_fields) as Record<string, string | number>;
  const name = campaign?.customerIdField ?? 'customer_id';
  const id = Object.hasOwn(fields, name) ? String(fields[name] ?? '').trim() : '';
  return id === '' ? null : id;
}
