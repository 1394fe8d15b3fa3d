import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Argv } from 'yargs';
import { ConfigError } from '../../../src/daemon/faults.ts';
import { CodedError } from '../../../src/domain/errors.ts';
import {
  addCommands,
  createParser,
  describeFailure,
  exitCodeOf,
  withoutIdleDashes,
} from '../../../src/terminal/program.ts';

describe('failures', () => {
  it('shows no stack for a mistake of the user, and one for ours', () => {
    const mistake = new CodedError('PORT_IN_USE', 'port 1 is in use');
    expect(describeFailure('cpdd', mistake)).toBe('cpdd: PORT_IN_USE: port 1 is in use\n');
    expect(exitCodeOf(mistake)).toBe(69);
    const number = new CodedError('BAD_NUMBER', 'number: "x" is none', { expected: '2 to 20 digits' });
    expect(describeFailure('cpdctl', number)).toBe(
      'cpdctl: BAD_NUMBER: number: "x" is none; expected 2 to 20 digits\n',
    );
    expect(describeFailure('cpdd', new TypeError('oops'))).toMatch(/INTERNAL: TypeError: oops\n {4}at /);
    expect(exitCodeOf(new TypeError('oops'))).toBe(70);
  });

  it('gives each fault of a configuration a line', () => {
    const fault = {
      source: 'a.yaml',
      line: 3,
      column: 7,
      field: 'log.level',
      found: '"x"',
      expected: 'one of info, warn',
      suggestion: null,
    };
    expect(describeFailure('cpdd', new ConfigError([fault, { ...fault, line: 4 }])).split('\n')).toEqual([
      'cpdd: BAD_CONFIG: the configuration has 2 faults',
      'a.yaml:3:7: log.level: found "x", expected one of info, warn',
      'a.yaml:4:7: log.level: found "x", expected one of info, warn',
      '',
    ]);
  });
});

describe('usage', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['dial -- +12125550100', 'dial +12125550100'],
    ['dial --json -- 5551', 'dial --json 5551'],
    ['analyze -- -a.wav', 'analyze -- -a.wav'],
    ['dial 5551', 'dial 5551'],
  ])('takes %j as %j', (given, taken) => {
    expect(withoutIdleDashes(given.split(' '))).toEqual(taken.split(' '));
  });

  const group = {
    command: 'campaign',
    builder: (yargs: Argv) =>
      addCommands(yargs, 'x campaign', [
        { command: 'status [name]', handler: () => {} },
        { command: 'import <list> <csv> [tz]', handler: () => {} },
      ]),
    handler: () => {},
  };
  const dial = {
    command: 'dial <number>',
    builder: {
      'ring-timeout': { type: 'number' },
      'trunk-side': { choices: ['left', 'right', '"'], requiresArg: true },
    },
    handler: () => {},
  } as const;
  const board = {
    command: 'board <topic>',
    builder: { topic: { choices: ['clock', 'events'] } },
    handler: () => {},
  } as const;
  const parse = async (line: string | string[]) =>
    addCommands(createParser('x'), 'x', [
      { command: 'boards', handler: () => {} },
      dial,
      group,
      board,
    ]).parseAsync(line);

  it.each([
    ['bogus', 'unknown command bogus (see x --help)'],
    ['bogus --json', 'unknown command bogus (see x --help)'],
    ['bords', 'unknown command bords; did you mean boards? (see x --help)'],
    ['campaign staus', 'unknown command staus; did you mean status? (see x campaign --help)'],
    ['campaign', 'a command is missing: status, import (see x campaign --help)'],
    ['', 'a command is missing: boards, dial, campaign, board (see x --help)'],
    ['dial 555 777', 'Unknown argument: 777 (see x dial --help)'],
    ['dial', 'argument is missing: <number> (see x dial --help)'],
    ['campaign import', 'arguments are missing: <list> <csv> (see x campaign import --help)'],
    ['campaign import autumn', 'argument is missing: <csv> (see x campaign import --help)'],
    ['dial 555 --trunk-side', 'Not enough arguments following: trunk-side (see x dial --help)'],
    ['dial 555 --ring-timeout abc', 'option --ring-timeout: not a number'],
  ])('refuses %j', async (line, message) => {
    await expect(parse(line)).rejects.toMatchObject({ code: 'BAD_ARGUMENT', message });
  });

  it.each([
    [
      'trunk-side',
      'lfet',
      'option --trunk-side: found "lfet", expected one of left, right, "; did you mean left?',
    ],
    [
      'trunk-side',
      'X, Choices: "',
      'option --trunk-side: found "X, Choices: \\"", expected one of left, right, "',
    ],
  ])('names the choices of --%s, and the one that %j is near to', async (field, found, text) => {
    await expect(parse(['dial', '555', `--${field}`, found])).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: `${text} (see x dial --help)`,
      field,
      found,
      expected: 'one of left, right, "',
    });
  });

  it('names the choices of an argument', async () => {
    await expect(parse('board evnets')).rejects.toMatchObject({
      message:
        'topic: found "evnets", expected one of clock, events; did you mean events? (see x board --help)',
    });
  });

  it('speaks one language, whatever that of the terminal', async () => {
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
    await expect(parse('dial')).rejects.toMatchObject({
      message: 'argument is missing: <number> (see x dial --help)',
    });
  });

  it('takes numbers where numbers are', async () => {
    expect(await parse('dial 555 --ring-timeout 5')).toMatchObject({ ringTimeout: 5 });
  });
});

describe('arguments given more than once', () => {
  const parsed = async (line: string) => {
    let seen: Record<string, unknown> = {};
    await createParser('x')
      .command(
        'read <files..>',
        'several files',
        (yargs) =>
          yargs
            .positional('files', { type: 'string', demandOption: true })
            .option('plan', { choices: ['US', 'GB'] })
            .option('hold-ms', { type: 'number' })
            .option('json', { type: 'boolean' })
            .option('only-these', { type: 'string', array: true }),
        (args) => {
          seen = args;
        },
      )
      .parseAsync(line);
    return seen;
  };

  it('are all kept where a command takes several', async () => {
    expect((await parsed('read a.wav b.wav c.wav'))['files']).toEqual(['a.wav', 'b.wav', 'c.wav']);
    expect((await parsed('read a.wav'))['files']).toEqual(['a.wav']);
    expect((await parsed('read a --only-these p --only-these q'))['onlyThese']).toEqual(['p', 'q']);
  });

  it('count as last said where there is one', async () => {
    const line = 'read a b --plan US --plan GB --hold-ms 1 --hold-ms 2 --json --no-json';
    expect(await parsed(line)).toMatchObject({
      files: ['a', 'b'],
      plan: 'GB',
      holdMs: 2,
      'hold-ms': 2,
      json: false,
    });
    expect(
      await createParser('x').option('url', { type: 'string' }).parseAsync('--url a --url b'),
    ).toMatchObject({
      url: 'b',
    });
  });
});
