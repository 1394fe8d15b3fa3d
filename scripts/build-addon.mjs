// Builds the native addon with node-gyp. Without headers here (node-headers.mjs) node-gyp looks for them itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headerDirectory } from './node-headers.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node ${process.versions.node} at ${process.execPath}: expected 22.18 or newer. npm brings it as node_modules/.bin/node ` +
      'unless it is told to leave out install scripts or development packages; run npm ci without that, or install a newer Node.',
  );
  process.exit(1);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/**
 * Which detector this is: the version and a hash of its sources, for recordings and calibrations. A header of its
 * own, so that a change of the detector compiles only what says it.
 */
function writeDetectorVersion() {
  const sources = join(root, 'native/cpd');
  const hash = createHash('sha256');
  const files = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(sources, join(parentPath, name)))
    .sort();
  for (const file of files) hash.update(file).update(readFileSync(join(sources, file)));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const text = `#define CPD_DETECTOR "${version}-${hash.digest('hex').slice(0, 8)}"\n`;
  const file = join(root, 'build/generated/detector_version.h');
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

writeDetectorVersion();
const nodedir = headerDirectory();
const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js');
const node = join(root, 'node_modules/.bin/node');
const result = spawnSync(
  existsSync(node) ? node : process.execPath,
  [
    nodeGyp,
    'configure',
    'build',
    '--loglevel=warn',
    '-j',
    String(availableParallelism()),
    ...(nodedir ? [`--nodedir=${nodedir}`] : []),
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);
