import type { Role } from '../../api/roles.ts';
import { CodedError } from '../../domain/errors.ts';

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

/** An engineer looks at calls, not at who was called. */
export function mayNotSeeNumbers(caller: Caller | null): boolean {
  return caller?.role === 'engineer';
}

/** The groups that somebody sees; null: all. A supervisor or a wall screen with groups sees these alone. */
export function groupsSeen(caller: Caller | null): readonly string[] | null {
  const groups = caller?.session?.groups ?? [];
  const isLimited = (caller?.role === 'supervisor' || caller?.role === 'wall') && groups.length > 0;
  return isLimited ? groups : null;
}

/** Whether campaigns and agents of a group are among those; what has no group is for those who see all. */
export function isSeen(groups: readonly string[] | null, group: string | null | undefined): boolean {
  return groups === null || (typeof group === 'string' && groups.includes(group));
}

/** @throws CodedError FORBIDDEN where it is another group's */
export function mustSee(caller: Caller | null, what: string, group: string | null | undefined): void {
  const groups = groupsSeen(caller);
  if (groups === null || isSeen(groups, group)) return;
  throw new CodedError('FORBIDDEN', `${what} is of another group than yours`, {
    field: 'group',
    found: group ?? 'none',
    expected: groups.join(' or '),
  });
}
