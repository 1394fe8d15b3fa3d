// Makes one self-contained archive for the telephony host, from the present build and node_modules:
//   package-out/cpd-dialler-VERSION-linux-ARCH.tar.gz
// Nothing is downloaded. Options: --out FOLDER, --level 1..9 (compression).
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeOptionsOf } from '../src/terminal/node-options.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const target = `linux-${process.arch}`;
const nativeParts = ['build/Release/cpd.node', 'build/Release/boardhost'];
// Built where what they need was installed: for vendor libraries of 32 bits, for SIP trunks.
const optionalHosts = ['build/Release/boardhost32', 'build/Release/boardhost-sip'];

function fail(message) {
  console.error(`package: ${message}`);
  process.exit(1);
}

function run(command, args) {
  const done = spawnSync(command, args, { stdio: 'inherit' });
  if (done.error) fail(`${command}: ${done.error.message}`);
  if (done.status !== 0) fail(`${command} ended with ${done.status}`);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        out: { type: 'string', default: join(root, 'package-out') },
        level: { type: 'string', default: '6' },
      },
    }).values;
  } catch (error) {
    return fail(`${error.message}\nOptions: --out FOLDER, --level 1..9 (compression)`);
  }
}

/** The production tree as the lock file has it: every package that is not for development only. */
function productionPackages() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.dev)
    .map(([path, entry]) => ({ path, entry }));
}

/** Sources and binaries of other platforms: never loaded, and most of the weight. */
function isBallast(path) {
  const sqlite = path.match(/node_modules\/better-sqlite3\/(deps|src)(\/|$)/);
  const foreign = path.match(/node_modules\/better-sqlite3\/prebuilds\/(.+)\.node$/);
  return sqlite !== null || (foreign !== null && foreign[1] !== target) || /\.(map|d\.ts|d\.mts)$/.test(path);
}

function copyPackage({ path, entry }, stage) {
  const from = join(root, path);
  if (!existsSync(from)) {
    if (entry.optional || entry.devOptional) return;
    fail(`${path} is missing: run npm ci`);
  }
  const found = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')).version;
  if (found !== entry.version) fail(`${path} is ${found}, the lock file says ${entry.version}: run npm ci`);
  // Packages below have their own entries in the lock file.
  cpSync(from, join(stage, path), {
    recursive: true,
    filter: (source) => source === from || !(basename(source) === 'node_modules' || isBallast(source)),
  });
}

function nodeRuntime() {
  const folder = join(dirname(require.resolve('node/package.json')), 'node_modules', `node-${target}`);
  if (!existsSync(join(folder, 'bin/node'))) fail(`the Node runtime for ${target} is missing: run npm ci`);
  return folder;
}

function wrapper(program) {
  const node = ['"$home/bin/node"', ...nodeOptionsOf(join(root, `dist/cli/${program}.js`))].join(' ');
  return `#!/bin/sh
# Runs ${program} on the runtime of this installation, whatever the machine has.
home=$(dirname "$(dirname "$(readlink -f "$0")")")
exec ${node} "$home/dist/cli/${program}.js" "$@"
`;
}

function put(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

function fill(stage, packageJson) {
  const copy = (from, to = from) => cpSync(join(root, from), join(stage, to), { recursive: true });
  copy('dist');
  for (const part of nativeParts) copy(part);
  for (const host of optionalHosts) if (existsSync(join(root, host))) copy(host);
  for (const folder of ['systemd', 'examples/config', 'examples/speech', 'docs']) {
    if (existsSync(join(root, folder))) copy(folder);
  }
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE']) if (existsSync(join(root, file))) copy(file);
  copy('packaging/install.sh', 'install.sh');
  chmodSync(join(stage, 'install.sh'), 0o755);
  for (const entry of productionPackages()) copyPackage(entry, stage);
  const runtime = nodeRuntime();
  mkdirSync(join(stage, 'bin'));
  cpSync(join(runtime, 'bin/node'), join(stage, 'bin/node'));
  cpSync(join(runtime, 'LICENSE'), join(stage, 'bin/LICENSE.node'));
  for (const program of ['cpdd', 'ocsd', 'cpdctl']) put(join(stage, 'bin', program), wrapper(program), 0o755);
  const { name, version, description, license, type, dependencies } = packageJson;
  const shipped = { name, version, description, license, type, private: true, dependencies };
  put(join(stage, 'package.json'), `${JSON.stringify(shipped, null, 2)}\n`);
  put(join(stage, 'VERSION'), `${version}\n`);
  put(join(stage, 'ARCH'), `${process.arch}\n`);
}

/** Asks the staged runtime to load the staged addon and SQLite: an archive that cannot start is no archive. */
function proveItLoads(stage) {
  const check = `require('./build/Release/cpd.node'); new (require('better-sqlite3'))(':memory:').close();`;
  // LD_BIND_NOW: a function that is missing shows now, not at the first call that needs it.
  const env = { LD_BIND_NOW: '1' };
  const done = spawnSync(join(stage, 'bin/node'), ['-e', check], { cwd: stage, encoding: 'utf8', env });
  if (done.status !== 0) fail(`the packaged runtime does not load its parts: ${done.stderr}`);
  for (const name of ['boardhost', 'boardhost-sip']) {
    const program = join(stage, 'build/Release', name);
    if (!existsSync(program)) continue;
    const host = spawnSync(program, ['--version'], { encoding: 'utf8', env });
    if (host.status !== 0) fail(`the packaged ${name} does not run: ${host.error?.message ?? host.stderr}`);
  }
}

const options = readOptions();
if (!/^[1-9]$/.test(options.level)) fail(`--level ${options.level}: expected 1 to 9`);
for (const part of ['dist/cli/cpdd.js', 'dist/cli/ocsd.js', 'dist/cli/cpdctl.js', ...nativeParts]) {
  if (!existsSync(join(root, part))) fail(`${part} is missing: run npm run build`);
}

const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `${packageJson.name}-${packageJson.version}-${target}`;
const out = resolve(options.out);
const archive = join(out, `${name}.tar.gz`);
const scratch = mkdtempSync(join(tmpdir(), 'package-'));
try {
  fill(join(scratch, name), packageJson);
  proveItLoads(join(scratch, name));
  mkdirSync(out, { recursive: true });
  // The same tree gives the same bytes: sorted, one owner, one time.
  const epoch = process.env.SOURCE_DATE_EPOCH ?? '0';
  const fixed = ['--sort=name', `--mtime=@${epoch}`, '--owner=0', '--group=0', '--numeric-owner'];
  const compressor = `gzip -n -${options.level}`;
  run('tar', ['-C', scratch, ...fixed, '--mode=go-w', '-I', compressor, '-cf', `${archive}.part`, name]);
  run('mv', [`${archive}.part`, archive]);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${archive} ${(statSync(archive).size / 1e6).toFixed(1)} MB`);
