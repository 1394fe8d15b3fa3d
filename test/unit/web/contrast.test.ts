import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/web/style.css', 'utf8');
/** The colours of a theme by name, those of the dark one over those of the light one. */
const blocks = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, text = '']): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/--([\w-]+): (#[0-9a-f]+);/g)) found[name] = value;
  return found;
});
const themes: Record<string, Record<string, string>> = {
  light: { ...blocks[0] },
  dark: { ...blocks[0], ...blocks[1] },
};

/** Relative luminance of WCAG 2. */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

it('is computed as WCAG does', () => {
  expect(contrast('#000', '#fff')).toBeCloseTo(21);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

describe.each(Object.entries<Record<string, string>>(themes))('the %s theme', (_theme, colours) => {
  const states = Object.keys(colours).filter((name) => `${name}-text` in colours);

  it('has the colours of all states', () => {
    expect(states).toEqual(['ready', 'reserved', 'busy', 'wrap-up', 'not-ready', 'fault']);
  });

  it.each(states)('lets the text of %s be read', (name) => {
    expect(contrast(colours[name] ?? '', colours[`${name}-text`] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['text', 'muted'])('lets %s be read on the page', (name) => {
    expect(contrast(colours[name] ?? '', colours['page'] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['line', 'focus'])('shows %s on the page', (name) => {
    expect(contrast(colours[name] ?? '', colours['page'] ?? '')).toBeGreaterThanOrEqual(3);
  });
});
