import { readFileSync } from 'node:fs';

/** The first example in a language, as it stands in a document; empty when there is none. @param after text before it */
export function block(document: string, language: string, after = ''): string {
  const whole = readFileSync(new URL(`../../docs/${document}`, import.meta.url), 'utf8');
  const text = whole.slice(whole.indexOf(after));
  return new RegExp('```' + language + '\\n([^]*?)```').exec(text)?.[1] ?? '';
}
