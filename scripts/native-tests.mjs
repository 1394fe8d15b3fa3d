// Builds and runs the native tests with make, where doctest and a C++ compiler are installed; says so where not.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const header = ['/usr/include/doctest/doctest.h', '/usr/local/include/doctest/doctest.h'].find(existsSync);
if (!header) {
  console.log('native tests: skipped, doctest is not installed (Debian: apt install doctest-dev)');
  process.exit(0);
}
const given = process.argv.slice(2);
const check = (folder) =>
  spawnSync('make', ['-s', '-j2', '-C', folder, 'check', ...given], { stdio: 'inherit' }).status ?? 1;
// A choice of tests that names none of the stand-in vendor libraries' does not build them.
const chosen = given.find((each) => each.startsWith('TESTS='));
const folders = ['native/test', ...(!chosen || chosen.includes('vendor') ? ['native/test/vendor'] : [])];
for (const folder of folders) {
  const status = check(folder);
  if (status !== 0) process.exit(status);
}
