import type { Message } from './link.ts';

/** Where an agent works today. */
export interface Work {
  extension: string;
  group: string;
}

/** What the agent has of an open record and OCS may not have yet. */
export interface Draft {
  handle: number;
  attempt: string;
  /** What was typed, by field. */
  fields: Record<string, string>;
  /** What OCS has of it. */
  saved: Record<string, string>;
  /** The result chosen, by its place. */
  result: number | null;
  /** Time added to the wrap-up, ms. */
  moreMs: number;
  /** What closes the record, sent until it is acknowledged. */
  closing: { request: string; message: Message; says: string } | null;
}

/** What outlives a reload, in this window of the browser only. */
export interface Kept {
  work: Work | null;
  draft: Draft | null;
  /** When the agent was ready last, ms since 1970. */
  readyAt: number | null;
}

const nothing: Kept = { work: null, draft: null, readyAt: null };
const placeOf = (user: string) => `desk of ${user}`;

export function readKept(user: string): Kept {
  try {
    const text = sessionStorage.getItem(placeOf(user));
    return text === null ? nothing : { ...nothing, ...(JSON.parse(text) as Partial<Kept>) };
  } catch {
    return nothing;
  }
}

export function keep(user: string, kept: Kept): void {
  if (kept.work === null && kept.draft === null) sessionStorage.removeItem(placeOf(user));
  else sessionStorage.setItem(placeOf(user), JSON.stringify(kept));
}
