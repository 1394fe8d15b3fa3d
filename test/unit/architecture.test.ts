import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { circleIn, crowdedFolders } from '../support/rooms.ts';

/**
 * The direction of the arrows between rooms. A room may import from itself and from the rooms named here: `all` of
 * them, or their `types` only (erased, nothing of them runs). What is not named is forbidden.
 */
interface Room {
  node: boolean;
  packages: boolean;
  imports: Record<string, 'all' | 'types'>;
}

const rooms: Record<string, Room> = {
  domain: { node: false, packages: false, imports: {} },
  board: { node: true, packages: true, imports: { domain: 'all' } },
  link: { node: true, packages: true, imports: { domain: 'all' } },
  /** Also for a browser: nothing of Node, and no package but zod. */
  api: {
    node: false,
    packages: true,
    imports: { domain: 'all', board: 'all', link: 'all', dialer: 'types' },
  },
  /** The pages of the console, for a browser. */
  web: { node: false, packages: true, imports: { api: 'types', domain: 'all' } },
  http: { node: true, packages: true, imports: { domain: 'all', api: 'types' } },
  sqlite: { node: true, packages: true, imports: {} },
  journal: { node: true, packages: true, imports: { domain: 'all', sqlite: 'all' } },
  handoff: { node: false, packages: false, imports: { domain: 'all', board: 'types', link: 'types' } },
  dialer: {
    node: true,
    packages: true,
    imports: { domain: 'all', board: 'types', link: 'all', journal: 'all', handoff: 'all' },
  },
  recordings: { node: true, packages: true, imports: { domain: 'all', board: 'all', dialer: 'types' } },
  ocs: {
    node: true,
    packages: true,
    imports: { domain: 'all', link: 'all', api: 'all', http: 'all', sqlite: 'all' },
  },
  daemon: {
    node: true,
    packages: true,
    imports: {
      domain: 'all',
      board: 'all',
      link: 'all',
      api: 'all',
      http: 'all',
      journal: 'all',
      handoff: 'all',
      dialer: 'all',
      recordings: 'all',
      ocs: 'all',
      terminal: 'all',
    },
  },
  terminal: { node: true, packages: true, imports: { domain: 'all' } },
  cli: {
    node: true,
    packages: true,
    imports: {
      domain: 'all',
      board: 'all',
      link: 'all',
      api: 'all',
      dialer: 'types',
      daemon: 'all',
      recordings: 'all',
      ocs: 'all',
      eval: 'all',
      terminal: 'all',
    },
  },
  eval: {
    node: true,
    packages: true,
    imports: { domain: 'all', board: 'all', demo: 'all', terminal: 'all' },
  },
  demo: {
    node: true,
    packages: true,
    imports: { domain: 'all', board: 'all', journal: 'all', api: 'types', ocs: 'types', terminal: 'all' },
  },
};

/**
 * The arrows inside rooms that have rooms of their own, written from the ground up. Each folder, and each file at
 * the room's door (by its name without `.ts`), may import from those named here and from nothing else of its room.
 * A room that has folders needs an entry; its folders and doors that import nothing of the room need not be named.
 */
const inside: Record<string, Record<string, readonly string[]>> = {
  domain: {
    pattern: ['errors'],
    extension: ['errors', 'pattern'],
    number: ['errors', 'numbering'],
    'dial-plan': ['errors', 'number', 'pattern'],
    causes: ['result'],
    outcome: ['result'],
    'recording-lesson': ['outcome', 'result'],
    'verdict-result': ['outcome', 'result'],
    request: ['number', 'result'],
    explanation: ['outcome', 'result'],
    leg: ['errors'],
    call: ['causes', 'errors', 'outcome', 'request', 'result', 'verdict-result'],
  },
  board: {
    driver: ['board-host-program'],
    sim: ['board-host-program', 'driver'],
    'native-addon': ['board', 'sim'],
    native: ['native-addon'],
    dialogic: ['board-host-program', 'driver', 'native'],
    sip: ['board-host-program', 'driver'],
    drivers: ['dialogic', 'driver', 'sim', 'sip'],
    'tone-plans': ['native', 'native-addon'],
    analysis: ['native', 'native-addon', 'tone-plans'],
    'known-recordings': ['analysis', 'native', 'native-addon'],
    'event-queue': ['native-addon'],
    simulation: ['board', 'sim'],
    'board-timers': ['deadlines'],
    'addon-board': ['board', 'board-timers', 'event-queue', 'native', 'native-addon', 'sim', 'simulation'],
    open: [
      'board',
      'board-host-program',
      'driver',
      'drivers',
      'addon-board',
      'native',
      'native-addon',
      'simulation',
      'tone-plans',
    ],
  },
  dialer: {
    'journal-buffer': ['journal-backlog'],
    'journal-reads': ['journal-buffer'],
    intake: ['journal-buffer'],
    contract: ['intake'],
    channels: ['contract'],
    call: ['channels', 'contract', 'intake'],
    'live-calls': ['call', 'contract'],
    outages: ['contract'],
    'channel-watch': ['channels', 'live-calls'],
    'recording-teller': ['contract'],
    'ocs-commands': ['channel-watch', 'live-calls'],
    'request-calls': ['call', 'intake', 'journal-buffer', 'live-calls'],
    pulls: ['channels', 'intake', 'journal-buffer', 'journal-reads', 'live-calls', 'outages'],
    parts: [
      'call',
      'channel-watch',
      'channels',
      'contract',
      'intake',
      'journal-buffer',
      'journal-reads',
      'live-calls',
      'ocs-commands',
      'outages',
      'pulls',
      'recording-teller',
      'request-calls',
    ],
    dialer: ['call', 'contract', 'parts'],
  },
  ocs: {
    lists: ['local-time'],
    store: ['clock', 'lists'],
    access: ['clock', 'config', 'store'],
    live: ['clock', 'config', 'local-time', 'pacing', 'store'],
    records: ['clock', 'config', 'live', 'local-time', 'store'],
    api: ['access', 'clock', 'config', 'lists', 'live', 'local-time', 'records', 'store'],
    ocs: ['access', 'api', 'clock', 'config', 'live', 'records', 'store'],
  },
  daemon: {
    'config-file': ['config-parts', 'faults'],
    service: ['log', 'signals', 'watchdog'],
    cpdd: ['config-file', 'config-parts', 'faults', 'file-lock', 'log', 'releasers', 'service', 'watchdog'],
    ocsd: ['config-file', 'config-parts', 'faults', 'file-lock', 'log', 'releasers', 'service', 'watchdog'],
  },
  eval: {
    calls: ['line'],
    measures: ['calls'],
    report: ['calls', 'measures'],
    main: ['calls', 'measures', 'report'],
  },
  web: {
    server: ['words'],
    live: ['server'],
    'live-items': ['live'],
    moment: ['live', 'now', 'words'],
    loaded: ['words'],
    'log-in': ['server', 'words'],
    keys: ['dialog', 'words'],
    wall: [
      'dialog',
      'keys',
      'live',
      'live-items',
      'loaded',
      'memo',
      'moment',
      'page',
      'server',
      'table',
      'words',
    ],
    desk: ['dialog', 'keys', 'loaded', 'now', 'page', 'server', 'table', 'words'],
    dialog: ['words'],
    axis: ['axis-parts', 'words'],
    channels: [
      'address',
      'axis',
      'axis-parts',
      'facts',
      'keys',
      'live',
      'live-items',
      'loaded',
      'moment',
      'now',
      'page',
      'server',
      'table',
      'words',
    ],
    calls: ['address', 'axis', 'axis-parts', 'facts', 'keys', 'loaded', 'page', 'server', 'table', 'words'],
    confirm: ['dialog', 'words'],
    admin: ['action', 'address', 'confirm', 'loaded', 'page', 'server', 'table', 'words'],
    pages: ['admin', 'calls', 'channels', 'desk', 'page', 'wall', 'words'],
    frame: ['address', 'page', 'pages', 'server', 'words'],
    main: ['frame', 'log-in', 'server', 'words'],
  },
  cli: {
    analysis: ['recordings'],
    boards: ['admin'],
    calls: ['admin', 'boards'],
    campaigns: ['admin'],
    tones: ['analysis', 'recordings'],
    users: ['admin'],
    watch: ['admin'],
    doctor: ['admin', 'boards'],
    cpdd: ['daemon-flags'],
    ocsd: ['copy', 'daemon-flags'],
    commands: [
      'admin',
      'analysis',
      'boards',
      'calls',
      'campaigns',
      'doctor',
      'recordings',
      'tones',
      'users',
      'watch',
    ],
    cpdctl: ['commands'],
  },
};

/** Packages that only these folders and files may use. SQL of OCS is in its store alone. */
const keptTo: Record<string, readonly string[]> = {
  'better-sqlite3': [
    'sqlite',
    'ocs/store',
    'journal/database.ts',
    'daemon/file-lock.ts',
    'recordings',
    'demo/audit.ts',
  ],
};

/** Most lines of one function, from its name or parameters to its last brace: one that needs more is a room. */
const longestFunction = 120;

/** Rooms whose time is the board's: no clock and no timer of their own. */
const timeless = ['domain', 'dialer', 'handoff'];

interface Import {
  specifier: string;
  typeOnly: boolean;
}

function sourceFile(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** Static imports, re-exports, `import('...')` as a call and as a type. */
function importsOf(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  visit(source, (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause;
      const named = clause?.namedBindings;
      const eachIsType =
        clause?.name === undefined &&
        named !== undefined &&
        ts.isNamedImports(named) &&
        named.elements.length > 0 &&
        named.elements.every((element) => element.isTypeOnly);
      found.push({
        specifier: node.moduleSpecifier.text,
        typeOnly: clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || eachIsType,
      });
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push({ specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      const specifier = argument !== undefined && ts.isStringLiteral(argument) ? argument.text : '(computed)';
      found.push({ specifier, typeOnly: false });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push({ specifier: node.argument.literal.getText(source).slice(1, -1), typeOnly: true });
    }
  });
  return found;
}

/**
 * Why this import breaks the rules of the room it is in; null if it does not.
 * @param file path below `src`, e.g. `dialer/intake.ts`
 */
function wrongWith(file: string, { specifier, typeOnly }: Import): string | null {
  const room = roomOf(file);
  const rule = rooms[room];
  if (rule === undefined) return `room ${room} has no rule`;
  if (specifier.endsWith('.css')) return null;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier);
    if (target.startsWith('..')) return 'leaves src';
    const other = roomOf(target);
    if (specifier.startsWith('./') && specifier.includes('/..')) return 'leaves its room by a back door';
    if (other === room) return wrongInside(room, file, target);
    const allowed = rule.imports[other];
    if (allowed === undefined) return `${room} must not import from ${other}`;
    if (allowed === 'types' && !typeOnly) return `${room} may import only types from ${other}`;
    return null;
  }
  if (isBuiltin(specifier)) return rule.node ? null : `${room} must not import ${specifier}`;
  const places = keptTo[specifier];
  if (places !== undefined && !places.some((place) => file === place || file.startsWith(`${place}/`))) {
    return `only ${places.join(', ')} may import ${specifier}`;
  }
  return rule.packages ? null : `${room} must not import packages`;
}

/** Why an import inside one room breaks the arrows of its own rooms. */
function wrongInside(room: string, file: string, target: string): string | null {
  const [from, to] = [partOf(file), partOf(target)];
  if (from === to) return null;
  const arrows = inside[room];
  if (arrows === undefined) {
    const flat = [file, target].every((path) => path.split('/').length === 2);
    return flat ? null : `room ${room} has folders and needs an entry in the table`;
  }
  return arrows[from]?.includes(to) === true ? null : `${room}/${from} must not import from ${room}/${to}`;
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? '';
}

/** The folder inside its room that a file is in, or the file itself where it stands at the room's door. */
function partOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.tsx?$/, '');
}

/** Uses of the machine's clock or of timers. */
function clockUses(source: ts.SourceFile): string[] {
  const timers = new Set(['setTimeout', 'setInterval', 'setImmediate']);
  const found: string[] = [];
  visit(source, (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && timers.has(node.expression.text)) {
      found.push(node.expression.text);
    }
    if (
      ts.isPropertyAccessExpression(node) &&
      ['Date.now', 'performance.now', 'globalThis.setTimeout', 'process.hrtime'].includes(
        node.getText(source),
      )
    ) {
      found.push(node.getText(source));
    }
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'Date' && !node.arguments?.length) {
      found.push('new Date()');
    }
  });
  return found;
}

/** Functions of more lines than `most`, each with its name and length. */
function longFunctions(source: ts.SourceFile, most: number): string[] {
  const found: string[] = [];
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  visit(source, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
    const lines = lineOf(node.end) - lineOf(node.getStart(source)) + 1;
    const named = ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent);
    const name = node.name ?? (named ? node.parent.name : undefined);
    if (lines > most) found.push(`${name?.getText(source) ?? 'a callback'}: ${lines} lines`);
  });
  return found;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('example.ts', text, ts.ScriptTarget.Latest, true);
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .sort()
  .map((name) => ({ name, room: roomOf(name), path: join('src', name) }));

describe('the arrows of the design', () => {
  it('are held by every import under src', () => {
    const wrong = files.flatMap(({ name, path }) =>
      importsOf(sourceFile(path)).flatMap((each) => {
        const reason = wrongWith(name, each);
        return reason === null ? [] : [`${path}: "${each.specifier}": ${reason}`];
      }),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it('point one way: no two rooms import each other, not even by way of others', () => {
    const arrows = Object.fromEntries(
      Object.entries(rooms).map(([name, room]) => [name, Object.keys(room.imports)]),
    );
    expect(circleIn(arrows)).toBeNull();
    for (const table of Object.values(inside)) expect(circleIn(table)).toBeNull();
  });

  it('are drawn for every room that has folders, between places that exist', () => {
    const places = new Map<string, Set<string>>();
    for (const { name, room } of files) places.set(room, (places.get(room) ?? new Set()).add(partOf(name)));
    const withFolders = files.filter(({ name }) => name.split('/').length > 2).map(({ room }) => room);
    expect([...new Set(withFolders)].filter((room) => inside[room] === undefined)).toEqual([]);
    const unknown = Object.entries(inside).flatMap(([room, table]) =>
      [...Object.keys(table), ...Object.values(table).flat()]
        .filter((place) => places.get(room)?.has(place) !== true)
        .map((place) => `${room}/${place}`),
    );
    expect(unknown).toEqual([]);
  });

  it('start from folders that can be taken in at a glance', () => {
    expect(crowdedFolders(files.map(({ name }) => name))).toEqual([]);
  });

  it('lead to functions that can be read at one go', () => {
    const scripts = readdirSync('scripts', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => join('scripts', name));
    expect(scripts.length).toBeGreaterThan(5);
    const long = [...files.map(({ path }) => path), ...scripts].flatMap((path) =>
      longFunctions(sourceFile(path), longestFunction).map((each) => `${path}: ${each}`),
    );
    expect(long).toEqual([]);
  });

  it('leave the clock of a call to the board', () => {
    const wrong = files
      .filter(({ room }) => timeless.includes(room))
      .flatMap(({ path }) => clockUses(sourceFile(path)).map((use) => `${path}: ${use}`));
    expect(wrong).toEqual([]);
  });
});

/** All files of src that run when these do, and the packages they need. */
function runsWith(paths: readonly string[]): { files: string[]; packages: string[] } {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { specifier, typeOnly } of importsOf(sourceFile(path))) {
      if (typeOnly) continue;
      if (specifier.startsWith('.')) follow(posix.join(posix.dirname(path), specifier));
      else packages.add(specifier);
    }
  };
  paths.forEach(follow);
  return { files: [...seen], packages: [...packages] };
}

describe('what a browser can bundle', () => {
  it('is all of src/api: with what it imports it needs zod and nothing else', () => {
    const api = files.filter(({ room }) => room === 'api').map(({ path }) => path);
    const { files: all, packages } = runsWith(api);
    expect(api).toContain('src/api/supervisor.ts');
    expect(all).toContain('src/link/schemas.ts');
    expect(packages).toEqual(['zod']);
  });
});

describe('the reader of imports', () => {
  it.each([
    ["import { x } from '../board/open.ts';", 'dialer', 'dialer may import only types from board'],
    ["import type { Board } from '../board/board.ts';", 'dialer', null],
    ["import { type Board, type CallRef } from '../board/board.ts';", 'dialer', null],
    [
      "import { type Board, openBoard } from '../board/open.ts';",
      'dialer',
      'dialer may import only types from board',
    ],
    ["import { readFileSync } from 'node:fs';", 'domain', 'domain must not import node:fs'],
    ["import type { Stats } from 'fs';", 'domain', 'domain must not import fs'],
    ["export { z } from 'zod';", 'domain', 'domain must not import packages'],
    ["const later = await import('../cli/cpdd.ts');", 'daemon', 'daemon must not import from cli'],
    ["let board: import('../board/board.ts').Board;", 'link', 'link must not import from board'],
    ["import { CodedError } from '../domain/errors.ts';", 'ocs', null],
    ["import '../../test/support/board-open.ts';", 'daemon', 'leaves src'],
    ["import './../cli/cpdd.ts';", 'ocs', 'leaves its room by a back door'],
  ])('judges %s in %s', (text, room, expected) => {
    const [found] = importsOf(parse(text));
    expect(found && wrongWith(`${room}/example.ts`, found)).toBe(expected);
  });

  it.each([
    ["import { createAgents } from '../live/agents.ts';", 'ocs/records/settlement.ts', null],
    ["import { treat } from './treatment.ts';", 'ocs/records/settlement.ts', null],
    ["import type { Clock } from '../clock.ts';", 'ocs/records/settlement.ts', null],
    ["import { createLive } from './live/live.ts';", 'ocs/ocs.ts', null],
    [
      "import { createCancels } from '../records/cancels.ts';",
      'ocs/live/agents.ts',
      'ocs/live must not import from ocs/records',
    ],
    ["import type { Ocs } from '../ocs.ts';", 'ocs/api/server.ts', 'ocs/api must not import from ocs/ocs'],
    ["import { now } from './later.ts';", 'journal/journal.ts', null],
    [
      "import { now } from './deep/later.ts';",
      'journal/journal.ts',
      'room journal has folders and needs an entry in the table',
    ],
    ["import Database from 'better-sqlite3';", 'ocs/store/database.ts', null],
    [
      "import Database from 'better-sqlite3';",
      'ocs/live/calls.ts',
      'only sqlite, ocs/store, journal/database.ts, daemon/file-lock.ts, recordings, demo/audit.ts may import better-sqlite3',
    ],
  ])('judges %s in the file %s', (text, file, expected) => {
    const [found] = importsOf(parse(text));
    expect(found && wrongWith(file, found)).toBe(expected);
  });

  it.each([
    [{ a: ['b'], b: ['c'], c: [] }, null],
    [{ a: ['b', 'c'], b: ['d'], c: ['d'] }, null],
    [{ a: ['b'], b: ['a'] }, 'a -> b -> a'],
    [{ x: ['a'], a: ['b'], b: ['c'], c: ['a'] }, 'a -> b -> c -> a'],
  ])('finds the circle in %j', (table, expected) => {
    expect(circleIn(table as Record<string, string[]>)).toBe(expected);
  });

  it.each([
    ['setTimeout(() => {}, 5);', ['setTimeout']],
    ['const t = Date.now() + new Date().getTime();', ['Date.now', 'new Date()']],
    ['const t = new Date(5); clock.after(5, fn); board.now();', []],
  ])('sees the clock in %s', (text, expected) => {
    expect(clockUses(parse(text))).toEqual(expected);
  });

  it.each([
    ['function long() {\n  a();\n  b();\n}', ['long: 4 lines']],
    ['const long = () => {\n  a();\n  b();\n};', ['long: 4 lines']],
    ['class C {\n  long() {\n    a();\n    b();\n  }\n}', ['long: 4 lines']],
    ['each(() => {\n  a();\n  b();\n});', ['a callback: 4 lines']],
    ['function short() {\n  a();\n}\ndeclare function none(\n  a: 1,\n  b: 1,\n  c: 1,\n): void;', []],
  ])('measures the functions of %j', (text, expected) => {
    expect(longFunctions(parse(text), 3)).toEqual(expected);
  });
});
