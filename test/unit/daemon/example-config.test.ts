import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parse } from 'yaml';
import { cpddConfigSchema } from '../../../src/daemon/cpdd/config.ts';
import { ocsdConfigSchema } from '../../../src/daemon/ocsd/config.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../examples/config/${name}`, import.meta.url), 'utf8');

interface JsonNode {
  properties?: Record<string, JsonNode>;
}

/** Names of all keys in the maps of a schema; what a board or a list holds is documented elsewhere. */
function keys(node: JsonNode): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, below]) => [key, ...keys(below)]);
}

describe.each([
  ['cpdd.yaml', cpddConfigSchema],
  ['ocsd.yaml', ocsdConfigSchema],
])('examples/config/%s', (name, schema) => {
  it('is a right configuration', () => {
    expect(schema.safeParse(parse(read(name))).error).toBeUndefined();
  });

  it('speaks of every key, set or commented out', () => {
    const text = read(name);
    const known = keys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonNode);
    // A token itself belongs into a file of its own: the example shows that way only.
    const shown = known.filter((key) => !['token', 'link', 'api', 'desktop'].includes(key));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((key) => !new RegExp(`^\\s*#? *${key}:`, 'm').test(text))).toEqual([]);
  });

  it('lets nobody in from outside this host', () => {
    const { listen, admin } = parse(read(name)) as Record<'listen' | 'admin', { host: string } | undefined>;
    expect((listen ?? admin)?.host).toBe('127.0.0.1');
  });
});
