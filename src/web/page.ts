import type { ComponentType } from 'preact';
import type { SessionView } from '../api/access.ts';

export interface PageProps {
  user: SessionView;
  query: URLSearchParams;
}

/** A page of the console. */
export interface Page {
  /** In the address, after `#/`. */
  path: string;
  /** Its heading, and what links to it say. */
  title: string;
  /** Whose page it is; what the server allows is another table (`src/api/rights.ts`). */
  roles: readonly SessionView['role'][];
  /** Its content, below the heading; fetched when somebody goes there. */
  load: () => Promise<ComponentType<PageProps>>;
}
