import type { PullReply } from '../../../src/link/schemas.ts';

/** What really happened, as whoever listens at all lines would have seen it, and what must never happen. */
export class Truth {
  readonly faults: string[] = [];
  /** Of each attempt that a reply of OCS named: its record and number. */
  readonly attempts = new Map<string, { handle: number; number: string }>();
  /** Of each attempt that was dialled. */
  readonly dialled = new Map<string, string>();
  talks = 0;
  private readonly dialledRecords = new Map<number, string>();
  private readonly inCall = new Map<string, string>();
  private readonly unwanted = new Set<string>();
  /** When somebody was told first that a number is on Do Not Call. Virtual ms. */
  private readonly forbidden = new Map<string, number>();
  private readonly meant = new Map<string, string>();

  /** OCS has made an answer to a pull that reached it at `askedAt`, whether it arrives or not. */
  handedOut(body: string, askedAt: number): void {
    for (const { attemptId, number, recordHandle } of (JSON.parse(body) as PullReply).requests) {
      if (this.attempts.has(attemptId)) continue;
      // A pull that is under way may have got it before.
      if ((this.forbidden.get(number) ?? askedAt) < askedAt) this.unwanted.add(attemptId);
      this.attempts.set(attemptId, { handle: recordHandle, number });
    }
  }

  /** Somebody is told now that the number is on Do Not Call; what was given out before may be dialled yet. */
  forbid(number: string, now: number): void {
    if (!this.forbidden.has(number)) this.forbidden.set(number, now);
  }

  get forbiddenNumbers(): number {
    return this.forbidden.size;
  }

  /** The dialler noted that it dials the attempt now. */
  willDial(dialer: string, attemptId: string, number: string): void {
    this.meant.set(`${dialer} ${number}`, attemptId);
  }

  dials(dialer: string, number: string): void {
    const attemptId = this.meant.get(`${dialer} ${number}`) ?? 'nobody asked for it';
    // What was given out before, and did not arrive, goes out again with the word not to dial it.
    if (this.unwanted.has(attemptId))
      this.faults.push(`${attemptId} dialled, though ${number} was on Do Not Call`);
    const other = this.inCall.get(number);
    if (other !== undefined) this.faults.push(`${number} in two calls: ${other} and ${attemptId}`);
    this.inCall.set(number, attemptId);
    const handle = this.attempts.get(attemptId)?.handle;
    if (handle === undefined) {
      this.faults.push(`${number} dialled, and OCS did not ask for it (${attemptId})`);
      return;
    }
    const before = this.dialledRecords.get(handle);
    if (before !== undefined) this.faults.push(`record ${handle} dialled twice: ${before} and ${attemptId}`);
    this.dialledRecords.set(handle, attemptId);
    this.dialled.set(attemptId, dialer);
  }

  released(number: string): void {
    this.inCall.delete(number);
  }
}
