import type { CommandModule } from 'yargs';
import { decodeVendorNumber } from '../../board/dialogic/decode.ts';
import { CodedError } from '../../domain/errors.ts';
import { printJson, printTable } from '../../terminal/output.ts';

interface Arguments {
  family: string;
  value?: string | undefined;
  json: boolean;
}

export const decodeCommand: CommandModule<object, Arguments> = {
  command: 'decode <family> [value]',
  describe: "Name a number of the Dialogic libraries, or find a name's number",
  builder: (yargs) =>
    yargs
      .positional('family', {
        type: 'string',
        demandOption: true,
        describe: 'GCEV, CR, TDX ...; or the name itself',
      })
      .positional('value', { type: 'string', describe: 'A number, decimal or 0x..., or a name' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 decode GCEV 2118', 'what came?')
      .example('$0 decode CR 0x7', 'how did the call analysis end?')
      .example('$0 decode GCEV_MEDIADETECTED', 'which number is that?'),
  handler: ({ family, value, json }) => {
    const { found, error } =
      value === undefined ? decodeVendorNumber('', family) : decodeVendorNumber(family, value);
    if (found.length === 0) {
      throw new CodedError('BAD_ARGUMENT', error ?? 'no such number', {
        field: value === undefined ? 'family' : 'value',
        found: value ?? family,
        expected: 'a number or a name of the Dialogic libraries',
      });
    }
    if (json) printJson(found);
    else {
      printTable(
        [
          { heading: 'FAMILY', value: (each) => each.family },
          { heading: 'NAME', value: (each) => each.name },
          { heading: 'VALUE', value: (each) => each.value, align: 'right' },
          { heading: 'HEX', value: (each) => each.hex, align: 'right' },
          { heading: 'Q.850', value: (each) => each.cause, align: 'right' },
        ],
        found,
        'no such number',
      );
    }
  },
};
