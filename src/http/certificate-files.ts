import { readFileSync, statSync } from 'node:fs';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { checkCertificate, type Certificate } from './tls.ts';

/** Where the certificate of a daemon is. Absolute paths. */
export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

/** How often the files are looked at. */
const lookEveryMs = 10_000;

/** @throws CodedError NO_SUCH_FILE, BAD_CONFIG */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: read(certFile, 'certFile'), key: read(keyFile, 'keyFile') };
  checkCertificate(certificate, { cert: certFile, key: keyFile });
  return certificate;
}

function read(path: string, field: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new CodedError('NO_SUCH_FILE', `${field} ${path} cannot be read (${code})`, {
      field,
      found: path,
      expected: 'a file in PEM that this user can read',
    });
  }
}

export interface CertificateWatch {
  /** Reads the files again now. */
  readonly reload: () => void;
  readonly stop: () => void;
}

/**
 * Takes a new certificate when a file changes. One that cannot be used is refused, and the one in use stays: files are
 * exchanged one after the other.
 *
 * @param renew gets each new one
 * @param every calls `look` again and again, until it is stopped
 */
export function watchCertificate(
  files: CertificateFiles,
  renew: (certificate: Certificate) => void,
  log: Log,
  every: (look: () => void) => () => void = (look) => {
    const timer = setInterval(look, lookEveryMs).unref();
    return () => {
      clearInterval(timer);
    };
  },
): CertificateWatch {
  let known = state(files);
  const reload = () => {
    try {
      known = state(files);
      renew(readCertificate(files));
      log.info({ certFile: files.certFile }, 'the certificate is in use');
    } catch (error) {
      const why = error instanceof CodedError ? error.message : String(error);
      log.error({ why }, 'the new certificate is not taken; the one before stays in use');
    }
  };
  const stop = every(() => {
    if (state(files) !== known) reload();
  });
  return { reload, stop };
}

/**
 * Changes whenever one of the files does, also where it is a link that leads elsewhere now, or can no longer be looked at:
 * it never throws, for it is asked by a timer.
 */
function state({ certFile, keyFile }: CertificateFiles): string {
  return [certFile, keyFile]
    .map((path) => {
      try {
        const stat = statSync(path);
        return `${String(stat.ino)} ${String(stat.mtimeMs)} ${String(stat.size)}`;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    })
    .join(' ');
}
