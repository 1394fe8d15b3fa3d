import { existsSync } from 'node:fs';
import type { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { Board } from './board.ts';
import { boardHostProgram, howToBuild, type BoardHost } from './board-host-program.ts';
import type { BoardFinding, BoardHostCheck, NamedPlan } from './driver.ts';
import { driverOf, type BoardConfig, type BoardInput, type PreparedConfig } from './drivers.ts';
import { AddonBoard } from './addon-board.ts';
import type { TonePlanSource } from './native-addon.ts';
import { coded, loadNative } from './native.ts';
import type { SimulatedBoard, Simulation } from './simulation.ts';
import { checkTonePlan, tonePlans, unknownPlan } from './tone-plans.ts';

export type SimBoardInput = Extract<BoardInput, { driver: 'sim' }>;

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
  boardHostProgram?: string;
  /** The board has a simulation though its driver has none: of a board host whose vendor libraries are a test's. */
  stepped?: boolean;
}

const defaultEventCapacity = 65_536;

/**
 * Opens a board of any driver.
 *
 * @throws CodedError BAD_CONFIG, BAD_WORLD, BAD_AUDIO, NO_SUCH_FILE, UNKNOWN_PLAN: the configuration;
 *   NOT_SUPPORTED: no such driver, or the addon or the board host is not built; BOARD_ERROR: the board does
 *   not open
 */
export async function openBoard(input: BoardInput, options: OpenOptions = {}): Promise<Board> {
  return open(input, options);
}

/** Opens a simulated board; see {@link openBoard}. */
export async function openSimBoard(input: SimBoardInput, options: OpenOptions = {}): Promise<SimulatedBoard> {
  const board = await open(input, options);
  return board as AddonBoard & { simulation: Simulation };
}

/** What a board offers beside the port; null where it is no simulated one. */
export function simulationOf(board: Board): Simulation | null {
  return board instanceof AddonBoard ? board.simulation : null;
}

/**
 * Whether this machine can run a board of this configuration: libraries, board host, devices. Opens nothing.
 *
 * @throws CodedError NOT_SUPPORTED: no such driver
 */
export async function checkBoardInstallation(input: BoardInput): Promise<BoardFinding[]> {
  const { driver, config } = parsed(input);
  return driver.doctor(config, async () => {
    const native = { ...driver.prepare(config, process.cwd()), plans: [] };
    try {
      return JSON.parse(
        await loadNative().checkBoardHost(native, programOf(driver.boardHost(config))),
      ) as BoardHostCheck;
    } catch (error) {
      throw coded(error, config.name);
    }
  });
}

async function open(input: BoardInput, options: OpenOptions): Promise<AddonBoard> {
  const { driver, config } = parsed(input);
  const { folder = process.cwd(), plans = [], eventCapacity = defaultEventCapacity } = options;
  const prepared: PreparedConfig = driver.prepare(config, folder);
  checkPlans(plans, driver.plans(prepared));
  const stepped = options.stepped ?? driver.isStepped(config);
  try {
    return await AddonBoard.open(
      { ...prepared, plans: [...plans] },
      {
        eventCapacity: Math.max(16, eventCapacity),
        boardHostProgram: programOf(driver.boardHost(config), options.boardHostProgram),
        stepped,
      },
      driver.isSimulated || stepped,
    );
  } catch (error) {
    throw coded(error, config.name);
  }
}

/** @throws CodedError NOT_SUPPORTED: this installation has no such program */
function programOf(host: BoardHost | null, given?: string): string | null {
  if (host === null) return null;
  const program = given ?? boardHostProgram(host);
  if (existsSync(program)) return program;
  throw new CodedError(
    'NOT_SUPPORTED',
    `the board host ${program} cannot be run: No such file or directory; ${howToBuild(host)}`,
    {
      field: 'driver',
      found: program,
      expected: howToBuild(host),
    },
  );
}

/** @throws CodedError NOT_SUPPORTED, BAD_CONFIG, BAD_WORLD */
function parsed(input: BoardInput): { driver: ReturnType<typeof driverOf>; config: BoardConfig } {
  const driver = driverOf(input);
  return { driver, config: parseConfig(driver.schema, input) };
}

function parseConfig<S extends z.ZodType>(schema: S, config: unknown): z.output<S> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join('.') || 'board';
  const found = issue?.path.reduce<unknown>(
    (at, key) => (at as Partial<Record<PropertyKey, unknown>> | undefined)?.[key],
    config,
  );
  throw new CodedError(
    field.startsWith('world') ? 'BAD_WORLD' : 'BAD_CONFIG',
    `${field}: ${issue?.message}`,
    {
      field,
      ...(typeof found === 'string' && { found }),
      expected: issue?.message ?? 'a board configuration',
    },
  );
}

/** The plans that are used, each under the field that names it, are known; the site's own can be read. */
function checkPlans(own: readonly TonePlanSource[], used: readonly NamedPlan[]): void {
  const known = new Set([...tonePlans(), ...own].map(({ code }) => code));
  for (const [plan, field] of used)
    if (plan !== undefined && !known.has(plan)) throw unknownPlan(plan, field);
  for (const plan of own) checkTonePlan(plan, `plans.${plan.code}`);
}
