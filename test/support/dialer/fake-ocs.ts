import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { CodedError } from '../../../src/domain/errors.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { DialRequest } from '../../../src/domain/request.ts';
import type { Sleep } from '../../../src/link/backoff.ts';
import type { LinkClient, PullQuestion } from '../../../src/link/client.ts';
import type { RefusedRequest } from '../../../src/link/pull-reply.ts';
import type { LiveReply } from '../../../src/link/live-schemas.ts';
import type { Command, EngagementReport, Report } from '../../../src/link/schemas.ts';

/** Pauses of the link in tests: just long enough for others to run. */
export const shortSleep: Sleep = async (_ms, signal) => {
  await pause(1, undefined, { signal }).catch(() => undefined);
};

/** Lets everything that waits for promises run. */
export async function settle(turns = 6): Promise<void> {
  for (let i = 0; i < turns; i++) {
    await nextTurn();
    await pause(1);
  }
}

/** An Outbound Contact Server in the same process: gives out requests, takes reports, names agents. */
export class FakeOcs implements LinkClient {
  /** Another one means that OCS forgot the dialler. */
  sessionId = 's-1';
  /** Not reachable. */
  down = false;
  /** Takes reports but acknowledges none. */
  deaf = false;
  /** Agents who are free, in the order in which they are named. */
  agents: { agentId: string; extension: string }[] = [];
  readonly questions: PullQuestion[] = [];
  readonly agentRequests: { attemptId: string; failed: readonly string[] }[] = [];
  readonly engagements: EngagementReport[] = [];
  /** What was told of channels, and what is answered to it. */
  readonly recordings: Parameters<LinkClient['recording']>[0][] = [];
  readonly looks: Parameters<LinkClient['live']>[0][] = [];
  want: LiveReply['want'] = 'changes';
  /** Every report as it came, repeats included. */
  readonly reports: Report[] = [];
  /** Sent beyond the free channels, once. */
  excess: string[] = [];
  private requests: DialRequest[] = [];
  private refused: RefusedRequest[] = [];
  private commands: Command[] = [];

  offer(...requests: DialRequest[]): void {
    this.requests.push(...requests);
  }

  offerBad(...refused: RefusedRequest[]): void {
    this.refused.push(...refused);
  }

  command(...commands: Command[]): void {
    this.commands.push(...commands);
  }

  /** Requests not yet pulled. */
  get waiting(): number {
    return this.requests.length;
  }

  register(): Promise<void> {
    return Promise.resolve();
  }

  renew(): void {}

  async pull(question: PullQuestion) {
    await pause(1);
    this.checkReachable();
    this.questions.push(question);
    const answer = {
      sessionId: this.sessionId,
      requests: this.requests.splice(0, question.free),
      refused: this.refused,
      excess: this.excess,
      commands: this.commands,
    };
    this.refused = [];
    this.excess = [];
    this.commands = [];
    return answer;
  }

  async report(reports: Report[], engagements: EngagementReport[]) {
    await nextTurn();
    this.checkReachable();
    this.reports.push(...reports);
    this.engagements.push(...engagements);
    const accepted = this.deaf ? [] : reports.map(({ attemptId, seq }) => ({ attemptId, seq }));
    return { accepted, refused: [] };
  }

  async requestAgent(attemptId: string, failed: readonly string[]) {
    await nextTurn();
    this.checkReachable();
    this.agentRequests.push({ attemptId, failed });
    return { agent: this.agents.shift() ?? null, retryMs: 200 };
  }

  async recording(message: Parameters<LinkClient['recording']>[0]) {
    await nextTurn();
    this.checkReachable();
    this.recordings.push(message);
    return {};
  }

  async live(message: Parameters<LinkClient['live']>[0]) {
    await nextTurn();
    this.checkReachable();
    this.looks.push(message);
    return { want: this.want };
  }

  /** Reports of one attempt by sequence number, repeats left out. */
  story(attemptId: string): Report[] {
    const bySeq = new Map<number, Report>();
    for (const report of this.reports) if (report.attemptId === attemptId) bySeq.set(report.seq, report);
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  /** What ended an attempt: outcomes and hand-backs, repeats left out. There must be one. */
  ends(attemptId: string): (Outcome | { handBack: string })[] {
    const ends: (Outcome | { handBack: string })[] = [];
    for (const report of this.story(attemptId)) {
      if (report.kind === 'outcome') ends.push(report.outcome);
      if (report.kind === 'hand_back') ends.push({ handBack: report.reason });
    }
    return ends;
  }

  private checkReachable(): void {
    if (this.down) throw new CodedError('OCS_UNREACHABLE', 'OCS is away');
  }
}
