// Checks the C++ sources with clang-tidy (.clang-tidy), as many files at a time as there are processors; says so
// where it is not installed. Without arguments all but the tests; with folders or files under native/ only those.
//
//   npm run lint:native                                   the checks of .clang-tidy
//   npm run lint:native -- --analyzer native/cpd          and clang's static analyzer, a function at a time
//   npm run lint:native -- --analyzer --deep native/cpd   the same across functions, which takes three times as long
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { headerDirectory } from './node-headers.mjs';

if (spawnSync('clang-tidy', ['--version']).error) {
  console.log('clang-tidy is not installed: C++ sources not checked (Debian: apt install clang-tidy)');
  process.exit(0);
}

const given = process.argv.slice(2);
const analyzer = given.includes('--analyzer');
const deep = given.includes('--deep');
const unknown = given.find((each) => each.startsWith('--') && !['--analyzer', '--deep'].includes(each));
if (unknown !== undefined) {
  console.error(`clang-tidy: unknown option ${unknown}; expected --analyzer or --deep`);
  process.exit(2);
}
const wanted = given.filter((each) => !each.startsWith('--')).map((each) => each.replace(/\/$/, ''));
const isWanted = (file) =>
  wanted.length === 0 || wanted.some((each) => file === each || file.startsWith(`${each}/`));
const files = spawnSync('git', ['ls-files', '-co', '--exclude-standard', 'native/**/*.cc'], {
  encoding: 'utf8',
})
  .stdout.split('\n')
  .filter((file) => file && existsSync(file) && !/^native\/(standin\/)?test\//.test(file) && isWanted(file));
if (files.length === 0) {
  console.error(`clang-tidy: no C++ sources in ${wanted.join(' ')}; expected folders or files under native/`);
  process.exit(1);
}

// What the build writes and the makefiles define; their values do not matter here.
const version = 'build/generated/detector_version.h';
if (!existsSync(version)) {
  mkdirSync(dirname(version), { recursive: true });
  writeFileSync(version, '#define CPD_DETECTOR "not built"\n');
}
const nodeHeaders = headerDirectory();
const nodeAddonApi = dirname(createRequire(import.meta.url).resolve('node-addon-api'));
const flags = [
  ...['-std=c++20', '-Inative', '-Ibuild/generated', '-pthread', `-isystem${nodeAddonApi}`],
  ...(nodeHeaders ? [`-isystem${join(nodeHeaders, 'include/node')}`] : []),
  ...['-DCPD_VERSION="0"', '-DNAPI_VERSION=9', '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
  ...['-DNAPI_CPP_EXCEPTIONS_ALL', '-DSPEECH="speech"'],
];
// Not the order of fields by size: there are a few hundred lines and channels, and fields stand by what they mean.
const analyzerOptions = [
  '--checks=clang-analyzer-*,-clang-analyzer-optin.performance.Padding',
  ...(deep
    ? []
    : ['-Xclang', '-analyzer-config', '-Xclang', 'mode=shallow'].map((each) => `--extra-arg=${each}`)),
];

const folder = mkdtempSync(join(tmpdir(), 'clang-tidy-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let written = 0;

/**
 * What clang-tidy has against the files of a folder, '' if nothing. Most of the time goes to headers, the same ones in
 * each file, so that files are checked as one source. What does not go together (a name that two files have for
 * themselves) is halved.
 */
async function check(group) {
  written += 1;
  const source = join(folder, `${written}.cc`);
  const parts = [];
  let text = '';
  for (const file of group) {
    parts.push({ file, first: text.split('\n').length });
    text += `${readFileSync(file, 'utf8')}\n`;
  }
  writeFileSync(source, text);
  const options = ['--quiet', '--config-file=.clang-tidy', ...(analyzer ? analyzerOptions : [])];
  const args = [...options, source, '--', ...flags, `-I${dirname(group[0])}`];
  const found = await new Promise((done) => {
    execFile('clang-tidy', args, { encoding: 'utf8', maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      done(error ? `${stdout}${stdout ? '' : stderr}` : '');
    });
  });
  if (group.length > 1 && found.includes('[clang-diagnostic-error]')) {
    const half = Math.ceil(group.length / 2);
    return (await check(group.slice(0, half))) + (await check(group.slice(half)));
  }
  return found.replaceAll(`${source}:`, '\0').replace(/\0(\d+):/g, (_all, digits) => {
    const line = Number(digits);
    const { file, first } = parts.findLast((part) => part.first <= line);
    return `${file}:${line - first + 1}:`;
  });
}

// Across functions the analyzer follows calls within one source: many files as one cost it more than their headers do.
const most = analyzer && deep ? 4 : 24;
const groups = Object.values(Object.groupBy(files, dirname)).flatMap((each) =>
  Array.from({ length: Math.ceil(each.length / most) }, (_, n) => each.slice(n * most, (n + 1) * most)),
);
let failed = false;
async function checkInTurn() {
  for (let group = groups.pop(); group; group = groups.pop()) {
    const found = await check(group);
    if (!found) continue;
    failed = true;
    console.log(found);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, checkInTurn));
console.log(`clang-tidy: ${files.length} files, ${failed ? 'with findings' : 'nothing found'}`);
process.exitCode = failed ? 1 : 0;
