import crypto, { randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { CodedError } from '../../domain/errors.ts';

/** What a guess costs: KiB, passes over them, lanes. */
export interface PasswordCost {
  memory: number;
  passes: number;
  parallelism: number;
}

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. */
const usualCost: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const nonceLength = 16;

/** OWASP Authentication Cheat Sheet: long, and no other rules. In characters. */
const shortest = 15;
const longest = 128;

/** So many are worked on at once, each with 19 MiB and one core; more wait, and the rest is sent away. */
const mostAtOnce = 2;
const mostWaiting = 40;
/** So many of the places are for those who are known: strangers who guess do not fill them. */
const reserved = 10;

export interface Passwords {
  /** @returns `$argon2id$v=19$m=...,t=...,p=...$salt$hash` */
  hash(password: string): Promise<string>;
  /**
   * @param stored of `hash`; null takes as long, and is never right
   * @param isKnown the browser has been logged in before: there is a place for it when strangers take all others
   */
  isRight(password: string, stored: string | null, isKnown?: boolean): Promise<boolean>;
}

/** @throws CodedError BAD_ARGUMENT for a password that is too short or too long; it does not say the password */
export function checkPassword(password: string, field: string): void {
  const { length } = [...normal(password)];
  if (length >= shortest && length <= longest) return;
  throw new CodedError('BAD_ARGUMENT', `${field}: the password has ${String(length)} characters`, {
    field,
    found: `${String(length)} characters`,
    expected: `${String(shortest)} to ${String(longest)} characters; a sentence is easy to remember`,
  });
}

/** 100 random bits in letters and digits that nobody confuses: `xxxxx-xxxxx-xxxxx-xxxxx`. */
export function createOneTimePassword(): string {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz';
  const text = [...randomBytes(20)].map((byte) => letters[byte % letters.length]).join('');
  return (text.match(/.{5}/g) ?? []).join('-');
}

/** @throws CodedError TOO_MANY_LOG_INS when many wait already; NOT_SUPPORTED on a Node without argon2 */
export function createPasswords(cost = usualCost): Passwords {
  const inTurn = createTurns();
  const standIn = { salt: randomBytes(nonceLength), tag: randomBytes(tagLength) };
  return {
    hash: async (password) => {
      const salt = randomBytes(nonceLength);
      const tag = await inTurn(() => derive(password, salt, cost, tagLength), mostWaiting);
      return written(salt, tag, cost);
    },
    isRight: async (password, stored, isKnown = false) => {
      const known = stored === null ? null : read(stored);
      const { salt, tag, parameters } = known ?? { ...standIn, parameters: cost };
      const derived = await inTurn(
        () => derive(password, salt, parameters, tag.length),
        isKnown ? mostWaiting : mostWaiting - reserved,
      );
      return timingSafeEqual(derived, tag) && known !== null;
    },
  };
}

/** One password however the keyboard composes its letters. */
function normal(password: string): string {
  return password.normalize('NFKC');
}

async function derive(
  password: string,
  nonce: Buffer,
  parameters: PasswordCost,
  length: number,
): Promise<Buffer> {
  // Node has it since 24.7; the programs run on older ones too, where an import by this name would not even load.
  const { argon2 } = crypto;
  if (typeof argon2 !== 'function') {
    throw new CodedError('NOT_SUPPORTED', `Node ${process.versions.node} has no argon2id`, {
      field: 'password',
      found: process.versions.node,
      expected: 'ocsd on Node 24.7 or newer where users log in',
    });
  }
  return promisify(argon2)('argon2id', {
    message: Buffer.from(normal(password), 'utf8'),
    nonce,
    ...parameters,
    tagLength: length,
  });
}

function written(salt: Buffer, tag: Buffer, { memory, passes, parallelism }: PasswordCost): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${String(memory)},t=${String(passes)},p=${String(parallelism)}$${text(salt)}$${text(tag)}`;
}

/** What was stored, with the cost of its time; null for anything else. */
function read(stored: string): { salt: Buffer; tag: Buffer; parameters: PasswordCost } | null {
  const [, memory, passes, parallelism, salt = '', tag = ''] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored) ?? [];
  if (memory === undefined) return null;
  return {
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
  };
}

/** Runs what is given, a few at a time. */
function createTurns(): <T>(run: () => Promise<T>, most: number) => Promise<T> {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (run, most) => {
    if (busy < mostAtOnce) busy += 1;
    else {
      if (waiting.length >= most) {
        throw new CodedError('TOO_MANY_LOG_INS', 'too many log in at this moment', {
          expected: 'another attempt in a few seconds',
        });
      }
      // Whoever ends hands its place on.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
