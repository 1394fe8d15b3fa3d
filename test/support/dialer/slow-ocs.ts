import { setImmediate as nextTurn } from 'node:timers/promises';
import { CodedError } from '../../../src/domain/errors.ts';
import type { DialRequest } from '../../../src/domain/request.ts';
import type { LinkClient, PullQuestion } from '../../../src/link/client.ts';
import type { EngagementReport, Report } from '../../../src/link/schemas.ts';

/** What happens to one message: turns of the event loop on its way, and whether it or its reply is lost. */
export interface Weather {
  delay: number;
  fate: 'arrives' | 'lost' | 'reply lost' | 'arrives twice';
}

interface Attempt {
  request: DialRequest;
  accepted: boolean;
  ends: Report[];
  /** How often it was sent, and how often in a reply that arrived. */
  sent: number;
  arrived: number;
}

/** An OCS that keeps the rules of docs/link-protocol.md behind a network that does not. */
export class SlowOcs implements LinkClient {
  readonly attempts = new Map<string, Attempt>();
  readonly questions: PullQuestion[] = [];
  private readonly fresh: DialRequest[];
  private readonly weather: (path: 'pull' | 'reports') => Weather;

  constructor(requests: readonly DialRequest[], weather: (path: 'pull' | 'reports') => Weather) {
    this.fresh = [...requests];
    this.weather = weather;
  }

  register(): Promise<void> {
    return Promise.resolve();
  }

  renew(): void {}

  get unsent(): number {
    return this.fresh.length;
  }

  pull(question: PullQuestion) {
    return this.carry('pull', (arrives) => this.answer(question, arrives));
  }

  report(reports: Report[], _engagements: EngagementReport[]) {
    return this.carry('reports', () => {
      for (const report of reports) this.take(report);
      return { accepted: reports.map(({ attemptId, seq }) => ({ attemptId, seq })), refused: [] };
    });
  }

  requestAgent() {
    return Promise.resolve({ agent: null, retryMs: 200 });
  }

  recording() {
    return Promise.resolve({});
  }

  live() {
    return Promise.resolve({ want: 'nothing' as const });
  }

  private answer(question: PullQuestion, arrives: boolean) {
    this.questions.push(question);
    const named = new Set(question.active);
    const lost = [...this.attempts.values()]
      .filter(
        ({ accepted, ends, request }) => !accepted && ends.length === 0 && !named.has(request.attemptId),
      )
      .slice(0, question.free);
    for (const request of this.fresh.splice(0, question.free - lost.length)) {
      const attempt: Attempt = { request, accepted: false, ends: [], sent: 0, arrived: 0 };
      this.attempts.set(request.attemptId, attempt);
      lost.push(attempt);
    }
    for (const attempt of lost) {
      attempt.sent++;
      if (arrives) attempt.arrived++;
    }
    return {
      sessionId: 's-1',
      requests: lost.map(({ request }) => request),
      refused: [],
      excess: [],
      commands: [],
    };
  }

  private take(report: Report): void {
    const attempt = this.attempts.get(report.attemptId);
    if (attempt === undefined) throw new Error(`a report of an attempt nobody sent: ${report.attemptId}`);
    attempt.accepted = true;
    const known = attempt.ends.some(({ seq }) => seq === report.seq);
    if (!known && (report.kind === 'outcome' || report.kind === 'hand_back')) attempt.ends.push(report);
  }

  private async carry<T>(path: 'pull' | 'reports', run: (arrives: boolean) => T): Promise<T> {
    const { delay, fate } = this.weather(path);
    for (let turn = 0; turn < delay; turn++) await nextTurn();
    if (fate === 'lost') throw new CodedError('OCS_UNREACHABLE', 'the message was lost');
    // The network brings it once more: what the second one is answered reaches nobody.
    if (fate === 'arrives twice') run(false);
    const reply = run(fate !== 'reply lost');
    await nextTurn();
    if (fate === 'reply lost') throw new CodedError('OCS_UNREACHABLE', 'the reply was lost');
    return reply;
  }
}
