import type { z } from 'zod';
import type { BoardHost } from './board-host-program.ts';

/** Whether boards of a configuration could be opened in a process, and what each library and part says to it. */
export interface BoardHostCheck {
  ok: boolean;
  checks: { check: string; ok: boolean; text: string }[];
}

/** What `cpdctl doctor` says of one thing that a board needs; `advice` says what to do about it. */
export interface BoardFinding {
  check: string;
  state: 'ok' | 'warn' | 'fail';
  detail: string;
  advice: string | null;
}

/** A tone plan that a configuration names, and the field that names it. */
export type NamedPlan = readonly [plan: string | undefined, field: string];

/** The schema of a driver's configuration: `driver` in it is a literal, the driver's name. */
export type DriverSchema = z.ZodType<{ driver: string; name: string }>;

/**
 * A driver of boards: its row in the table of `drivers.ts`. The same board's row in C++ is in
 * `native/board/drivers.h`.
 */
export interface BoardDriver<
  Name extends string = string,
  Schema extends DriverSchema = DriverSchema,
  Prepared extends { driver: string; name: string } = { driver: string; name: string },
> {
  name: Name;
  schema: Schema;
  /** Its boards have a simulation. */
  isSimulated: boolean;
  /** The field whose file `prepare` reads; null: it reads none. */
  fileField: string | null;
  /**
   * What the addon takes: the configuration without what is for TypeScript alone, its files read.
   *
   * @param folder what relative names count from
   * @throws CodedError as the driver's files have it
   */
  prepare(config: z.output<Schema>, folder: string): Prepared;
  plans(prepared: Prepared): NamedPlan[];
  /** The board host that the board is to have; null: it is in this process. */
  boardHost(config: z.output<Schema>): BoardHost | null;
  /** The board's clock moves by `advance` alone. */
  isStepped(config: z.output<Schema>): boolean;
  /**
   * Whether this machine can run such a board, from the outside in. Opens nothing.
   *
   * @param checkBoardHost asks the process that would have the board; loads there what the driver needs
   */
  doctor(
    config: z.output<Schema>,
    checkBoardHost: () => Promise<BoardHostCheck>,
  ): BoardFinding[] | Promise<BoardFinding[]>;
}
