import type { KnownOrigins } from '../../http/origin.ts';
import type { OcsConfig } from '../config.ts';

/** Under which names OCS may be addressed, and which pages may talk to it. */
export function knownOrigins({
  allowedHosts,
  allowedOrigins,
  publicUrl,
}: Pick<OcsConfig, 'allowedHosts' | 'allowedOrigins' | 'publicUrl'>): KnownOrigins {
  const page = publicUrl === undefined ? null : new URL(publicUrl);
  return {
    allowedHosts: [...allowedHosts, ...(page === null ? [] : [page.hostname])],
    allowedOrigins: [...allowedOrigins, ...(page === null ? [] : [page.origin])],
    ownPages: true,
  };
}
