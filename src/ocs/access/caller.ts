import type { Role } from '../../api/roles.ts';

/** Who asks. */
export interface Caller {
  /** A user's name, what a token is called, or `anybody`. */
  readonly name: string;
  readonly kind: 'user' | 'token' | 'open';
  readonly role: Role;
  /** The session of a user; null for others. */
  readonly session: Session | null;
}

/** A log-in that goes on. */
export interface Session {
  readonly id: string;
  readonly user: string;
  readonly groups: readonly string[];
  /** To be shown with each change, so that no page of others can ask for one. */
  readonly csrfToken: string;
  /** Only the password can be changed. */
  readonly mustChangePassword: boolean;
  /** ms since 1970 */
  readonly expiresAt: number;
}

/** As the audit names the caller: a user by its name, which a machine's name cannot be mistaken for. */
export function auditName({ kind, name }: Caller): string {
  return kind === 'token' ? `token ${name}` : name;
}

/** Where no token is set and no user is known: whoever reaches the port, which is one of loopback then. */
export const anybody: Caller = { name: 'anybody', kind: 'open', role: 'admin', session: null };
