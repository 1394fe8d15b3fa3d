import type { z } from 'zod';
import { CodedError } from '../../domain/errors.ts';
import type { TokenWatch } from '../../http/token-watch.ts';
import { sameSecret } from '../../http/tokens.ts';
import type { OcsConfig } from '../config.ts';
import type { Desk, DeskUser } from '../live/desks.ts';
import type { Users } from '../store/access/users.ts';
import type { desktopRequests } from './desktop-messages.ts';

type Login = Pick<z.output<typeof desktopRequests.Login>, 'GSW_AGENT_ID' | 'GSW_GROUP' | 'GSW_TOKEN'>;

/**
 * Whether the agent is who it says. A user with a session is that user. Others show a token of their own where there
 * are such tokens; else the one of all desktops, which is no identity: nobody becomes a user by it.
 *
 * @throws CodedError UNAUTHORIZED, FORBIDDEN, TOO_MANY_WRONG_TOKENS
 */
export function checkLoginToken(
  { agents, desktop }: OcsConfig['tokens'],
  users: Users,
  watch: TokenWatch,
  { address, user = null }: Pick<Desk, 'address' | 'user'>,
  message: Login,
): void {
  if (user !== null) {
    checkUser(user, message);
    return;
  }
  const { GSW_AGENT_ID: agentId, GSW_GROUP: group, GSW_TOKEN: given = '' } = message;
  if (agents === undefined) {
    const isUser = users.get(agentId.trim().toLowerCase()) !== undefined;
    if (isUser || (desktop !== undefined && !sameSecret(given, desktop))) {
      throw watch.wrong(address, 'GSW_TOKEN');
    }
    return;
  }
  const known = Object.hasOwn(agents, agentId) ? agents[agentId] : undefined;
  // Whoever guesses does not learn which agents there are.
  if (known === undefined || !sameSecret(given, known.token)) throw watch.wrong(address, 'GSW_TOKEN');
  if (known.group === undefined || known.group === group) return;
  throw otherGroup(agentId, group, known.group);
}

function checkUser({ groups, mustChangePassword, name, role }: DeskUser, message: Login): void {
  const { GSW_AGENT_ID: agentId, GSW_GROUP: group } = message;
  if (role !== 'agent') {
    throw new CodedError('FORBIDDEN', `a user with the role ${role} has no desk`, {
      field: 'GSW_AGENT_ID',
      found: role,
      expected: 'the session of an agent',
    });
  }
  if (mustChangePassword) {
    throw new CodedError('FORBIDDEN', 'the one-time password has to be changed first', {
      field: 'GSW_AGENT_ID',
      expected: 'a password of your own, by POST /api/v1/session/password',
    });
  }
  if (agentId !== name) {
    throw new CodedError('UNAUTHORIZED', `the session is that of ${name}`, {
      field: 'GSW_AGENT_ID',
      found: agentId,
      expected: name,
    });
  }
  if (!groups.includes(group)) throw otherGroup(agentId, group, groups.join(' or '));
}

function otherGroup(agentId: string, found: string, expected: string): CodedError {
  return new CodedError('UNAUTHORIZED', `agent ${agentId} does not work in this group`, {
    field: 'GSW_GROUP',
    found,
    expected,
  });
}
