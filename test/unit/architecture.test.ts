import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/**
 * The direction of the house's arrows. A room may import from itself and from the rooms named here: `all` of
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
  journal: { node: true, packages: true, imports: { domain: 'all' } },
  handoff: { node: false, packages: false, imports: { domain: 'all', board: 'types', link: 'types' } },
  dialer: {
    node: true,
    packages: true,
    imports: { domain: 'all', board: 'types', link: 'all', journal: 'all', handoff: 'all' },
  },
  ocs: { node: true, packages: true, imports: { domain: 'all', link: 'all' } },
  daemon: {
    node: true,
    packages: true,
    imports: {
      domain: 'all',
      board: 'all',
      link: 'all',
      journal: 'all',
      handoff: 'all',
      dialer: 'all',
      ocs: 'all',
    },
  },
  cli: {
    node: true,
    packages: true,
    imports: {
      domain: 'all',
      board: 'all',
      link: 'all',
      dialer: 'types',
      daemon: 'all',
      ocs: 'all',
      demo: 'all',
      eval: 'all',
    },
  },
  eval: { node: true, packages: true, imports: { domain: 'all', board: 'all', cli: 'all', demo: 'all' } },
  demo: {
    node: true,
    packages: true,
    imports: { domain: 'all', board: 'all', journal: 'all', ocs: 'types', cli: 'all' },
  },
};

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

/** Why this import breaks the rules of its room; null if it does not. */
function wrongWith(room: string, { specifier, typeOnly }: Import): string | null {
  const rule = rooms[room];
  if (rule === undefined) return `room ${room} has no rule`;
  if (specifier.startsWith('./')) return specifier.includes('/..') ? 'leaves its room by a back door' : null;
  if (specifier.startsWith('../')) {
    const [, other = ''] = specifier.split('/');
    if (other === '..') return 'leaves src';
    const allowed = rule.imports[other];
    if (allowed === undefined) return `${room} must not import from ${other}`;
    if (allowed === 'types' && !typeOnly) return `${room} may import only types from ${other}`;
    return null;
  }
  if (isBuiltin(specifier)) return rule.node ? null : `${room} must not import ${specifier}`;
  return rule.packages ? null : `${room} must not import packages`;
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

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('example.ts', text, ts.ScriptTarget.Latest, true);
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort()
  .map((name) => ({ room: name.split('/')[0] ?? '', path: join('src', name) }));

describe('the arrows of the design', () => {
  it('are held by every import under src', () => {
    const wrong = files.flatMap(({ room, path }) =>
      importsOf(sourceFile(path)).flatMap((each) => {
        const reason = wrongWith(room, each);
        return reason === null ? [] : [`${path}: "${each.specifier}": ${reason}`];
      }),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  it('leave the clock of a call to the board', () => {
    const wrong = files
      .filter(({ room }) => timeless.includes(room))
      .flatMap(({ path }) => clockUses(sourceFile(path)).map((use) => `${path}: ${use}`));
    expect(wrong).toEqual([]);
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
    expect(found && wrongWith(room, found)).toBe(expected);
  });

  it.each([
    ['setTimeout(() => {}, 5);', ['setTimeout']],
    ['const t = Date.now() + new Date().getTime();', ['Date.now', 'new Date()']],
    ['const t = new Date(5); clock.after(5, fn); board.now();', []],
  ])('sees the clock in %s', (text, expected) => {
    expect(clockUses(parse(text))).toEqual(expected);
  });
});
