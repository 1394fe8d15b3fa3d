import { readFileSync } from 'node:fs';

/**
 * What a program of ours asks of Node in its first line (`#!/usr/bin/env -S node OPTIONS`), for whoever starts it by
 * another way than that line.
 */
export function nodeOptionsOf(program: string): string[] {
  const [first = ''] = readFileSync(program, 'utf8').split('\n', 1);
  return /^#!\S+ -S node (.+)$/.exec(first)?.[1]?.split(' ') ?? [];
}
