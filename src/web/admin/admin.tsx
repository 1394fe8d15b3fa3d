import type { ComponentChildren } from 'preact';
import { linkTo } from '../address.ts';
import type { PageProps } from '../page.ts';
import './admin.css';
import { adminWords } from './admin-words.ts';
import { Audit } from './audit.tsx';
import { Campaigns } from './campaigns.tsx';
import { DoNotCall } from './do-not-call.tsx';
import { Lists } from './lists.tsx';
import { Users } from './users.tsx';

type Part = 'lists' | 'dnc' | 'campaigns' | 'users' | 'audit';

/** Lists, Do Not Call and campaigns for a supervisor; users and the audit besides for an admin. */
export function Administration({ query, user }: PageProps) {
  const isAdmin = user.role === 'admin';
  const parts: Record<string, () => ComponentChildren> = {
    lists: () => <Lists />,
    dnc: () => <DoNotCall isAdmin={isAdmin} />,
    campaigns: () => <Campaigns />,
    ...(isAdmin && { users: () => <Users />, audit: () => <Audit query={query} /> }),
  };
  const asked = query.get('part') ?? '';
  const part = Object.hasOwn(parts, asked) ? asked : 'lists';
  return (
    <>
      <nav class="parts" aria-label={adminWords.parts}>
        {Object.keys(parts).map((each) => (
          <a
            key={each}
            href={linkTo('administration', new URLSearchParams({ part: each }))}
            aria-current={each === part ? 'page' : undefined}
          >
            {adminWords[each as Part]}
          </a>
        ))}
      </nav>
      {parts[part]?.()}
    </>
  );
}
