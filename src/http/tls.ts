import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Server as HttpsServer } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { CodedError } from '../domain/errors.ts';

/** The certificate of a server with those that lead to its authority, and its private key; both in PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** What the server is made with. */
export function tlsOptions({ cert, key }: Certificate): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

/**
 * Whether the two are usable and belong together.
 *
 * @throws CodedError BAD_CONFIG; it says nothing of the key
 */
export function checkCertificate(certificate: Certificate, names: { cert: string; key: string }): void {
  try {
    createSecureContext(tlsOptions(certificate));
  } catch (error) {
    const { code = '' } = error as { code?: string };
    const mismatch = code.includes('KEY_VALUES_MISMATCH');
    throw new CodedError(
      'BAD_CONFIG',
      mismatch
        ? `the key ${names.key} is not that of the certificate ${names.cert}`
        : `the certificate ${names.cert} and the key ${names.key} cannot be used (${code})`,
      {
        field: mismatch ? 'keyFile' : 'certFile',
        found: mismatch ? names.key : names.cert,
        expected: 'a certificate and its private key without a passphrase, both in PEM',
      },
    );
  }
}

/** New connections get the new certificate; those that are open go on. */
export function renewCertificate(app: FastifyInstance, certificate: Certificate): void {
  (app.server as unknown as HttpsServer).setSecureContext(tlsOptions(certificate));
}
