import { newCall, step } from '../../../src/domain/call/call.ts';
import type {
  CallEffect,
  CallSettings,
  CallSignal,
  CallState,
  TimerName,
} from '../../../src/domain/call/call-state.ts';
import type { Evidence, Outcome, SitCategory, Verdict } from '../../../src/domain/outcome.ts';
import type { CheckedNumber } from '../../../src/domain/number.ts';
import type { CallRequest, DialRequest } from '../../../src/domain/request.ts';

/** A request with everything set, to be varied. */
export function dialRequest(over: Partial<DialRequest> = {}): DialRequest {
  return {
    attemptId: 'a-1',
    campaign: 'spring',
    recordHandle: 1,
    number: '2025550123' as CheckedNumber,
    mode: 'accurate_am_detection',
    ringTimeoutMs: 20_000,
    cpdTimeoutMs: 4_500,
    agentTimeoutMs: 2_000,
    handoff: { kind: 'agent' },
    onMachine: { action: 'drop' },
    onFax: { action: 'drop' },
    onSilence: { action: 'drop' },
    userData: {},
    ...over,
  };
}

export function evidence(over: Partial<Evidence> = {}): Evidence {
  return {
    rule: 'scripted',
    confidence: 0.9,
    verdict: null,
    sit: null,
    decidedMs: null,
    answerMs: null,
    speechStartMs: null,
    greetingEndMs: null,
    beepMs: null,
    segments: [],
    scores: {},
    cause: null,
    ...over,
  };
}

export function verdict(what: Verdict, over: Partial<Evidence> = {}, sit: SitCategory | null = null) {
  const confidence = over.confidence ?? 0.9;
  return {
    type: 'verdict' as const,
    verdict: what,
    sit,
    confidence,
    evidence: evidence({ verdict: what, sit, ...over }),
  };
}

/** Sees each event with what the call made of it. */
export type CallWatch = (event: CallSignal, effects: readonly CallEffect[], state: CallState) => void;

/** Drives `step` with a clock of its own: timers that the call starts run out when time passes. */
export class CallScript {
  state: CallState;
  readonly effects: CallEffect[] = [];
  now = 1_000;
  private readonly watch: CallWatch;
  private readonly timers = new Map<TimerName, number>();

  constructor(
    request: CallRequest = dialRequest(),
    settings: Partial<CallSettings> = {},
    watch: CallWatch = () => {},
  ) {
    this.watch = watch;
    const created = newCall(
      request,
      { bridgedTransfer: false, longestCallMs: 14_400_000, ...settings },
      this.now,
    );
    this.state = created.state;
    this.take(created.effects);
  }

  send(...events: CallSignal[]): this {
    for (const event of events) {
      const result = step(this.state, { ...event, at: this.now });
      this.state = result.state;
      this.take(result.effects);
      this.watch(event, result.effects, result.state);
    }
    return this;
  }

  /** Lets `ms` pass; timers on the way run out in order. */
  wait(ms: number): this {
    const until = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].filter(([, at]) => at <= until).sort((a, b) => a[1] - b[1]);
      if (next === undefined) break;
      const [name, at] = next;
      this.timers.delete(name);
      this.now = Math.max(this.now, at);
      this.send({ type: 'timer', name });
    }
    this.now = until;
    return this;
  }

  /** The channel is there; the number waits for its mark in the journal. */
  seized(): this {
    return this.send({ type: 'start', channel: 3, answerSignalled: true }).wait(100).send({ type: 'seized' });
  }

  /** Up to dialling. */
  dialled(): this {
    return this.seized().send({ type: 'number_sent' });
  }

  answered(): this {
    return this.dialled().wait(1_000).send({ type: 'ringing' }).wait(3_000).send({ type: 'answered' });
  }

  live(): this {
    return this.answered().wait(1_000).send(verdict('live'));
  }

  get timersRunning(): TimerName[] {
    return [...this.timers.keys()];
  }

  kinds(): string[] {
    return this.effects.map(({ kind }) => kind);
  }

  outcomes(): Outcome[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'report' && effect.report.kind === 'outcome' ? [effect.report.outcome] : [],
    );
  }

  handBacks(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'report' && effect.report.kind === 'hand_back' ? [effect.report.reason] : [],
    );
  }

  /** The one outcome. */
  get outcome(): Outcome {
    const [outcome, ...more] = this.outcomes();
    if (outcome === undefined || more.length > 0) throw new Error(`${more.length + 1} outcomes`);
    return outcome;
  }

  private take(effects: readonly CallEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.kind === 'start_timer') this.timers.set(effect.name, this.now + effect.ms);
      if (effect.kind === 'cancel_timer') this.timers.delete(effect.name);
    }
  }
}
