// Builds and runs the native tests with make, where doctest and a C++ compiler are installed; says so where not.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const header = ['/usr/include/doctest/doctest.h', '/usr/local/include/doctest/doctest.h'].find(existsSync);
if (!header) {
  console.log('native tests: skipped, doctest is not installed (Debian: apt install doctest-dev)');
  process.exit(0);
}
const given = process.argv.slice(2);
// CI has just built the addon: what is tested is what it consists of, and is not compiled once more.
const asBuilt =
  process.env['BUILT_FOR_TESTS'] !== undefined && !given.some((each) => each.startsWith('SAN='));
const built = asBuilt ? ['BUILT=../../build/Release/boards.a'] : [];
const check = (folder) =>
  spawnSync('make', ['-s', '-j2', '-C', folder, 'check', ...built, ...given], { stdio: 'inherit' }).status ??
  1;
// A choice of tests that names none of the stand-in vendor libraries' does not build them.
const chosen = given.find((each) => each.startsWith('TESTS='));
const folders = ['native/test', ...(!chosen || chosen.includes('vendor') ? ['native/standin'] : [])];
for (const folder of folders) {
  const status = check(folder);
  if (status !== 0) process.exit(status);
}
