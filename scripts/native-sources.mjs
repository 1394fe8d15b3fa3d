// Lists the C++ sources of the given rooms under native/ and of the rooms inside them, one a line, for binding.gyp;
// without the rooms and files that are given with a minus sign before them.
import { readdirSync } from 'node:fs';

const given = process.argv.slice(2);
const left = given.filter((each) => each.startsWith('-')).map((each) => `native/${each.slice(1)}`);
for (const room of given.filter((each) => !each.startsWith('-'))) {
  const files = readdirSync(`native/${room}`, { recursive: true }).map((file) => `native/${room}/${file}`);
  for (const file of files.sort()) {
    if (file.endsWith('.cc') && !left.some((each) => file === each || file.startsWith(`${each}/`)))
      console.log(file);
  }
}
