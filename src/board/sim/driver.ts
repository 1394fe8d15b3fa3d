import type { BoardDriver } from '../driver.ts';
import { simBoardConfigSchema, type SimBoardConfig, type SimWorld } from './config.ts';
import { loadSimWorld } from './world.ts';

/** With the world itself, its WAV names absolute. */
type PreparedSimBoard = Omit<SimBoardConfig, 'world' | 'host'> & { world: SimWorld };

/** The simulated board's row in the table of drivers. */
export const simDriver: BoardDriver<'sim', typeof simBoardConfigSchema, PreparedSimBoard> = {
  name: 'sim',
  schema: simBoardConfigSchema,
  isSimulated: true,
  fileField: 'world',
  prepare({ host: _host, ...config }, folder) {
    return { ...config, world: loadSimWorld(config.world, folder) };
  },
  plans({ plan, world }) {
    return [
      [plan, 'plan'],
      ...world.subscribers.map((each, i) => [each.plan, `world.subscribers.${String(i)}.plan`] as const),
    ];
  },
  boardHost: ({ host }) => (host === 'process' ? 64 : null),
  isStepped: ({ clock }) => clock === 'step',
  doctor: () => [],
};
