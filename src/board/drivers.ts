import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import { dialogicDriver } from './dialogic/driver.ts';
import type { BoardDriver } from './driver.ts';
import { simDriver } from './sim/driver.ts';
import { sipDriver } from './sip/driver.ts';

/** The table of drivers: a row each. */
const drivers = [simDriver, dialogicDriver, sipDriver] as const;

type Row = (typeof drivers)[number];

/** Configuration of a board as it is written; `driver` says of which kind. */
export type BoardInput = z.input<Row['schema']>;
/** The same, checked and complete. */
export type BoardConfig = z.output<Row['schema']>;
/** The same as the addon takes it. */
export type PreparedConfig = ReturnType<Row['prepare']>;

export const boardConfigSchema = z.discriminatedUnion('driver', schemasOf(drivers));

function schemasOf<const Rows extends readonly { schema: unknown }[]>(
  rows: Rows,
): { [K in keyof Rows]: Rows[K]['schema'] } {
  return rows.map(({ schema }) => schema) as { [K in keyof Rows]: Rows[K]['schema'] };
}

/** @throws CodedError NOT_SUPPORTED: no such driver */
export function driverOf({ driver }: { driver: string }): BoardDriver<string, Row['schema'], PreparedConfig> {
  const found = drivers.find(({ name }) => name === driver);
  if (found !== undefined) return found;
  throw new CodedError('NOT_SUPPORTED', `board driver ${JSON.stringify(driver)} is not in this build`, {
    field: 'driver',
    found: driver,
    expected: drivers.map(({ name }) => name).join(' or '),
  });
}

/** A board whose clock moves by `advance` alone. */
export function isSteppedBoard(config: BoardConfig): boolean {
  return driverOf(config).isStepped(config);
}
