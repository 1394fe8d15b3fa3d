import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const everything = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
/** What differs between themes. */
const colours = { type: 'rule', values: ['color-contrast'] };

type Found = [rule: string, html: string][];

/** Nothing of WCAG that a program can find; the colours in both themes. */
export async function checkAccessibility(page: Page): Promise<void> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(source);
  for (const [colorScheme, runOnly] of [
    ['dark', colours],
    ['light', everything],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
    const found = await page.evaluate<Found>(
      `axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))`,
    );
    expect(
      found.map((each) => [colorScheme, ...each]),
      page.url(),
    ).toEqual([]);
  }
}
