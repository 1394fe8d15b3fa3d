import type { BoardEvent } from '../../board/board.ts';
import { mostHeard, mostScores, type HeardItem, type Score } from '../../link/live-schemas.ts';

/** What was heard, at a moment of the board's clock, or by the media clock of its call. */
type Entry = { boardMs: number; item: HeardItem } | { boardMs: null; item: HeardItem };

/** What a channel went through last, for those who look at it: kept for its present call, and until the next. */
export class ChannelStory {
  lastEvent: string | null = null;
  /** Board ms. */
  lastEventAt: number | null = null;
  /** The attempt, test call or leg that it is about; null: none yet. */
  call: string | null = null;
  /** Counts what was added since the start. */
  told = 0;
  #dialledAt: number | null = null;
  #entries: Entry[] = [];
  #scores: Score[] = [];

  begin(call: string): void {
    this.call = call;
    this.#dialledAt = null;
    this.#entries = [];
    this.#scores = [];
    this.told++;
  }

  /** Board ms. */
  get dialledAt(): number | null {
    return this.#dialledAt;
  }

  dialled(boardMs: number): void {
    this.#dialledAt = boardMs;
    this.told++;
  }

  add(event: BoardEvent): void {
    if (event.type === 'score') {
      const { atMs, liveBelow, machineFrom, machineLogOdds } = event;
      this.score(atMs, { liveBelow, machineFrom, machineLogOdds });
      return;
    }
    this.lastEvent = event.type === 'observation' ? event.observation.kind : event.type;
    this.lastEventAt = event.at;
    if (event.type === 'verdict') this.score(event.evidence.decidedMs, event.evidence.scores);
    const entry = entryOf(event);
    if (entry === null) return;
    const { item } = entry;
    const same = item.endMs === null ? undefined : this.#open(item);
    if (same === undefined) this.#entries.push(entry);
    else same.item = item;
    if (this.#entries.length > mostHeard) this.#entries.shift();
    this.told++;
  }

  /** A score by the detector; without one nothing happens. @param atMs ms since dialling */
  score(atMs: number | null, scores: Readonly<Record<string, number>>): void {
    const { liveBelow = null, machineFrom = null, machineLogOdds } = scores;
    const last = this.#scores.at(-1);
    if (atMs === null || machineLogOdds === undefined) return;
    if (last?.atMs === atMs && last.machineLogOdds === machineLogOdds) return;
    this.#scores.push({ atMs, machineLogOdds, machineFrom, liveBelow });
    if (this.#scores.length > mostScores) this.#scores.shift();
    this.told++;
  }

  scores(): readonly Score[] {
    return this.#scores;
  }

  /** In the order in which it came, the newest last; what the network said only from dialling on. */
  heard(): HeardItem[] {
    const dialledAt = this.#dialledAt;
    if (dialledAt === null) return [];
    return this.#entries.map(({ boardMs, item }) =>
      boardMs === null ? item : { ...item, startMs: Math.max(0, boardMs - dialledAt) },
    );
  }

  /** What was told when it began, and ends now. */
  #open({ kind, name, startMs }: HeardItem): Entry | undefined {
    return this.#entries.find(
      ({ item }) =>
        item.endMs === null && item.kind === kind && item.name === name && item.startMs === startMs,
    );
  }
}

const nothing = { endMs: null, name: null, hz: [], confidence: null };

function entryOf(event: BoardEvent): Entry | null {
  const said = (more: Partial<HeardItem> = {}): Entry => ({
    boardMs: event.at,
    item: { ...nothing, kind: event.type, startMs: 0, ...more },
  });
  switch (event.type) {
    case 'proceeding':
    case 'no_answer':
    case 'transferred':
      return said();
    case 'ringing':
    case 'answered':
      return said({ name: event.by });
    case 'verdict':
      return said({ name: event.verdict, confidence: event.confidence });
    case 'disconnected':
      return said({ name: event.cause === null ? null : `cause ${String(event.cause)}` });
    case 'failed':
      return said({ name: event.reason });
    case 'observation': {
      const item = observed(event.observation);
      return item === null ? null : { boardMs: null, item };
    }
    default:
      return null;
  }
}

function observed(
  observation: Extract<BoardEvent, { type: 'observation' }>['observation'],
): HeardItem | null {
  switch (observation.kind) {
    case 'segment': {
      const { endMs, hz = [], kind, startMs } = observation.segment;
      return kind === 'silence' ? null : { ...nothing, kind, startMs, endMs, hz: hz.slice(0, 4) };
    }
    case 'tone': {
      const { endMs, hz, startMs, tone } = observation;
      return { ...nothing, kind: 'signal', startMs, endMs, name: tone, hz: hz.slice(0, 4) };
    }
    case 'speech_start':
    case 'speech_end':
    case 'greeting_end':
      return { ...nothing, kind: observation.kind, startMs: observation.atMs };
    case 'beep': {
      const { endMs, hz, startMs } = observation;
      return { ...nothing, kind: 'beep', startMs, endMs, hz: [hz] };
    }
    case 'correction': {
      const { atMs, confidence, verdict } = observation;
      return { ...nothing, kind: 'correction', startMs: atMs, name: verdict, confidence };
    }
  }
}
