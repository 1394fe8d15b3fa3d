import type { CallResult, CallStatus } from './result.ts';

/**
 * The answers of the detector. `live` also stands for every doubt; `false_answer`: the network told of an answer, and
 * it rings on.
 */
export const verdicts = [
  'live',
  'machine',
  'screening',
  'fax',
  'modem',
  'sit',
  'busy',
  'congestion',
  'ringback',
  'dialtone',
  'silence',
  'unknown',
  'false_answer',
] as const;
export type Verdict = (typeof verdicts)[number];

/** What a known recording may say of the call on which it is heard. */
export const recordingVerdicts = ['machine', 'screening', 'sit', 'busy', 'congestion'] as const;
export type RecordingVerdict = (typeof recordingVerdicts)[number];

/** SIT categories: Bellcore's eight and the international form. */
export const sitCategories = ['IC', 'VC', "RO'", 'RO"', "NC'", 'NC"', 'R1', 'R2', 'ITU'] as const;
export type SitCategory = (typeof sitCategories)[number];

/** One stretch of audio as the detector heard it. Times in ms since dialling (or since the file's start). */
export interface Segment {
  /** `tone`, `speech`, `silence`, `noise`, `music`, `beep`, ... */
  kind: string;
  startMs: number;
  endMs: number;
  /** Frequencies of a tone in Hz, strongest first. */
  hz?: number[];
  /** Mean level in dBm0. */
  dbm0?: number;
}

/**
 * Why the verdict is what it is: stored with the result so that it can be explained and replayed.
 * All times in ms since dialling began.
 */
export interface Evidence {
  /** Name of the rule that decided, e.g. `busy-cadence`, `greeting-short`, `deadline`, `cause-17`. */
  rule: string;
  /** 0 to 1. */
  confidence: number;
  verdict: Verdict | null;
  sit: SitCategory | null;
  decidedMs: number | null;
  answerMs: number | null;
  speechStartMs: number | null;
  greetingEndMs: number | null;
  beepMs: number | null;
  segments: Segment[];
  /** Figures behind the decision by name, e.g. `speechMs`, `machineScore`. */
  scores: Record<string, number>;
  /** Signalling cause (Q.850) when the network gave one. */
  cause: number | null;
  /** Name of the known recording that was heard; absent if none was. */
  recording?: string;
  /** The detector listened on and said later that somebody else is there; absent if it did not. */
  correction?: Correction;
}

/** What the detector made of a call after its verdict. */
export interface Correction {
  verdict: Verdict;
  /** 0 to 1. */
  confidence: number;
  /** Since dialling began. */
  atMs: number;
  /** It came in time: the result was changed, and rule and verdict of the evidence are its own. */
  taken: boolean;
  /** The verdict before it. */
  insteadOf: Pick<Evidence, 'rule' | 'verdict' | 'confidence'>;
}

/** Moments in the life of a call, in board-clock ms since the request was taken; absent if it never came. */
export const milestoneNames = [
  'queued',
  'seized',
  'dialling',
  'ringing',
  'answered',
  'greetingStart',
  'greetingEnd',
  'cpdCompleted',
  'agentRequested',
  'agentConnected',
  'released',
] as const;
export type MilestoneName = (typeof milestoneNames)[number];
export type Milestones = Partial<Record<MilestoneName, number>>;

/** What became of a message for a machine: the reason of the outcome. */
export const messageReasons = [
  /** Played whole, after the beep or into the silence behind the greeting. */
  'message_left',
  /** Begun, and not certainly there whole: the far end hung up, spoke or beeped into it, or the board failed. */
  'message_cut',
  /** Not begun: neither beep nor silence came in time. */
  'no_beep',
] as const;
export type MessageReason = (typeof messageReasons)[number];

/** The person got what they were called for, though no agent: the announcement was for all, or they opted out in it. */
export function isAnnounced({ status, reason }: Pick<Outcome, 'status' | 'reason'>): boolean {
  return status === 'dropped' && (reason === 'announced' || reason === 'do_not_call');
}

/** The final word on one attempt. Exactly one per accepted request. */
export interface Outcome {
  result: CallResult;
  status: CallStatus;
  /** Stable reason when something other than the network or the customer ended the call, e.g. `crash`. */
  reason: string | null;
  evidence: Evidence | null;
  milestones: Milestones;
  channel: number | null;
  /** Agent who got the call, when one did. */
  agentId: string | null;
}
