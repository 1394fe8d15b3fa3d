// Builds the native addon with node-gyp. The headers come from the `node` development dependency, so
// that a machine needs no headers of its own and no download; without it node-gyp looks for them itself.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

function headerDirectory() {
  const platformPackage = join(
    dirname(require.resolve('node/package.json')),
    'node_modules',
    `node-${process.platform}-${process.arch}`,
  );
  return existsSync(join(platformPackage, 'include/node/node_api.h')) ? platformPackage : undefined;
}

const nodedir = headerDirectory();
const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js');
const node = join(root, 'node_modules/.bin/node');
const result = spawnSync(
  existsSync(node) ? node : process.execPath,
  [nodeGyp, 'configure', 'build', '--loglevel=warn', '-j', '2', ...(nodedir ? [`--nodedir=${nodedir}`] : [])],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);
