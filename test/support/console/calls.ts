import type { Outcome } from '../../../src/domain/outcome.ts';
import type { PullReply, RegisterReply } from '../../../src/link/schemas.ts';
import { linkPost } from './link-post.ts';

/** Loads the campaign `spring` with so many records and starts it. */
export async function runSpring(
  ask: (method: string, path: string, body?: object) => Promise<unknown>,
  records: number,
): Promise<void> {
  const numbers = Array.from({ length: records }, (_, n) => `+1212555${String(1_000 + n)},UTC`);
  await ask('POST', '/campaigns', {
    definition: {
      name: 'spring',
      list: 'customers',
      mode: 'progressive',
      detectionMode: 'accurate_am_detection',
      handoff: { kind: 'destination', extension: '7000' },
      pacing: { maxInFlight: records },
      dailyWindow: { from: '00:00', till: '24:00' },
    },
    csv: `phone,tz\n${numbers.join('\n')}\n`,
  });
  await ask('POST', '/campaigns/spring/start');
}

/** A dialler that takes a request for each outcome and reports it. @returns the attempts, in the order of the outcomes */
export async function dialAll(url: string, outcomes: readonly Outcome[]): Promise<string[]> {
  const link = linkPost(url);
  const capabilities = { handoff: ['destination'], plans: [], modes: ['accurate_am_detection'] };
  const about = { dialerId: 'd1', linkVersion: 1, softwareVersion: '9', boards: [], capabilities };
  const { sessionId } = await link<RegisterReply>('/register', about);
  const attempts: string[] = [];
  while (attempts.length < outcomes.length) {
    const free = outcomes.length - attempts.length;
    const { requests } = await link<PullReply>('/pull', {
      ...{ dialerId: 'd1', sessionId, free, channels: { inService: 60, busy: 0 } },
      ...{ waitMs: 1_000, active: [] },
    });
    const reports = requests.map(({ attemptId }, n) => ({
      ...{ kind: 'outcome', attemptId, seq: 1, outcome: outcomes[attempts.length + n] },
    }));
    if (reports.length > 0) await link('/reports', { dialerId: 'd1', sessionId, reports });
    attempts.push(...requests.map(({ attemptId }) => attemptId));
  }
  return attempts;
}
