import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { addCommands, createParser } from '../../../src/terminal/program.ts';

const parser = () => addCommands(createParser('cpdctl'), 'cpdctl', commands);

/** What `cpdctl WORDS --help` prints. */
async function helpOf(words: readonly string[]): Promise<string> {
  let help = '';
  await parser().parse([...words, '--help'], {}, (_error, _args, output) => {
    help = output;
  });
  return help;
}

/** A command with its own subcommands, from what help says. */
async function walk(words: readonly string[]): Promise<string[][]> {
  const list = /Commands:\n([^]*?)\n\n/.exec(await helpOf(words))?.[1] ?? '';
  const path = ['cpdctl', ...words].join(' ');
  const names = [...list.matchAll(new RegExp(`^ *${path} ([a-z-]+)`, 'gm'))].map(([, name]) => name ?? '');
  const below = await Promise.all(names.map((name) => walk([...words, name])));
  return [...(words.length === 0 ? [] : [[...words]]), ...below.flat()];
}

const all = await walk([]);
const groups = ['campaign', 'dnc', 'list', 'recordings', 'users'];
const leaves = all.map((words) => words.join(' ')).filter((name) => !groups.includes(name));

describe('every command of cpdctl', () => {
  it('is found by walking through the help', () => {
    expect(leaves.length).toBeGreaterThan(24);
    expect(leaves).toEqual(
      expect.arrayContaining(['boards', 'campaign load', 'dnc check', 'tones learn', 'snapshot']),
    );
  });

  it.each(all.map((words) => words.join(' ')))(
    '%s has help that describes it, with an example',
    async (name) => {
      const help = await helpOf(name.split(' '));
      expect(help).toMatch(new RegExp(`^cpdctl ${name}\\b.*\n\n[A-Z]`));
      expect(help).toMatch(new RegExp(`Examples:[^]*\\n +cpdctl ${name.split(' ')[0] ?? ''}\\b`));
    },
  );

  // These write CSV, which is for programs as it is.
  const csv = ['campaign export', 'dnc export', 'list export'];
  it.each(leaves.filter((name) => !csv.includes(name)))('%s prints JSON on request', async (name) => {
    expect(await helpOf(name.split(' '))).toMatch(/^ +--json +/m);
  });

  it.each(leaves)('%s refuses an option without its value', async (name) => {
    const help = await helpOf(name.split(' '));
    const options = (/Options:\n([^]*?)\n\n/.exec(help)?.[1] ?? '').split(/\n(?=.{1,9}--)/);
    // Of `dial --record` the value may be left out: cpdd then names the file.
    const withValue = options.filter(
      (text) => /\[(string|number|choices)/.test(text) && !/--record /.test(text),
    );
    const required = [...(help.split('\n', 1)[0] ?? '').matchAll(/<[^>]+>/g)].map(() => 'x');
    for (const text of withValue) {
      const option = /--([a-z-]+)/.exec(text)?.[1] ?? '';
      const given = [...name.split(' '), ...required, `--${option}`];
      const refused = (async () => parser().parseAsync(given))();
      await expect(refused, option).rejects.toMatchObject({
        code: 'BAD_ARGUMENT',
        message: expect.stringMatching(`^Not enough arguments following: ${option} \\(see`) as unknown,
      });
    }
  });
});
