// Where the headers of Node are: those of the `node` development dependency or, without it, those beside the Node
// that runs this. Undefined where there are none.
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

const hasHeaders = (directory) => existsSync(join(directory, 'include/node/node_api.h'));

export function headerDirectory() {
  const candidates = [dirname(dirname(realpathSync(process.execPath)))];
  try {
    const node = dirname(require.resolve('node/package.json'));
    const platformPackage = `node-${process.platform}-${process.arch}`;
    candidates.unshift(join(node, 'node_modules', platformPackage), join(dirname(node), platformPackage));
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  return candidates.find(hasHeaders);
}
