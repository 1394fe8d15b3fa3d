import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMuLaw, toMuLaw } from '../../../src/domain/sound/mu-law.ts';
import { muLawFile } from '../../../src/ocs/api/console/mu-law-file.ts';
import { peaksOf, readMuLaw } from '../../../src/web/calls/wav.ts';

const bufferOf = (file: Buffer) => Uint8Array.from(file).buffer;

describe('µ-law', () => {
  it('has the codes of G.711 at its ends and around nothing', () => {
    expect([...toMuLaw(Int16Array.of(0, 32_767, -32_768, 32_635))]).toEqual([0xff, 0x80, 0x00, 0x80]);
    expect([0xff, 0x7f, 0x80, 0x00].map(fromMuLaw)).toEqual([0, -0, 32_124, -32_124]);
  });

  it('comes back as near as its steps are wide, and its own values exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_767 }), (sample) => {
        const [code = 0] = toMuLaw(Int16Array.of(sample));
        expect(Math.abs(fromMuLaw(code) - sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 25));
      }),
    );
    for (let code = 0; code < 256; code += 1) {
      const again = toMuLaw(Int16Array.of(fromMuLaw(code)))[0];
      // There are two codes for nothing.
      expect(again).toBe(code === 0x7f ? 0xff : code);
    }
  });
});

describe('the sound of a recording', () => {
  it('is read back from the file that the server makes', () => {
    const codes = toMuLaw(Int16Array.of(0, 7_932, -7_932));
    const sound = readMuLaw(bufferOf(muLawFile(Buffer.from(codes))));
    expect(sound?.rateHz).toBe(8_000);
    expect([...(sound?.samples ?? [])].map((each) => Math.round(each * 32_768))).toEqual([0, 7_932, -7_932]);
  });

  it('is nothing in any other file, or one that was cut short', () => {
    const file = muLawFile(Buffer.alloc(100));
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        expect(readMuLaw(bufferOf(file.subarray(0, length)))).toBeNull();
      }),
    );
    const linear = Buffer.from(file);
    linear.writeUInt16LE(1, 20);
    expect(readMuLaw(bufferOf(linear))).toBeNull();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => readMuLaw(Uint8Array.from(bytes).buffer) === null,
      ),
    );
  });

  it('is drawn by the loudest sample of each part', () => {
    expect(peaksOf({ samples: Float32Array.of(0, -0.5, 0.25, 0.125) }, 2)).toEqual([0.5, 0.25]);
    expect(peaksOf({ samples: new Float32Array(0) }, 3)).toEqual([0, 0, 0]);
  });
});
