export interface RecordRow {
  handle: number;
  list: string;
  record_id: number;
  chain_id: number;
  chain_n: number;
  phone: string;
  /** The number as it is compared; see phone-keys.ts. */
  phone_key: string;
  contact_info_type: number;
  record_type: number;
  record_status: number;
  call_result: number;
  attempt: number;
  dial_sched_time: number | null;
  call_time: number | null;
  daily_from: number | null;
  daily_till: number | null;
  tz: string | null;
  campaign: string | null;
  agent_id: string | null;
  group: string | null;
  app: number | null;
  /** JSON: retries used so far, by call result number. */
  treatments: string;
  /** JSON: the list's other columns. */
  user_fields: string;
  window_id: number;
  due: number;
  /** The attempt that holds the record; null when none does. */
  current_attempt: string | null;
  /** The line of the file it came from; null when an earlier version added it. */
  line: number | null;
}

export interface AttemptRow {
  attempt_id: string;
  record_handle: number;
  campaign: string;
  dialer_id: string;
  /** The dialler's journal to which the request went; null when the dialler named none. */
  journal_id: string | null;
  phone: string;
  phone_key: string;
  n: number;
  /** `leased` (sent), `accepted` (in the dialler's journal), `ended`. */
  state: string;
  /** JSON of the dial request as sent, for sending it again. */
  request: string;
  /** JSON array of the reports that earlier versions took: numbers, or number and kind. */
  seen: string;
  leased_at: number;
  accepted_at: number | null;
  /** When it was known whether a live person answered. */
  decided_at: number | null;
  connected_at: number | null;
  ended_at: number | null;
  /** When the agent was done with the record. */
  processed_at: number | null;
  /** `outcome`, `hand_back` or `stale`. */
  ended_by: string | null;
  result: number | null;
  status: string | null;
  reason: string | null;
  evidence: string | null;
  milestones: string;
  channel: number | null;
  agent_id: string | null;
  /** Why the call is to end, if it is: a `CancelKind`. */
  cancel: string | null;
  /** The agent who had the record open when it was closed. */
  closed_by: string | null;
  /** Fingerprint of the message with which the agent closed the record; null when OCS closed it. */
  closing: string | null;
}

/** One daily window that occurs in a list; what is null comes from the campaign. */
export interface WindowRow {
  id: number;
  list: string;
  tz: string | null;
  daily_from: number | null;
  daily_till: number | null;
  key: string;
  /** The import whose records it has, while that goes on; null otherwise. */
  import_id: number | null;
}

/** How many records of a list have one status, window and type; none with 0. */
export interface RecordCount {
  record_status: number;
  window_id: number;
  record_type: number;
  records: number;
}

/** A record that is open on an agent's screen. */
export interface OpenRecordRow {
  record_handle: number;
  attempt_id: string;
  agent_id: string;
  /** JSON: what the agent changed so far. */
  updates: string;
  since_at: number;
}
