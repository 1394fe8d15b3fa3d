import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { CodedError, errorCodes } from '../domain/errors.ts';
import { ConfigError, nearestKey } from '../daemon/faults.ts';

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

/** What a user reads of a failure: a line for each fault, without a stack for coded errors. */
export function describeFailure(name: string, error: unknown): string {
  if (error instanceof ConfigError) {
    return `${name}: ${error.code}: the configuration has ${error.faults.length} fault(s)\n${error.message}\n`;
  }
  if (error instanceof CodedError) return `${name}: ${error.code}: ${sentence(error)}\n`;
  return `${name}: INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}

/** The message, with what was expected where it does not say that itself. */
function sentence({ message, expected }: CodedError): string {
  return expected === undefined || message.includes('expected') || message.includes(expected)
    ? message
    : `${message}; expected ${expected}`;
}

export function exitCodeOf(error: unknown): number {
  return errorCodes[error instanceof CodedError ? error.code : 'INTERNAL'].exit;
}

/** A strict yargs parser of this house: wrong usage is a BAD_ARGUMENT, never a half-run command. */
export function createParser(name: string): Argv {
  let firstWord: string | undefined;
  const parser = yargs(withoutIdleDashes(hideBin(process.argv)));
  return parser
    .scriptName(name)
    .strict()
    .parserConfiguration({ 'duplicate-arguments-array': true, 'camel-case-expansion': true })
    .middleware((argv: Record<string, unknown> & { _: (string | number)[] }) => {
      firstWord = argv._[0]?.toString();
      keepLast(argv, parser);
      refuseNoNumber(argv, parser);
    }, true)
    .wrap(process.stdout.isTTY ? Math.min(110, process.stdout.columns) : 100)
    .exitProcess(false)
    .help()
    .alias('help', 'h')
    .fail((message: string | null, error: Error | undefined) => {
      // The parser throws some of its own complaints (an option without its value); they are the user's too.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new CodedError(
        'BAD_ARGUMENT',
        `${unknownCommand(message, firstWord, parser) ?? message ?? error?.message ?? 'wrong usage'} (see ${name} --help)`,
      );
    });
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
function refuseNoNumber(argv: Record<string, unknown>, parser: Argv): void {
  // Not in the types of yargs either.
  const numbers = (parser as Argv & { getOptions(): { number: string[] } }).getOptions().number;
  const wrong = numbers.find((name) => Number.isNaN(argv[name]));
  if (wrong === undefined) return;
  throw new CodedError('BAD_ARGUMENT', `option --${wrong}: not a number`, {
    field: wrong,
    expected: 'a number',
  });
}

/** What the parser calls an unknown argument is an unknown command where no command was known yet. */
function unknownCommand(message: string | null, word: string | undefined, parser: Argv): string | null {
  // Not in the types of yargs either.
  const inner = parser as Argv & {
    getInternalMethods(): {
      getContext(): { commands: string[] };
      getCommandInstance(): { getCommands(): string[] };
    };
  };
  const methods = inner.getInternalMethods();
  const commands = methods.getCommandInstance().getCommands();
  if (word === undefined || commands.length === 0 || methods.getContext().commands.length > 0) return null;
  if (message?.startsWith('Unknown argument') !== true) return null;
  const meant = nearestKey(word, commands);
  return `unknown command ${word}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/**
 * Of an option given twice the last one counts. The parser could do that itself, but would then drop all files
 * but the last where a command takes several (`<files..>`); so it collects everything, and what was not declared
 * as a list is undone here.
 */
function keepLast(argv: Record<string, unknown>, parser: Argv): void {
  // Not in the types of yargs: the options that were declared as lists, several positionals among them.
  const lists = (parser as Argv & { getOptions(): { array: string[] } }).getOptions().array;
  const kept = new Set(['_', '--', ...lists, ...lists.map(camelCase)]);
  for (const [name, value] of Object.entries(argv)) {
    if (Array.isArray(value) && !kept.has(name)) argv[name] = value.at(-1);
  }
}

function camelCase(name: string): string {
  return name.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
}
