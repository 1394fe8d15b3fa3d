import type { CheckedNumber } from './number.ts';
import type { Cpa, DetectionMode } from './result.ts';

/** Customer data that travels with the call to the agent's desktop. Flat, as on a CTI link. */
export type UserData = Record<string, string | number>;

/**
 * How a live call reaches a person.
 * - `agent`: OCS is asked for a free agent at the verdict; the call is transferred to that extension.
 * - `destination`: the call is transferred to a fixed queue or extension; the switch finds the agent.
 * - `engaged`: an agent's leg of this `group` is already up on another channel; both are joined (ASM).
 */
export type Handoff =
  { kind: 'agent' } | { kind: 'destination'; extension: string } | { kind: 'engaged'; group: string };

/** What to do with a call that a machine, a fax or nobody audible answered. */
export type NonLivePolicy = { action: 'drop' } | { action: 'transfer'; extension: string };

/** One dial request: one attempt to reach one number. Times in ms. */
export interface DialRequest {
  /** Unique for ever; the same id is never dialled twice. */
  attemptId: string;
  campaign: string;
  /** Small integer that names the record in this OCS (`GSW_RECORD_HANDLE`). */
  recordHandle: number;
  number: CheckedNumber;
  callerId?: CheckedNumber;
  mode: DetectionMode;
  /** Tone plan of the called network, e.g. `US`; the board's own when absent. */
  plan?: string;
  /** Longest ringing before No Answer; at least 15 000 (calling rules). */
  ringTimeoutMs: number;
  /** Latest verdict, counted from answer. */
  cpdTimeoutMs: number;
  /** Largest share of live people that may be taken for machines; as the dialler says when absent. */
  maxHumanLoss?: number;
  /** Who analyses the call's progress; as the line's configuration says when absent. */
  cpa?: Cpa;
  /** Longest wait for an agent, counted from the end of the greeting (or the verdict, if later). */
  agentTimeoutMs: number;
  handoff: Handoff;
  onMachine: NonLivePolicy;
  onFax: NonLivePolicy;
  onSilence: NonLivePolicy;
  /** Name of the announcement for a person whom no agent can take; none: the call is just dropped. */
  announcement?: string;
  userData: UserData;
}
