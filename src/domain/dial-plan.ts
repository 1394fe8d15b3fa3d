import { CodedError } from './errors.ts';
import { checkDialled, maskNumber, type CheckedNumber } from './number.ts';
import { compilePattern } from './pattern.ts';

/**
 * How a number of a record becomes the digits sent to the trunk, and which numbers may be dialled at all.
 * The lists are the guard against toll fraud: a number is dialled only if one of `allow` matches it and none
 * of `deny` does. Both are matched against the number as the record has it; `deny` also against the digits that go
 * to the trunk behind the access digits, so that no rewriting makes a number that is denied.
 */
export interface DialPlan {
  /** Regular expressions; a configuration names them, there is no default that lets all through. */
  allow: readonly string[];
  deny: readonly string[];
  /** Rewriting rules in order; the first whose `match` fits is used: `+` and digits replaced by `replace`. */
  rules: readonly DialRule[];
  /** Takes the `+` away after the rules. */
  stripPlus: boolean;
  /** Access digits put in front at the end, e.g. `9` for an outside line. */
  prefix: string;
}

/** One rewriting rule, e.g. `{ match: '^\\+49', replace: '0' }` or `{ match: '^\\+', replace: '00' }`. */
export interface DialRule {
  match: string;
  /** `$1` names a group of `match`. The result must again be a number. */
  replace: string;
}

/** A plan made ready: patterns compiled once. */
export type NumberDialer = (number: CheckedNumber) => CheckedNumber;

/**
 * Compiles a plan.
 *
 * @returns a function from a record's number to the digits to dial; it throws CodedError NUMBER_NOT_ALLOWED,
 *   or BAD_NUMBER when a rule made something that is no number
 * @throws CodedError BAD_CONFIG naming the pattern that is no regular expression, or a bad prefix
 */
export function compileDialPlan(plan: DialPlan): NumberDialer {
  const compile = (pattern: string, field: string) => compilePattern(pattern, field, 'dial plan');
  const allow = plan.allow.map((pattern, i) => compile(pattern, `allow[${i}]`));
  const deny = plan.deny.map((pattern, i) => compile(pattern, `deny[${i}]`));
  const rules = plan.rules.map((rule, i) => ({
    match: compile(rule.match, `rules[${i}].match`),
    replace: rule.replace,
  }));
  if (!/^[0-9]*$/.test(plan.prefix)) {
    throw new CodedError('BAD_CONFIG', `dial plan: prefix ${JSON.stringify(plan.prefix)} is not digits`, {
      field: 'prefix',
      found: plan.prefix,
      expected: 'digits',
    });
  }
  return (number) => {
    const denied = (digits: string) => deny.some((pattern) => pattern.test(digits));
    if (!allow.some((pattern) => pattern.test(number)) || denied(number)) throw notAllowed(number);
    const rule = rules.find(({ match }) => match.test(number));
    const rewritten = rule ? number.replace(rule.match, rule.replace) : number;
    const bare = plan.stripPlus ? rewritten.replace(/^\+/, '') : rewritten;
    const unprefixed = plan.prefix === '' ? bare : bare.replace(/^\+/, '');
    const digits = checkDialled(plan.prefix + unprefixed, 'dialled number');
    if (denied(unprefixed)) throw notAllowed(number);
    return digits;
  };
}

function notAllowed(number: string): CodedError {
  return new CodedError('NUMBER_NOT_ALLOWED', `the dial plan does not allow ${maskNumber(number)}`, {
    field: 'number',
    found: maskNumber(number),
    expected: 'a number that matches an allow pattern and, before and after rewriting, no deny pattern',
  });
}
