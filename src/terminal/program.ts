import yargs, { type Argv, type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { CodedError, errorCodes } from '../domain/errors.ts';
import { nearestName } from './nearest-name.ts';

/**
 * Runs a program's main function. A coded error (somebody's mistake) becomes one line on stderr and the exit
 * code of the catalogue; any other error keeps its stack, for it is ours.
 */
export async function runProgram(name: string, main: () => void | Promise<void>): Promise<void> {
  // A reader that went away (`cpdctl calls | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await main();
  } catch (error) {
    process.stderr.write(describeFailure(name, error));
    process.exitCode = exitCodeOf(error);
  }
}

/** What a user reads of a failure, without a stack for coded errors. */
export function describeFailure(name: string, error: unknown): string {
  if (error instanceof CodedError) return `${name}: ${error.code}: ${sentence(error)}\n`;
  return `${name}: INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}

/** The message, with what was expected where it does not say that itself. */
function sentence({ message, expected }: CodedError): string {
  return expected === undefined || message.includes('expected') || message.includes(` ${expected}`)
    ? message
    : `${message}; expected ${expected}`;
}

export function exitCodeOf(error: unknown): number {
  return errorCodes[error instanceof CodedError ? error.code : 'INTERNAL'].exit;
}

/**
 * A strict command line: wrong usage is a BAD_ARGUMENT, never a half-run command. `--help` and `--version` print and
 * end the program, so that nothing runs after them.
 */
export function createParser(name: string): Argv {
  // In English as everything else; refuseUsage knows its words.
  return yargs(withoutIdleDashes(hideBin(process.argv)))
    .locale('en')
    .scriptName(name)
    .strict()
    .parserConfiguration({ 'duplicate-arguments-array': true, 'camel-case-expansion': true })
    .check((argv, declared) => {
      keepLast(argv, declared);
      refuseNoNumber(argv);
      return true;
    }, true)
    .wrap(process.stdout.isTTY ? Math.min(110, process.stdout.columns) : 100)
    .help()
    .alias('help', 'h')
    .fail(refuseUsage(name));
}

/**
 * Adds commands to a parser, or subcommands to a command: one of them is wanted. A word that is none
 * is refused with the command that was probably meant.
 *
 * @param name of the program, with the command whose subcommands these are: `cpdctl campaign`
 */
export function addCommands(
  parser: Argv,
  name: string,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command has its own options
  commands: readonly CommandModule<any, any>[],
): Argv {
  for (const command of commands) parser.command(withOwnFailure(name, command));
  const names = commands.map(({ command }) => String(command).split(' ', 1)[0] ?? '');
  const depth = name.split(' ').length - 1;
  return parser
    .middleware((argv) => {
      const word = argv._[depth]?.toString();
      if (word === undefined || names.includes(word)) return;
      const meant = nearestName(word, names);
      throw new CodedError(
        'BAD_ARGUMENT',
        `unknown command ${word}${meant === null ? '' : `; did you mean ${meant}?`} (see ${name} --help)`,
      );
    }, true)
    .demandCommand(1, `a command is missing: ${names.join(', ')}`);
}

/** The command, whose mistakes point to its own help. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command has its own options
export function withOwnFailure(parent: string, command: CommandModule<any, any>): CommandModule {
  const [word = '', ...positionals] = String(command.command).split(' ');
  const { builder } = command;
  return {
    ...command,
    builder: (parser: Argv): Argv => {
      // Of several the parser calls the one that was added last: that of the innermost command.
      parser.fail(refuseUsage(`${parent} ${word}`, positionals));
      return typeof builder === 'function' ? (builder(parser) as Argv) : parser.options(builder ?? {});
    },
  };
}

/**
 * What happens with a complaint of the parser.
 *
 * @param positionals as the command declares them: `<file>`, `[phone]`
 */
function refuseUsage(
  name: string,
  positionals: readonly string[] = [],
): (message: string | null, error: Error | undefined) => never {
  return (message, error) => {
    // The parser throws some of its own complaints (an option without its value); they are the user's too.
    if (error !== undefined && error.name !== 'YError') throw error;
    const said = message ?? error?.message ?? 'wrong usage';
    const { text, ...detail } = missingArguments(said, positionals) ??
      wrongChoice(said, positionals) ?? { text: said };
    throw new CodedError('BAD_ARGUMENT', `${text} (see ${name} --help)`, detail);
  };
}

interface Complaint {
  text: string;
  field?: string;
  found?: string;
  expected?: string;
}

/** The parser only counts them. */
function missingArguments(said: string, positionals: readonly string[]): Complaint | null {
  const given = /^Not enough non-option arguments: got (\d+)/.exec(said)?.[1];
  if (given === undefined) return null;
  const missing = positionals.slice(Number(given)).filter((each) => each.startsWith('<'));
  if (missing.length === 0) return null;
  const are = missing.length === 1 ? 'argument is' : 'arguments are';
  return { text: `${are} missing: ${missing.join(' ')}` };
}

/** The parser takes several lines, and does not say which was probably meant. */
function wrongChoice(said: string, positionals: readonly string[]): Complaint | null {
  const [, field, given, choices] = /^ {2}Argument: (\S+), Given: (.*), Choices: (.*)$/m.exec(said) ?? [];
  if (field === undefined || given === undefined || choices === undefined) return null;
  const known = valuesOf(choices);
  const found = valuesOf(given)[0] ?? '';
  const expected = `one of ${known.join(', ')}`;
  const meant = nearestName(found, known);
  const what = positionals.some((each) => each.slice(1, -1) === field) ? field : `option --${field}`;
  return {
    text: `${what}: found ${JSON.stringify(found)}, expected ${expected}${meant === null ? '' : `; did you mean ${meant}?`}`,
    field,
    found,
    expected,
  };
}

/** @param list of values as the parser writes them: `"left", "right"` */
function valuesOf(list: string): string[] {
  return (JSON.parse(`[${list}]`) as unknown[]).map(String);
}

/**
 * The parser does not take what stands behind `--` for a command's arguments. Where nothing behind it could be an
 * option, and nothing before it is one that might take the next word, it says nothing and is left out.
 */
export function withoutIdleDashes(args: readonly string[]): string[] {
  const at = args.indexOf('--');
  if (at < 0 || args.slice(at).some((arg, i) => i > 0 && arg.startsWith('-'))) return [...args];
  return [...args.slice(0, at), ...args.slice(at + 1)];
}

/** `--ring-timeout abc`: the parser itself would go on with NaN. */
function refuseNoNumber(argv: Record<string, unknown>): void {
  const wrong = Object.keys(argv).find((name) => Number.isNaN(argv[name]));
  if (wrong === undefined) return;
  throw new CodedError('BAD_ARGUMENT', `option --${wrong}: not a number`, {
    field: wrong,
    expected: 'a number',
  });
}

/**
 * Of an option given twice the last one counts. The parser could do that itself, but would then drop all files
 * but the last where a command takes several (`<files..>`); so it collects everything, and what was not declared
 * as a list is undone here.
 *
 * @param declared what the parser hands to a check: the declared options by kind
 */
function keepLast(argv: Record<string, unknown>, declared: unknown): void {
  const lists = (declared as { array: readonly string[] }).array;
  const kept = new Set(['_', '--', ...lists, ...lists.map(camelCase)]);
  for (const [name, value] of Object.entries(argv)) {
    if (Array.isArray(value) && !kept.has(name)) argv[name] = value.at(-1);
  }
}

function camelCase(name: string): string {
  return name.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
}
