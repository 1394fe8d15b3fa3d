import type { PageProps } from '../page.ts';
import './calls.css';
import { CallList } from './call-list.tsx';
import { OneCall } from './one-call.tsx';

/** The calls that fit the filters of the address, or the one it names. */
export function Calls({ query, user }: PageProps) {
  const id = query.get('id');
  return id === null ? <CallList query={query} user={user} /> : <OneCall key={id} id={id} user={user} />;
}
