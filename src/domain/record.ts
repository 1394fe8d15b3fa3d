/** Record types and statuses of a calling list, by the field's numbers. */
export const recordType = {
  NoRecordType: 0,
  Unknown: 1,
  General: 2,
  CampaignRescheduled: 3,
  PersonalRescheduled: 4,
  PersonalCallBack: 5,
  CampaignCallBack: 6,
  NoCall: 7,
} as const;
export type RecordType = (typeof recordType)[keyof typeof recordType];

export const recordStatus = {
  NoRecordStatus: 0,
  Ready: 1,
  Retrieved: 2,
  Updated: 3,
  Stale: 4,
  Cancelled: 5,
  AgentError: 6,
  ChainUpdated: 7,
  MissedCallBack: 8,
  ChainReady: 9,
} as const;
export type RecordStatus = (typeof recordStatus)[keyof typeof recordStatus];

/** Final statuses: nothing is dialled any more. */
export const finalStatuses = [
  recordStatus.Updated,
  recordStatus.Stale,
  recordStatus.Cancelled,
  recordStatus.AgentError,
  recordStatus.ChainUpdated,
  recordStatus.MissedCallBack,
] as const;
