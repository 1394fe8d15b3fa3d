import { CodedError } from '../../domain/errors.ts';
import { checkNumber } from '../../domain/number.ts';
import { closedSummary, compileTrunkNumbers } from '../../dialer/intake/trunk-numbers.ts';
import { closedNumbers, type CpddSetup } from './config.ts';

/** What a configuration lets out to the trunk, for people to read before somebody else finds out. */
export interface TrunkReport {
  /** One sentence each. */
  warnings: string[];
  /** Numbers as a list may have them, and what would be dialled: digits, or the code of the refusal. */
  examples: { number: string; dialled: string }[];
  /** One line each. */
  limits: string[];
}

/** Numbers that no pattern of a sane plan lets through all together. */
const anything = ['+881612345678', '+12025550123', '0123456789', '900123456', '12'];

/** Reserved for examples by the national numbering plans, where there is such a range; then what is closed. */
const exampleNumbers = [
  '+12125550100',
  '+442079460000',
  '+493023125000',
  '2125550100',
  '02079460000',
  '112',
  '911',
  '+19005550100',
  '+881612345678',
];

export function trunkReport(setup: CpddSetup): TrunkReport {
  const { dialPlan, limits } = setup.config;
  const closed = closedNumbers(setup.config);
  const dialled = compileTrunkNumbers(dialPlan, closed);
  const open = dialPlan.allow.filter((pattern) =>
    anything.every((number) => new RegExp(pattern).test(number)),
  );
  const warnings = open.map(
    (pattern) =>
      `dialPlan.allow ${JSON.stringify(pattern)} allows every number in the world; name the countries ` +
      `that you call, e.g. '^\\+1[2-9]'`,
  );
  const examples = exampleNumbers.map((number) => ({
    number,
    dialled: shown(() => dialled(checkNumber(number))),
  }));
  return {
    warnings,
    examples,
    limits: [
      `closed: ${closedSummary(closed)}`,
      `calls: ${limits.callsPerSecond} a second, ${limits.callsAtOnce ?? 'as many as channels'} at once, ` +
        `${limits.longestCallMinutes} minutes at most with an agent`,
      `one number: ${limits.perNumberHour} an hour, ${limits.perNumberDay} a day, never two calls at once`,
      `caller ids: ${limits.callerIds.join(' ')}`,
      `one extension: rung ${limits.perExtensionHour} times an hour at most for an engaged leg`,
      ...limits.perPrefixDay.map(({ prefix, calls }) => `numbers from ${prefix}: ${calls} a day`),
    ],
  };
}

function shown(dial: () => string): string {
  try {
    return dial();
  } catch (error) {
    if (error instanceof CodedError) return `refused (${error.code})`;
    throw error;
  }
}
