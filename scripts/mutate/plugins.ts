import { relative } from 'node:path';
import { CheckStatus, type Checker } from '@stryker-mutator/api/check';
import type { Mutant as StrykerMutant, StrykerOptions } from '@stryker-mutator/api/core';
import type { Ignorer } from '@stryker-mutator/api/ignore';
import {
  commonTokens,
  declareClassPlugin,
  declareValuePlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import { createCompiler } from './compiler.ts';
import { chosen, type SampleOptions } from './sample.ts';

/** Stryker knows no samples; the checker before the compiler turns away what is not in ours. */
export const notInSample = 'not in the sample';

export const strykerValidationSchema = { properties: { sample: { type: 'object' } } };

class SampleChecker implements Checker {
  static readonly inject = tokens(commonTokens.options);
  readonly #options: SampleOptions;
  #chosen = new Set<string>();

  constructor(options: StrykerOptions) {
    this.#options = options['sample'] as SampleOptions;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  /** Stryker shows all mutants at once here, before the first is checked. */
  group(mutants: StrykerMutant[]): Promise<string[][]> {
    const places = mutants.map(({ id, fileName, location: { start }, replacement }) => ({
      id,
      file: relative(process.cwd(), fileName),
      line: start.line,
      column: start.column,
      replacement,
    }));
    this.#chosen = new Set([...chosen(places, this.#options)].map(({ id }) => id));
    return Promise.resolve(mutants.map(({ id }) => [id]));
  }

  check(mutants: StrykerMutant[]) {
    return Promise.resolve(
      Object.fromEntries(
        mutants.map(({ id }) => [
          id,
          this.#chosen.has(id)
            ? { status: CheckStatus.Passed as const }
            : { status: CheckStatus.CompileError as const, reason: notInSample },
        ]),
      ),
    );
  }
}

class CompilerChecker implements Checker {
  readonly #compiler = createCompiler('tsconfig.json');

  init(): Promise<void> {
    return Promise.resolve();
  }

  check(mutants: StrykerMutant[]) {
    return Promise.resolve(
      Object.fromEntries(
        mutants.map(({ id, ...edit }) => {
          const reason = this.#compiler.complaint(edit);
          return [
            id,
            reason === null
              ? { status: CheckStatus.Passed as const }
              : { status: CheckStatus.CompileError as const, reason },
          ];
        }),
      ),
    );
  }
}

interface Node {
  type: string;
  expression?: Node;
  callee?: { object?: { name?: string; property?: { name?: string } } };
}

/** What is written to a log is for people; no test asks for it. */
const logs: Ignorer = {
  shouldIgnore(path) {
    const { node } = path as { node: Node };
    const call = node.type === 'ExpressionStatement' ? node.expression : node;
    if (call?.type !== 'CallExpression') return undefined;
    const object = call.callee?.object;
    return object?.name === 'log' || object?.property?.name === 'log' ? 'a line in the log' : undefined;
  },
};

export const strykerPlugins = [
  declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker),
  declareClassPlugin(PluginKind.Checker, 'compiler', CompilerChecker),
  declareValuePlugin(PluginKind.Ignore, 'logs', logs),
];
