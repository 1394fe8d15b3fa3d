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

/** An engineer's call: nobody is asked for an agent; it listens on for `holdMs` after the verdict. */
export interface TestHandoff {
  kind: 'test';
  holdMs: number;
}

/** What to do with a call that a machine, a fax or nobody audible answered. */
export type NonLivePolicy = { action: 'drop' } | { action: 'transfer'; extension: string };

/**
 * What to do with a call that a machine answered. `message`: after the beep, or after 2 s of silence behind the greeting,
 * the announcement named `file` is played once, whole, and the call dropped; not begun later than `maxWaitMs` after the
 * verdict.
 */
export type MachinePolicy = NonLivePolicy | { action: 'message'; file: string; maxWaitMs: number };

/** To whom the announcement is played: persons whom no agent can take, or everybody instead of an agent. */
export const announcementAudiences = ['no_agent', 'all'] as const;
export type AnnouncementAudience = (typeof announcementAudiences)[number];

/** The key with which a person puts their number on Do Not Call; `file` is the announcement that says so. */
export interface OptOut {
  key: string;
  file?: string | undefined;
}

/** One key of a telephone. */
export const keyForm = /^[0-9*#]$/;

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
  onMachine: MachinePolicy;
  onFax: NonLivePolicy;
  onSilence: NonLivePolicy;
  /** Name of the announcement for a person whom no agent can take; none: the call is just dropped. */
  announcement?: string | undefined;
  /** `no_agent` when absent. */
  announcementFor?: AnnouncementAudience | undefined;
  /** Keys that count during the announcement and for a few seconds after it. */
  optOut?: OptOut | undefined;
  /** Asks for an agent. */
  agentKey?: string | undefined;
  userData: UserData;
}

/** What one call is made from: a request of OCS, or an engineer's test call. */
export type CallRequest = Omit<DialRequest, 'handoff'> & { handoff: Handoff | TestHandoff };
