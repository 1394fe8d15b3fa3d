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
const own = check('native/test');
if (own !== 0) process.exit(own);
process.exit(check('native/test/vendor'));
