import type { Board } from '../../board/board.ts';
import { cpaOf } from '../../dialer/intake/call-analysis.ts';
import { patternsForOcs } from '../../dialer/intake/trunk-extensions.ts';
import { detectionModes } from '../../domain/result.ts';
import type { createLinkClient } from '../../link/client.ts';
import { keysOfRequests, machineActions } from '../../link/schemas.ts';
import { closedNumbers, type CpddSetup } from './config.ts';
import { planCodes } from './settings.ts';
import { trunkReport } from './trunk-report.ts';

/** What the dialler says of itself when it registers. @param board null while none is open */
export function describeDialer(
  board: Board | null,
  setup: CpddSetup,
): ReturnType<Parameters<typeof createLinkClient>[0]['describe']> {
  const inventory = board?.inventory();
  return {
    boards:
      inventory === undefined
        ? []
        : [
            {
              name: inventory.name,
              driver: inventory.driver,
              spans: inventory.spans.map(({ span, kind, channels }) => ({
                span,
                kind,
                channels: channels.length,
              })),
            },
          ],
    capabilities: {
      handoff: ['agent', 'destination', 'engaged'],
      plans: planCodes(setup.config),
      modes: [...detectionModes],
      ...(inventory !== undefined && { cpa: cpaOf(inventory) }),
      onMachine: [...machineActions],
      keys: [...keysOfRequests],
      watch: true,
      recordings: setup.config.recordings.folder !== undefined,
      learns: setup.config.knownRecordings.file !== undefined && setup.config.knownRecordings.learn,
      announcements: Object.keys(setup.config.announcements),
      extensions: patternsForOcs(setup.config.extensions.allow, {
        country: closedNumbers(setup.config).country,
        prefix: setup.config.dialPlan.prefix,
      }),
    },
    // As many and as long as the link takes.
    warnings: trunkReport(setup)
      .warnings.slice(0, 20)
      .map((text) => text.slice(0, 500)),
  };
}
