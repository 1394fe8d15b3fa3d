import { z } from 'zod';
import type { Argv } from 'yargs';
import type { Flag } from '../daemon/config-file.ts';
import { printLine } from '../terminal/output.ts';

/** An option that goes over one field of the configuration file. It has no default: the file has. */
export interface FlagSpec {
  type: 'string' | 'number';
  path: string[];
  describe: string;
}

/** Options every daemon has. */
export function daemonOptions(parser: Argv, specs: Record<string, FlagSpec>) {
  const options = parser
    .option('config', { type: 'string', describe: 'YAML configuration file', requiresArg: true })
    .option('check-config', { type: 'boolean', describe: 'Check the configuration and exit (78 when wrong)' })
    .option('print-schema', {
      type: 'boolean',
      describe: 'Print the JSON Schema of the configuration and exit',
    });
  for (const [name, { type, describe }] of Object.entries(specs)) {
    options.option(name, { type, describe, requiresArg: true });
  }
  return options;
}

/** The flags that were given, each with the field it sets. */
export function givenFlags(specs: Record<string, FlagSpec>, args: Record<string, unknown>): Flag[] {
  return Object.entries(specs).map(([name, { path }]) => ({ name, path, value: args[name] }));
}

export function printSchema(schema: z.ZodType, title: string): void {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  printLine(JSON.stringify({ title, ...json }, null, 2));
}
