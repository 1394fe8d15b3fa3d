import { existsSync } from 'node:fs';

/**
 * Whether what tests need from a build of its own is there; without it they are skipped. Where BUILT_FOR_TESTS is set,
 * as .ci/run does behind those builds, a missing file is an error instead.
 */
export function isBuilt(...files: string[]): boolean {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0 && process.env['BUILT_FOR_TESTS'] !== undefined)
    throw new Error(`not built, though BUILT_FOR_TESTS says so: ${missing.join(', ')}`);
  return missing.length === 0;
}
