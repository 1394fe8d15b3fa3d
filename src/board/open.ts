import type { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { Board } from './board.ts';
import { HostedBoard } from './native-board.ts';
import { coded, parseCadence, tonePlans, unknownPlan, type TonePlanSource } from './native.ts';
import { simBoardConfigSchema } from './sim-config.ts';
import { loadSimWorld } from './sim-world.ts';
import type { SimulatedBoard } from './simulated-board.ts';

export type SimBoardInput = z.input<typeof simBoardConfigSchema>;

/** Configuration of a board; `driver` says of which kind. */
export type BoardInput = SimBoardInput | { driver: 'dialogic' };

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
}

const defaultEventCapacity = 65_536;

/**
 * Opens a board.
 *
 * @throws CodedError BAD_CONFIG, BAD_WORLD, BAD_AUDIO, NO_SUCH_FILE, UNKNOWN_PLAN: the configuration;
 *   NOT_SUPPORTED: no such driver, or the addon is not built; BOARD_ERROR: the board does not open
 */
export async function openBoard(config: BoardInput, options: OpenOptions = {}): Promise<Board> {
  if (config.driver === 'sim') return openSimBoard(config, options);
  throw new CodedError(
    'NOT_SUPPORTED',
    `board driver ${JSON.stringify(config.driver)} is not in this build`,
    {
      field: 'driver',
      found: config.driver,
      expected: 'sim',
    },
  );
}

/** Opens a simulated board; see {@link openBoard}. */
// eslint-disable-next-line @typescript-eslint/require-await -- boards of other kinds take their time to open
export async function openSimBoard(
  config: SimBoardInput,
  options: OpenOptions = {},
): Promise<SimulatedBoard> {
  const parsed = simBoardConfigSchema.safeParse(config);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.') || 'board';
    throw new CodedError(
      field.startsWith('world') ? 'BAD_WORLD' : 'BAD_CONFIG',
      `${field}: ${issue?.message}`,
      {
        field,
        expected: issue?.message ?? 'a board configuration',
      },
    );
  }
  const { folder = process.cwd(), plans = [], eventCapacity = defaultEventCapacity } = options;
  const world = loadSimWorld(parsed.data.world, folder);
  const known = new Set([...tonePlans(), ...plans].map((plan) => plan.code));
  const usePlan = (plan: string | undefined, field: string) => {
    if (plan !== undefined && !known.has(plan)) throw unknownPlan(plan, field);
  };
  usePlan(parsed.data.plan, 'plan');
  world.subscribers.forEach((subscriber, i) => usePlan(subscriber.plan, `world.subscribers.${i}.plan`));
  for (const plan of plans) checkPlan(plan);
  try {
    return new HostedBoard({ ...parsed.data, world, plans: [...plans] }, Math.max(16, eventCapacity));
  } catch (error) {
    throw coded(error, parsed.data.name);
  }
}

function checkPlan(plan: TonePlanSource): void {
  const { code, name: _name, ...cadences } = plan;
  for (const [tone, notation] of Object.entries(cadences)) parseCadence(notation, `plans.${code}.${tone}`);
}
