// Lists the C++ sources of the given rooms under native/, one a line, for binding.gyp and the test build.
import { readdirSync } from 'node:fs';

for (const room of process.argv.slice(2)) {
  for (const file of readdirSync(`native/${room}`).sort()) {
    if (file.endsWith('.cc')) console.log(`native/${room}/${file}`);
  }
}
