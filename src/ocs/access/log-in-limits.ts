import { CodedError } from '../../domain/errors.ts';

/** Slows down who guesses passwords. Nobody is locked out: the longest wait is some minutes. */
export interface LogInLimits {
  /**
   * An attempt begins; it counts as a failure until it is said to be right.
   *
   * @param from.address null where it stands for many, and is not counted
   * @param from.name as it was sent, in lower case
   * @param from.device the browser, where it has been logged in under this name before: strangers who guess do not
   *   slow it down, nor does what others behind its address do
   * @throws CodedError TOO_MANY_LOG_INS
   */
  begin(from: { address: string | null; name: string; device: string | null }): Attempt;
}

export interface Attempt {
  /** The password was right: it counts as no failure, and those before are forgotten. */
  right(): void;
  /** The password was not looked at: it counts as nothing. */
  undone(): void;
}

/** Wrong passwords before the first wait; then 2 s, twice as long each time, and 300 s at most. */
const freeFailures = 4;
const longestWaitMs = 300_000;
/** A name or device without a failure for so long begins anew. */
const forgetMs = 3_600_000;

/**
 * Failures in one minute of one address of IPv4, or of one network of IPv6: providers give a customer a /64, a /56 or a
 * /48 (RFC 6177), so that what one /64 may is not there 256 times.
 */
const mostOfAddress = 30;
const mostOfNetworks = [
  { bits: 64, most: mostOfAddress },
  { bits: 56, most: 2 * mostOfAddress },
  { bits: 48, most: 4 * mostOfAddress },
] as const;
const minuteMs = 60_000;

/** So many names, devices or networks are told apart; the oldest that nothing waits for is forgotten for a new one. */
const mostKept = 10_000;

/** A name or device from which wrong passwords came. */
interface Guesser {
  failures: number;
  /** No attempt is looked at before; ms. */
  until: number;
  lastAt: number;
}

/** An address or a network from which wrong passwords came, in the minute since. */
interface Place {
  since: number;
  failures: number;
  most: number;
}

/** @param elapsed ms, only for durations */
export function createLogInLimits(elapsed: () => number): LogInLimits {
  const guessers = new Map<string, Guesser>();
  const places = new Map<string, Place>();

  const guesser = (key: string): Guesser => {
    const now = elapsed();
    const known = guessers.get(key);
    if (known !== undefined && now - known.lastAt < forgetMs) return known;
    const fresh = { failures: 0, until: 0, lastAt: now };
    keep(guessers, key, fresh, ({ until }) => until <= now);
    return fresh;
  };
  const ofNetwork = ({ name, most }: Network): Place => {
    const now = elapsed();
    const known = places.get(name);
    if (known !== undefined && now - known.since < minuteMs) return known;
    const fresh = { since: now, failures: 0, most };
    keep(places, name, fresh, (place) => now - place.since >= minuteMs || place.failures < place.most);
    return fresh;
  };

  return {
    begin: ({ address, name, device }) => {
      const now = elapsed();
      const from = device === null && address !== null ? networksOf(address).map(ofNetwork) : [];
      const full = from.find(({ failures, most }) => failures >= most);
      if (full !== undefined) throw tooMany(full.since + minuteMs - now);
      const who = guesser(device === null ? `name ${name}` : `device ${device}`);
      const { until: before } = who;
      if (before > now) throw tooMany(before - now);
      // Before the password is looked at: attempts at one moment count as well.
      who.failures += 1;
      who.lastAt = now;
      const over = who.failures - freeFailures;
      const until = over > 0 ? now + Math.min(longestWaitMs, 1_000 * 2 ** over) : 0;
      who.until = until;
      for (const place of from) place.failures += 1;
      return {
        right: () => {
          who.failures = 0;
          who.until = 0;
          for (const place of from) place.failures -= 1;
        },
        undone: () => {
          who.failures = Math.max(0, who.failures - 1);
          // Another attempt may have made it longer.
          if (who.until === until) who.until = before;
          for (const place of from) place.failures -= 1;
        },
      };
    },
  };
}

/** @param mayGo whether an entry can be forgotten: nobody gets round a limit by filling the map */
function keep<T>(map: Map<string, T>, key: string, value: T, mayGo: (kept: T) => boolean): void {
  map.delete(key);
  if (map.size >= mostKept) map.delete(oldest(map, mayGo));
  map.set(key, value);
}

/** The key of the oldest entry that may go; of the oldest of all where none may. */
function oldest<T>(map: Map<string, T>, mayGo: (kept: T) => boolean): string {
  for (const [key, kept] of map) if (mayGo(kept)) return key;
  const [key = ''] = map.keys();
  return key;
}

interface Network {
  name: string;
  /** Failures in one minute. */
  most: number;
}

/** What an address counts for: itself, or the networks that a customer of a provider may have, the smallest first. */
export function networksOf(address: string): Network[] {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return [{ name: plain, most: mostOfAddress }];
  const [head = '', tail = ''] = plain.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = plain.includes('::') ? Math.max(0, 8 - front.length - back.length) : 0;
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back].map((group) => parseInt(group, 16));
  return mostOfNetworks.map(({ bits, most }) => {
    const [a = 0, b = 0, c = 0, d = 0] = groups;
    const last = bits === 48 ? 0 : bits === 56 ? d & 0xff00 : d;
    const name = [a, b, c, last].map((group) => group.toString(16)).join(':');
    return { name: `${name}::/${String(bits)}`, most };
  });
}

function tooMany(waitMs: number): CodedError & { retryAfterS: number } {
  const retryAfterS = Math.ceil(waitMs / 1_000);
  const error = new CodedError('TOO_MANY_LOG_INS', 'too many log-ins failed', {
    field: 'name',
    expected: `another attempt in ${String(retryAfterS)} s`,
  });
  return Object.assign(error, { retryAfterS });
}
