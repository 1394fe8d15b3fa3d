import { CodedError } from '../domain/errors.ts';

/** Wrong tokens that one server was shown: who shows many is in the log, and gets short answers. */
export interface TokenWatch {
  /**
   * A wrong token was shown, or none. Whoever shows the right one is served however many were wrong before: a proxy has
   * one address for all.
   *
   * @param field where the token was expected
   * @returns what is answered: UNAUTHORIZED, or TOO_MANY_WRONG_TOKENS to an address that showed many in this minute
   */
  wrong(address: string, field: string): CodedError;
  /** Wrong tokens since the start. */
  total(): number;
}

/** ms */
const minute = 60_000;

/** So many wrong tokens a minute may be an operator's mistake. */
const usualMost = 10;

/** So many addresses are told apart in one minute; the others count as one. */
const mostAddresses = 1_000;
/** So many addresses are named at the end of a minute. */
const mostNamed = 10;

const others = 'others';

interface WatchLog {
  warn(fields: object, message: string): void;
}

/** @param after runs what is given once, so many ms later; does not keep the process alive */
export function createTokenWatch(
  log: WatchLog,
  after: (ms: number, run: () => void) => void = (ms, run) => setTimeout(run, ms).unref(),
): TokenWatch {
  /** Of this minute. */
  const times = new Map<string, number>();
  let total = 0;

  const endMinute = () => {
    const many = [...times].filter(([, count]) => count > 1).sort(([, a], [, b]) => b - a);
    for (const [address, count] of many.slice(0, mostNamed)) {
      log.warn({ address, times: count }, 'wrong tokens in one minute');
    }
    const unnamed = many.slice(mostNamed);
    if (unnamed.length > 0) {
      const count = unnamed.reduce((sum, [, each]) => sum + each, 0);
      log.warn({ addresses: unnamed.length, times: count }, 'wrong tokens in one minute');
    }
    times.clear();
  };

  return {
    wrong: (from, field) => {
      total += 1;
      if (times.size === 0) after(minute, endMinute);
      const address = times.has(from) || times.size < mostAddresses ? from : others;
      const count = (times.get(address) ?? 0) + 1;
      times.set(address, count);
      if (count === 1) log.warn({ address: from, field }, 'wrong token');
      if (count <= usualMost) return new CodedError('UNAUTHORIZED', wording(field), { field });
      return new CodedError('TOO_MANY_WRONG_TOKENS', 'too many wrong tokens from this address', {
        field,
        expected: 'the right token, or none for a minute',
      });
    },
    total: () => total,
  };
}

function wording(field: string): string {
  return field === 'authorization' ? 'the bearer token is missing or wrong' : 'the token is missing or wrong';
}
