import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminApi } from '../../src/api/admin.ts';
import { supervisorApi } from '../../src/api/supervisor.ts';

/** What a document names must exist: documents that name what is gone mislead. CHANGELOG.md speaks of the past. */
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Paths below the repository's folders of sources and documents. */
function pathsIn(text: string): string[] {
  const folders = 'src|native|test|docs|examples|scripts|packaging|systemd|\\.ci';
  const found = text.matchAll(new RegExp(`(?<![\\w./-])(?:${folders})/[\\w./-]*`, 'g'));
  return [...new Set([...found].map(([path]) => path.replace(/[./]+$/, '')))];
}

/** Targets of links that lead to a file of the repository or to a heading. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that headings get on GitHub. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Names of the scripts that `npm run` is told to run. */
function npmScriptsIn(text: string): string[] {
  return [...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
}

/** Why the link leads nowhere; null if it leads somewhere. */
function wrongLink(document: string, link: string): string | null {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? document : join(dirname(document), file);
  if (!existsSync(path)) return `${link}: no ${path}`;
  if (anchor === undefined) return null;
  return anchorsIn(readFileSync(path, 'utf8')).includes(anchor) ? null : `${link}: no such heading`;
}

describe.each(documents)('%s', (document) => {
  const text = readFileSync(document, 'utf8');

  it('names only paths that exist', () => {
    expect(pathsIn(text).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('has no link that leads nowhere', () => {
    expect(linksIn(text).flatMap((link) => wrongLink(document, link) ?? [])).toEqual([]);
  });

  it('runs only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
    expect(npmScriptsIn(text).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const named = pathsIn(readFileSync('docs/architecture.md', 'utf8'));

  it('names every room of src and native, and the rooms inside src/ocs and native/cpd', () => {
    const rooms = ['src', 'src/ocs', 'native', 'native/cpd'].flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${folder}/${name}`),
    );
    expect(rooms.length).toBeGreaterThan(20);
    expect(rooms.filter((room) => !named.includes(room))).toEqual([]);
  });
});

describe('docs/supervisor-api.md', () => {
  it.each([supervisorApi, adminApi])('lists every request of the $title', ({ operations }) => {
    const text = readFileSync('docs/supervisor-api.md', 'utf8');
    const requests = Object.values(operations).map(({ method, path }) => {
      const place = path
        .replace(/^\/(api|admin)\/v1/, '')
        .replace(/:(\w+)/g, (name) => name.slice(1).toUpperCase());
      return `${method} ${place}`;
    });
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.filter((request) => !text.includes(`\`${request}\``))).toEqual([]);
  });
});

describe('docs/operators.md', () => {
  it('explains log lines that the programs write', () => {
    const text = readFileSync('docs/operators.md', 'utf8');
    const tables = text.slice(text.indexOf('### Log lines'), text.indexOf('### Error codes'));
    const lines = [...tables.matchAll(/^\| (`.*?`) +\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, line = '']) => (line === 'msg' ? [] : line)),
    );
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join('src', name), 'utf8'))
      .join('\n');
    expect(lines.length).toBeGreaterThan(25);
    // What a line says of one case follows the colon.
    expect(lines.filter((line) => !sources.includes(line.replace(/: \.\.\.$/, '')))).toEqual([]);
  });
});

describe('the readers of this test', () => {
  it('find paths, links, headings and scripts', () => {
    expect(pathsIn('`src/ocs/store`, see native/cpd/types.h. Not build/x, lib/src/y or a/docs/z.')).toEqual([
      'src/ocs/store',
      'native/cpd/types.h',
    ]);
    expect(linksIn('[a](b.md#c) [d](https://example.org/) [e](#f)')).toEqual(['b.md#c', '#f']);
    expect(anchorsIn('# The `cpdd` program, and more\n## Next: why?')).toEqual([
      'the-cpdd-program-and-more',
      'next-why',
    ]);
    expect(npmScriptsIn('npm run -s bench -- --json, npm run build:ts')).toEqual(['bench', 'build:ts']);
  });
});
