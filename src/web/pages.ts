import type { ComponentType } from 'preact';
import type { SessionView } from '../api/access.ts';
import { words } from './words.ts';

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

/** In the order of the links. Whoever logs in sees the first that is for the role. */
export const pages: readonly Page[] = [
  {
    path: 'wall',
    title: words.wall.heading,
    roles: ['supervisor', 'engineer', 'wall', 'admin'],
    load: async () => (await import('./wall.tsx')).Wall,
  },
];
