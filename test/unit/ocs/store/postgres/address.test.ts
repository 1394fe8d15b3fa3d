import { describe, expect, it } from 'vitest';
import {
  isPostgres,
  parsePostgresAddress,
  shownAddress,
} from '../../../../../src/ocs/store/postgres/address.ts';

describe('the address of a PostgreSQL', () => {
  it.each([
    ['postgres://ocsd@db.example/ocs', [{ host: 'db.example', port: 5_432 }], 'ocsd', 'off'],
    [
      'postgresql://ocsd@a:5433,b/ocs?sslmode=verify-full',
      [
        { host: 'a', port: 5_433 },
        { host: 'b', port: 5_432 },
      ],
      'ocsd',
      'checked',
    ],
    ['postgres://o%40x@[::1]:6000/ocs?sslmode=require', [{ host: '::1', port: 6_000 }], 'o@x', 'unchecked'],
    ['postgres://ocsd@/ocs?host=/run/postgresql', [{ host: '/run/postgresql', port: 5_432 }], 'ocsd', 'off'],
  ])('%s', (text, hosts, user, tls) => {
    expect(parsePostgresAddress(text)).toEqual({ hosts, user, database: 'ocs', tls });
    expect(isPostgres(text)).toBe(true);
  });

  it.each([
    ['postgres://ocsd@db', 'postgres://USER@HOST[:PORT][,HOST[:PORT]]/DATABASE'],
    ['postgres://ocsd@db:99999/ocs', 'a port from 1 to 65535'],
    ['postgres://ocsd@db/ocs?sslmode=maybe', 'sslmode=disable, require, verify-full'],
    ['postgres://ocsd@db/ocs?sslcert=x', 'one of host, sslmode, sslrootcert'],
    ['postgres://ocsd:secret@db/ocs', 'the password in a file, named by databasePasswordFile'],
    ['postgres://ocsd@db/ocs?sslrootcert=/none', 'a file of certificates in PEM'],
  ])('%s is refused', (text, expected) => {
    expect(() => parsePostgresAddress(text)).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG', field: 'database', expected }) as Error,
    );
  });

  it.each(['secret', 'pa/ss', 'p@ss', 'p:a@s/s'])('is shown without a password such as %s', (password) => {
    expect(shownAddress(`postgres://ocsd:${password}@db/ocs`)).toBe('postgres://ocsd:***@db/ocs');
  });
});
