import { signal } from '@preact/signals';
import type { DeskCampaign } from '../../api/desk.ts';
import type { AgentState } from '../../api/presence.ts';
import { keep, readKept, type Draft, type Work } from './kept.ts';
import { DeskRefusal, type Message } from './link.ts';
import { words } from './words.ts';

/** The agent as OCS tells it. */
export interface AgentNow {
  state: AgentState;
  next: 'ready' | 'not_ready' | 'log_out';
  reason: string | null;
  /** `performance.now` at which the state began. */
  since: number;
}

/** The record on the screen, with the data of its last event. */
export interface OpenRecord {
  handle: number;
  attempt: string;
  data: Message;
}

/** What was refused, and of which field. */
export interface Fault {
  text: string;
  field: string | null;
}

/** What a desk shows. What has to outlive a reload is kept. */
export function createDeskSignals(user: string) {
  const kept = readKept(user);
  const work = signal<Work | null>(kept.work);
  const draft = signal<Draft | null>(kept.draft);
  const fault = signal<Fault | null>(null);
  /** When the agent was ready last, ms since 1970. */
  const readyAt = signal(kept.readyAt);
  const store = () => {
    keep(user, { work: work.value, draft: draft.value, readyAt: readyAt.value });
  };
  return {
    user,
    work,
    draft,
    fault,
    readyAt,
    connection: signal<'off' | 'connecting' | 'up' | 'lost' | 'elsewhere'>('off'),
    agent: signal<AgentNow | null>(null),
    record: signal<OpenRecord | null>(null),
    saving: signal<'saved' | 'waiting' | null>(null),
    notice: signal(''),
    campaigns: signal<readonly DeskCampaign[]>([]),
    store,
    changeDraft: (change: Partial<Draft>) => {
      if (draft.value === null) return;
      draft.value = { ...draft.value, ...change };
      store();
    },
    /** Says that it was refused, and is asked again. */
    tryingAgain: ({ message }: DeskRefusal) => {
      fault.value = { text: `${message} ${words.tryingAgain}`, field: null };
    },
    /** Says what was refused. That the connection is lost is said elsewhere. */
    failed: (error: unknown) => {
      if (!(error instanceof DeskRefusal)) throw error;
      if (error.code === 'LOST') return;
      const text = error.code === 'DATABASE_ERROR' ? words.unsaved : error.message;
      fault.value = { text, field: error.field };
    },
  };
}
export type DeskSignals = ReturnType<typeof createDeskSignals>;
