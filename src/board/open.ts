import type { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { Board } from './board.ts';
import { dialogicBoardConfigSchema } from './dialogic-config.ts';
import { dialogicHostBits, hostProgram } from './host-program.ts';
import { HostedBoard } from './native-board.ts';
import {
  checkTonePlan,
  coded,
  loadNative,
  tonePlans,
  unknownPlan,
  type HostCheck,
  type NativeBoardConfig,
  type TonePlanSource,
} from './native.ts';
import { simBoardConfigSchema } from './sim-config.ts';
import { loadSimWorld } from './sim-world.ts';
import type { SimulatedBoard } from './simulated-board.ts';

export type SimBoardInput = z.input<typeof simBoardConfigSchema>;
export type DialogicBoardInput = z.input<typeof dialogicBoardConfigSchema>;

/** Configuration of a board; `driver` says of which kind. */
export type BoardInput = SimBoardInput | DialogicBoardInput;

export interface OpenOptions {
  /** What relative names in the configuration count from; default the working folder. */
  folder?: string;
  /** Tone plans beside the built-in ones. */
  plans?: readonly TonePlanSource[];
  /**
   * Events that may wait for JavaScript, 16 or more; default 65 536. From half of it on observations are
   * dropped, beyond it events of spans and lines; an `overflow` event tells how many.
   */
  eventCapacity?: number;
  /** The program that hosts the board, where its configuration wants a process; default: this installation's. */
  hostProgram?: string;
  /** The board's clock moves by `advance`: of a hosted board whose vendor libraries are a test's. */
  stepped?: boolean;
}

const defaultEventCapacity = 65_536;

/**
 * Opens a board.
 *
 * @throws CodedError BAD_CONFIG, BAD_WORLD, BAD_AUDIO, NO_SUCH_FILE, UNKNOWN_PLAN: the configuration;
 *   NOT_SUPPORTED: no such driver, or the addon or the host program is not built; BOARD_ERROR: the board does
 *   not open
 */
export async function openBoard(config: BoardInput, options: OpenOptions = {}): Promise<Board> {
  switch (config.driver) {
    case 'sim':
      return openSimBoard(config, options);
    case 'dialogic':
      return openDialogicBoard(config, options);
    default:
      throw new CodedError(
        'NOT_SUPPORTED',
        `board driver ${JSON.stringify((config as { driver: unknown }).driver)} is not in this build`,
        { field: 'driver', found: (config as { driver: unknown }).driver, expected: 'sim or dialogic' },
      );
  }
}

/** Opens a simulated board; see {@link openBoard}. */
export async function openSimBoard(
  config: SimBoardInput,
  options: OpenOptions = {},
): Promise<SimulatedBoard> {
  const { host, ...parsed } = parseConfig(simBoardConfigSchema, config);
  const { folder = process.cwd(), plans = [] } = options;
  const world = loadSimWorld(parsed.world, folder);
  checkPlans(plans, [
    [parsed.plan, 'plan'],
    ...world.subscribers.map(({ plan }, i) => [plan, `world.subscribers.${String(i)}.plan`] as const),
  ]);
  const program = host === 'process' ? (options.hostProgram ?? hostProgram(64)) : null;
  return open({ ...parsed, world, plans: [...plans] }, options, program, parsed.clock === 'step');
}

/**
 * Opens a Dialogic board; see {@link openBoard}. `advance`, `truths` and `injectFault` are there for a host
 * program that has a world of its own behind the vendor's libraries.
 */
export async function openDialogicBoard(
  config: DialogicBoardInput,
  options: OpenOptions = {},
): Promise<SimulatedBoard> {
  const parsed = parseConfig(dialogicBoardConfigSchema, config);
  const { plans = [], stepped = false } = options;
  checkPlans(plans, [
    [parsed.plan, 'plan'],
    [parsed.analog.tonePlan, 'analog.tonePlan'],
  ]);
  const { host, hostBits: _hostBits, ...native } = parsed;
  const program = host === 'process' ? (options.hostProgram ?? hostProgram(dialogicHostBits(parsed))) : null;
  return open({ ...native, plans: [...plans] }, options, program, stepped);
}

/**
 * Whether a Dialogic board of this configuration could be opened, asked of the process that would have it. Loads the
 * vendor's libraries there and opens nothing.
 *
 * @throws CodedError NOT_SUPPORTED, BOARD_ERROR when there is no such process
 */
export async function checkDialogicHost(config: DialogicBoardInput): Promise<HostCheck> {
  const parsed = parseConfig(dialogicBoardConfigSchema, config);
  const { host, hostBits: _hostBits, ...native } = parsed;
  const program = host === 'process' ? hostProgram(dialogicHostBits(parsed)) : null;
  try {
    return JSON.parse(await loadNative().checkHost({ ...native, plans: [] }, program)) as HostCheck;
  } catch (error) {
    throw coded(error, parsed.name);
  }
}

async function open(
  config: NativeBoardConfig,
  { eventCapacity = defaultEventCapacity }: OpenOptions,
  program: string | null,
  stepped: boolean,
): Promise<HostedBoard> {
  try {
    return await HostedBoard.open(config, {
      eventCapacity: Math.max(16, eventCapacity),
      hostProgram: program,
      stepped,
    });
  } catch (error) {
    throw coded(error, config.name);
  }
}

function parseConfig<S extends z.ZodType>(schema: S, config: unknown): z.output<S> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join('.') || 'board';
  throw new CodedError(
    field.startsWith('world') ? 'BAD_WORLD' : 'BAD_CONFIG',
    `${field}: ${issue?.message}`,
    { field, expected: issue?.message ?? 'a board configuration' },
  );
}

/** The plans that are used, each under the field that names it, are known; the site's own can be read. */
function checkPlans(
  own: readonly TonePlanSource[],
  used: readonly (readonly [plan: string | undefined, field: string])[],
): void {
  const known = new Set([...tonePlans(), ...own].map(({ code }) => code));
  for (const [plan, field] of used)
    if (plan !== undefined && !known.has(plan)) throw unknownPlan(plan, field);
  for (const plan of own) checkTonePlan(plan, `plans.${plan.code}`);
}
