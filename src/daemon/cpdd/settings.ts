import type { OpenOptions } from '../../board/open.ts';
import { tonePlans } from '../../board/tone-plans.ts';
import type { DialerConfig } from '../../dialer/contract.ts';
import { closedNumbers, type CpddConfig, type CpddSetup } from './config.ts';

/** What the board needs besides its own part of the configuration. */
export function boardOptions({ folder, config }: CpddSetup): OpenOptions {
  return { folder, plans: config.tonePlans };
}

/** What the dialler takes from the configuration. */
export function dialerConfig({ config, calibration }: CpddSetup): DialerConfig {
  const maxHumanLoss = config.detection.maxHumanLoss ?? calibration?.maxHumanLoss;
  return {
    dialPlan: config.dialPlan,
    closed: closedNumbers(config),
    limits: config.limits,
    extensions: config.extensions.allow,
    ...config.dialling,
    plans: planCodes(config),
    detection: {
      ...(maxHumanLoss === undefined ? {} : { maxHumanLoss }),
      ...(calibration === undefined ? {} : { scoreOffset: calibration.scoreOffset }),
    },
    announcements: config.announcements,
    showNumbers: !config.log.maskNumbers,
  };
}

/** The built-in tone plans and those of the site. */
export function planCodes(config: CpddConfig): string[] {
  return [...tonePlans(), ...config.tonePlans].map(({ code }) => code);
}
