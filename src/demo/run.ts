import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignStatus } from '../api/campaigns.ts';
import { CodedError } from '../domain/errors.ts';
import { audit } from './audit.ts';
import { createFailover, type Failover } from './failover.ts';
import type { Progress } from './progress.ts';
import { makeReport, type DemoReport } from './report.ts';
import { campaign, openStage, type DemoOptions, type DemoStage } from './stage.ts';

/**
 * Runs a campaign with real processes (ocsd, cpdd on the simulated board, a desk of agents) to its end, stops them, and
 * holds the OCS database against the dialler's journal. Of two ocsd the owner is killed in the middle.
 *
 * @throws CodedError when a process does not start or ends early, or the campaign does not end in time; the reason of
 * `stop` when that ended it
 */
export async function runDemo(options: DemoOptions, progress: Progress): Promise<DemoReport> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const stage = await openStage(options);
  const failover = options.nodes > 1 ? createFailover(stage, stage.ocsTime, options.speed) : null;
  try {
    await stage.start();
    await untilFinished(stage, options, failover, (status) => {
      progress.show(status, seconds());
      stage.check();
    });
    progress.end();
    await stage.end();
  } finally {
    await stage.clear();
  }
  const groundTruth = new Map(stage.world.subscribers.map(({ number, kind }) => [number, kind]));
  const found = audit(stage.path('ocs.db'), stage.path('journal.db'));
  const seen = failover?.report(found.attempts);
  if (seen === null)
    found.faults.push('the campaign was over before the owner could be killed: take more records');
  return makeReport(found, groundTruth, {
    agents: options.agents,
    restarts: stage.restarts(),
    wallSeconds: seconds(),
    failover: seen,
  });
}

/** Between two looks at the campaign, and while nobody owns it. ms */
const lookMs = 500;
const soonMs = 50;

async function untilFinished(
  stage: DemoStage,
  { limitSeconds, stop }: DemoOptions,
  failover: Failover | null,
  see: (status: CampaignStatus) => void,
): Promise<void> {
  const until = performance.now() + limitSeconds * 1000;
  for (;;) {
    const status = await stage
      .ask<CampaignStatus>('GET', `/campaigns/${campaign}`)
      .catch((error: unknown) => {
        if (failover === null) throw error;
        failover.away(error);
        return null;
      });
    if (status !== null) {
      failover?.see(status);
      see(status);
      if (status.finished && status.records.total > 0 && failover?.waiting() !== true) return;
    }
    if (performance.now() > until) {
      throw new CodedError('INTERNAL', `the campaign did not end within ${String(limitSeconds)} s`, {
        field: 'records left',
        found: status?.records.left ?? 'unknown',
        expected: '0',
      });
    }
    await sleep(failover?.waiting() === true ? soonMs : lookMs, undefined, { signal: stop });
  }
}
