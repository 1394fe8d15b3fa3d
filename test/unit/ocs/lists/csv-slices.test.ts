import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvSlices, longestRecord, type CsvSlice } from '../../../../src/ocs/lists/csv-slices.ts';
import { listReader, parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { csvLine } from '../../../../src/ocs/lists/csv-table.ts';

async function slicesOf(...chunks: (Uint8Array | string)[]): Promise<CsvSlice[]> {
  const slices: CsvSlice[] = [];
  for await (const slice of csvSlices(chunks)) slices.push(slice);
  return slices;
}

/** The text as bytes, cut at these places whatever lies there. */
function cut(text: string, sizes: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('a file read in slices', () => {
  it('gives the records and lines that it has when it is read at once, wherever its bytes are cut', async () => {
    const note = fc.stringMatching(/^[a-zé",\n ]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(note, { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }),
        async (notes, sizes) => {
          // Long enough for several slices.
          const rows = Array.from({ length: 1_200 }, (_, index) =>
            csvLine([`+1212555${String(1_000 + index)}`, notes[index % notes.length] ?? '']),
          );
          const text = `phone,note\n${rows.join('')}`;
          const read = listReader({});
          const slices = await slicesOf(...cut(text, sizes));
          const records = slices.flatMap((slice) => read(slice).records);
          expect(slices.length).toBeGreaterThan(1);
          expect(records).toEqual(parseCallingList(text).records);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('loses no more to an open quote than the lines up to the end of its slice', async () => {
    const good = '+12125550101,x\n'.repeat(3_000);
    const read = listReader({});
    const all = (await slicesOf(`phone,note\n+12125550100,"open\n${good}`)).map(read);
    expect(all.flatMap(({ bad }) => bad.map(({ line }) => line))).toEqual([2]);
    expect(all.flatMap(({ records }) => records)).toHaveLength(3_000);
  });

  it.each([
    ['an Excel workbook or another zip archive', Buffer.from('PK\u0003\u0004rest')],
    ['text in UTF-16', Buffer.from('\ufeffphone\n', 'utf16le')],
    ['a file that is not text', Buffer.from('phone\n\0\0')],
  ])('is refused as %s at its first bytes', async (found, bytes) => {
    let asked = 0;
    const source = (function* () {
      asked += 1;
      yield bytes;
      asked += 1;
      yield Buffer.alloc(1_000_000);
    })();
    const read = async () => {
      for await (const slice of csvSlices(source)) void slice;
    };
    await expect(read()).rejects.toMatchObject({ code: 'BAD_CSV', found });
    expect(asked).toBe(1);
  });

  it('is refused when a line has no end, long before all of it is in memory', async () => {
    const piece = 'x'.repeat(longestRecord);
    const endless = Array.from({ length: 1_000 }, () => piece);
    await expect(slicesOf('phone\n', ...endless)).rejects.toMatchObject({
      code: 'BAD_CSV',
      message: expect.stringMatching(/^line 2: line: found "x{80}\.\.\."/) as string,
    });
  });
});
