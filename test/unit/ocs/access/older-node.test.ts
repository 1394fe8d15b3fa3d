import { expect, it, vi } from 'vitest';
import { createPasswords } from '../../../../src/ocs/access/passwords.ts';

// As on a Node before 24.7: an import of it by name does not even load there.
vi.mock('node:crypto', async (load) => {
  const { argon2: _none, ...rest } = await load<Record<string, unknown>>();
  return { ...rest, default: rest };
});

it('passwords are refused in words by a Node without argon2, and all else works', async () => {
  await expect(createPasswords().hash('a password')).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: `Node ${process.versions.node} has no argon2id`,
  });
});
