import { nodeFault } from './node-version.ts';

// The first import of every program: what is imported after it may already fail on an older Node, with a stack.
const fault = nodeFault();
if (fault !== null) {
  process.stderr.write(`NOT_SUPPORTED: ${fault}\n`);
  process.exit(69);
}
