import type { Page } from './page.ts';
import { words } from './words.ts';

/** In the order of the links. Whoever logs in sees the first that is for the role. */
export const pages: readonly Page[] = [
  {
    path: 'wall',
    title: words.wall.heading,
    roles: ['supervisor', 'engineer', 'wall', 'admin'],
    load: async () => (await import('./wall/wall.tsx')).Wall,
  },
  {
    path: 'desk',
    title: words.desk,
    roles: ['agent'],
    load: async () => (await import('./desk/desk.tsx')).DeskPage,
  },
  {
    path: 'channels',
    title: words.channels,
    roles: ['supervisor', 'engineer', 'admin'],
    load: async () => (await import('./channels/channels.tsx')).Channels,
  },
  {
    path: 'calls',
    title: words.calls,
    roles: ['supervisor', 'engineer', 'admin'],
    load: async () => (await import('./calls/calls.tsx')).Calls,
  },
  {
    path: 'administration',
    title: words.administration,
    roles: ['supervisor', 'admin'],
    load: async () => (await import('./admin/admin.tsx')).Administration,
  },
];
