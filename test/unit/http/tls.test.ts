import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCertificate, watchCertificate } from '../../../src/http/certificate-files.ts';
import { createHttpServer } from '../../../src/http/server.ts';
import { renewCertificate } from '../../../src/http/tls.ts';
import { certificates } from '../../support/certificates.ts';
import { silentLog } from '../../support/silent-log.ts';

const { one, two } = certificates;
let folder: string;
let files: { certFile: string; keyFile: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-test-'));
  files = { certFile: join(folder, 'ocs.crt'), keyFile: join(folder, 'ocs.key') };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const write = ({ cert, key }: { cert: string; key: string }) => {
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
};

describe('a server with a certificate', () => {
  let app: FastifyInstance;
  afterEach(() => app.close());
  const shown = async (port: number, ca: string, more: object = {}) => {
    const socket = connect({ port, host: '127.0.0.1', ca, servername: 'localhost', ...more });
    await once(socket, 'secureConnect');
    const [version, certificate] = [socket.getProtocol(), socket.getPeerCertificate()];
    socket.destroy();
    return [version, certificate.subject.CN];
  };

  it('speaks TLS 1.2 and later, and takes a new one without a restart', async () => {
    app = await createHttpServer({
      log: silentLog,
      known: { allowedHosts: [], allowedOrigins: [] },
      certificate: one,
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const port = Number(new URL(url).port);
    expect(url).toMatch(/^https:/);
    expect(await shown(port, one.cert)).toEqual(['TLSv1.3', 'one.test']);
    await expect(shown(port, one.cert, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
    renewCertificate(app, two);
    expect(await shown(port, two.cert)).toEqual(['TLSv1.3', 'two.test']);
  });
});

describe('the files of a certificate', () => {
  it.each([
    ['is absent', () => undefined, 'NO_SUCH_FILE', 'certFile'],
    ['is none', () => write({ ...one, cert: 'no certificate' }), 'BAD_CONFIG', 'certFile'],
    ['is that of another key', () => write({ cert: one.cert, key: two.key }), 'BAD_CONFIG', 'keyFile'],
  ])('are refused when one %s', (_what, prepare, code, field) => {
    prepare();
    expect(() => readCertificate(files)).toThrow(expect.objectContaining({ code, field }) as Error);
  });

  it('are read again when one changes, and the one in use stays until both are right', () => {
    write(one);
    const taken: string[] = [];
    const said: string[] = [];
    const note = (_fields: object, message: string) => said.push(message);
    let look = () => {};
    const watch = watchCertificate(
      files,
      ({ cert }) => taken.push(cert),
      { ...silentLog, info: note, error: note },
      (run) => {
        look = run;
        return () => undefined;
      },
    );
    look();
    expect([taken, said]).toEqual([[], []]);
    writeFileSync(files.certFile, two.cert);
    look();
    expect([taken, said.length]).toEqual([[], 1]);
    look();
    expect(said).toHaveLength(1);
    writeFileSync(files.keyFile, two.key);
    look();
    expect(taken).toEqual([two.cert]);
    // A link that leads elsewhere.
    writeFileSync(join(folder, 'other'), one.cert);
    writeFileSync(files.keyFile, one.key);
    unlinkSync(files.certFile);
    symlinkSync(join(folder, 'other'), files.certFile);
    look();
    expect(taken).toEqual([two.cert, one.cert]);
    watch.reload();
    expect(taken).toHaveLength(3);
    expect(JSON.stringify(said)).not.toContain('PRIVATE');
    watch.stop();
  });

  it('that can no longer be looked at are said once, and the one in use stays', () => {
    write(one);
    const said: [string, object][] = [];
    const taken: string[] = [];
    let look = () => {};
    watchCertificate(
      files,
      ({ cert }) => taken.push(cert),
      { ...silentLog, error: (fields: object, message: string) => said.push([message, fields]) },
      (run) => {
        look = run;
        return () => undefined;
      },
    );
    // A path through what is no folder, or round in a circle, fails for root as well, as one without permission does not.
    rmSync(files.certFile);
    symlinkSync(files.certFile, files.certFile);
    look();
    look();
    expect(said).toMatchObject([
      [
        'the new certificate is not taken; the one before stays in use',
        { why: `certFile ${files.certFile} cannot be read (ELOOP)` },
      ],
    ]);
    rmSync(files.certFile);
    write(one);
    look();
    expect([taken, said.length]).toEqual([[one.cert], 1]);
  });
});
