import { CodedError } from '../domain/errors.ts';
import { humanLossWords, parseHumanLoss } from '../domain/human-loss.ts';

/** `--max-human-loss 1%`, the same in each command that listens. @param without what holds without it, in words; null: its default says so */
export function maxHumanLossOption(without: string | null = 'depends on the mode') {
  const otherwise = without === null ? '' : ` (default: ${without})`;
  return {
    type: 'string',
    requiresArg: true,
    describe: `Largest share of people that may be lost, e.g. 0.3 %, 1 %, 3 %${otherwise}`,
  } as const;
}

/** @throws CodedError BAD_ARGUMENT */
export function maxHumanLossArgument(text: string): number;
export function maxHumanLossArgument(text: string | undefined): number | undefined;
export function maxHumanLossArgument(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const share = parseHumanLoss(text);
  if (share !== null) return share;
  throw new CodedError('BAD_ARGUMENT', `--max-human-loss ${text}: expected ${humanLossWords}`, {
    field: 'max-human-loss',
    found: text,
    expected: humanLossWords,
  });
}
