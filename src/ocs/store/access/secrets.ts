import { randomBytes } from 'node:crypto';
import type { OcsDatabase } from '../database.ts';

/** Secrets of this installation, made at their first use. */
export interface Secrets {
  /** 32 random bytes that stay the same under one name. */
  get(name: string): Buffer;
}

export function createSecrets({ memory, sqlite, transaction }: OcsDatabase): Secrets {
  const known = new Map<string, Buffer>();
  const find = sqlite.prepare<[string], string>('select value from settings where name = ?').pluck();
  const save = sqlite.prepare<[string, string]>('insert into settings (name, value) values (?, ?)');
  return {
    get: (name) => {
      const key = `secret ${name}`;
      const secret =
        known.get(key) ??
        transaction(() => {
          const found = find.get(key);
          if (found !== undefined) return Buffer.from(found, 'hex');
          const made = randomBytes(32);
          save.run(key, made.toString('hex'));
          return made;
        });
      memory.keepEntry(known, key);
      known.set(key, secret);
      return secret;
    },
  };
}
