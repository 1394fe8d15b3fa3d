import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, delimiterOf, readCsvFile, rowsOf } from '../../../src/web/admin/csv-file.ts';

describe('a CSV file of a user', () => {
  it('is told by its bytes: UTF-8 where they are, else Windows-1252', () => {
    const bytes = (text: string, encoding: 'utf8' | 'latin1') =>
      new Uint8Array(Buffer.from(text, encoding)).buffer;
    expect(decode(bytes('Jos\u00e9', 'utf8'))).toEqual({ encoding: 'UTF-8', text: 'Jos\u00e9' });
    expect(decode(bytes('Jos\u00e9', 'latin1'))).toEqual({ encoding: 'Windows-1252', text: 'Jos\u00e9' });
  });

  it.each([
    ['phone', ','],
    ['phone,name', ','],
    ['phone;name, first;tz', ';'],
    ['"a,b,c";name', ';'],
    ['phone\tname', '\t'],
  ])('has the delimiter of its header: %j', (header, delimiter) => {
    expect(delimiterOf(header)).toBe(delimiter);
  });

  it('is sent as it is when it has commas and UTF-8, and written anew when not', async () => {
    const plain = new Blob(['phone,name\n1,"a;b"\n']);
    expect((await readCsvFile(plain)).body).toBe(plain);
    const other = await readCsvFile(new Blob(['\uFEFFphone;name\r\n1;"a, ""b"""\r\n\r\n2;c']));
    expect(other).toMatchObject({
      header: ['phone', 'name'],
      rows: [
        ['1', 'a, "b"'],
        ['2', 'c'],
      ],
      delimiter: ';',
    });
    expect(await other.body.text()).toBe('phone,name\n1,"a, ""b"""\n2,c\n');
  });

  it('is read as it was written, whatever is in its cells', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ';', ',', '\n', ' ') });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const text = rows.map((row) => row.map(quoted).join(';')).join('\n');
        expect([...rowsOf(text, ';')]).toEqual(rows);
      }),
    );
  });
});
