import { X509Certificate } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';

/**
 * A connection to a server of which the very certificate is known: that one is trusted, no authority, and whatever name is
 * in it.
 *
 * @param certificate in PEM, with those that lead to its authority, or without; null for plain HTTP
 */
export function peerTls(certificate: string | null): ConnectionOptions {
  if (certificate === null) return {};
  const own = new X509Certificate(certificate);
  return {
    ca: [own.toString()],
    allowPartialTrustChain: true,
    checkServerIdentity: (_name, { fingerprint256 }) =>
      fingerprint256 === own.fingerprint256
        ? undefined
        : new Error('another certificate than the one that is known'),
  };
}
