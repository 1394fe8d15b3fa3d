// Formats the C++ sources with clang-format; with --check only reports. Says so where it is not installed.
import { spawnSync } from 'node:child_process';

const check = process.argv.includes('--check');
const files = spawnSync('git', ['ls-files', '-co', '--exclude-standard', 'native/**/*.cc', 'native/**/*.h'], {
  encoding: 'utf8',
})
  .stdout.split('\n')
  .filter(Boolean);
const result = spawnSync('clang-format', [...(check ? ['--dry-run', '-Werror'] : ['-i']), ...files], {
  stdio: 'inherit',
});
if (result.error) {
  console.log('clang-format is not installed: C++ formatting not checked');
  process.exit(0);
}
process.exit(result.status ?? 1);
