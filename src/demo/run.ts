import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignStatus } from '../api/campaigns.ts';
import { CodedError } from '../domain/errors.ts';
import { audit } from './audit.ts';
import type { Progress } from './progress.ts';
import { makeReport, type DemoReport } from './report.ts';
import { ask, campaign, openStage, type DemoOptions } from './stage.ts';

/**
 * Runs a campaign with three real processes (ocsd, cpdd on the simulated board, a desk of agents) to its end,
 * stops them, and holds the OCS database against the dialler's journal.
 *
 * @throws CodedError when a process does not start or ends early, or the campaign does not end in time; the reason of
 * `stop` when that ended it
 */
export async function runDemo(options: DemoOptions, progress: Progress): Promise<DemoReport> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const stage = await openStage(options);
  try {
    await stage.start();
    await untilFinished(stage.ocsUrl, options, (status) => {
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
  return makeReport(found, groundTruth, {
    agents: options.agents,
    restarts: stage.restarts(),
    wallSeconds: seconds(),
  });
}

async function untilFinished(
  ocsUrl: string,
  options: DemoOptions,
  see: (status: CampaignStatus) => void,
): Promise<void> {
  const { limitSeconds, stop } = options;
  const until = performance.now() + limitSeconds * 1000;
  for (;;) {
    const status = await ask<CampaignStatus>(options, ocsUrl, 'GET', `/campaigns/${campaign}`);
    see(status);
    if (status.finished && status.records.total > 0) return;
    if (performance.now() > until) {
      throw new CodedError('INTERNAL', `the campaign did not end within ${String(limitSeconds)} s`, {
        field: 'records left',
        found: status.records.left,
        expected: '0',
      });
    }
    await sleep(500, undefined, { signal: stop });
  }
}
