import type { BoardDriver } from '../driver.ts';
import { dialogicBoardHostBits } from './board-host-bits.ts';
import { dialogicBoardConfigSchema, type DialogicBoardConfig } from './config.ts';
import { checkDialogic } from './doctor.ts';

/** The Dialogic board's row in the table of drivers. */
export const dialogicDriver: BoardDriver<
  'dialogic',
  typeof dialogicBoardConfigSchema,
  Omit<DialogicBoardConfig, 'host' | 'hostBits'>
> = {
  name: 'dialogic',
  schema: dialogicBoardConfigSchema,
  isSimulated: false,
  fileField: null,
  prepare: ({ host: _host, hostBits: _hostBits, ...config }) => config,
  plans: ({ plan, analog }) => [
    [plan, 'plan'],
    [analog.tonePlan, 'analog.tonePlan'],
  ],
  boardHost: (config) => (config.host === 'process' ? dialogicBoardHostBits(config) : null),
  isStepped: () => false,
  doctor: checkDialogic,
};
