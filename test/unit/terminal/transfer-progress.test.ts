import { describe, expect, it } from 'vitest';
import { transferProgress } from '../../../src/terminal/transfer-progress.ts';

/** What is on the line after each write. */
function terminal(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  return {
    written,
    pass: (ms: number) => (time += ms),
    port: { isTTY, write: (text: string) => written.push(text.replaceAll('\r\x1b[K', '')), now: () => time },
  };
}
const lines = (count: number) => Buffer.from('5550101\n'.repeat(count));

describe('the progress of a transfer', () => {
  it('counts records and says how many a second, at most five times a second', () => {
    const { pass, port, written } = terminal(true);
    const progress = transferProgress('sent', port);
    progress.bytes(lines(3));
    progress.bytes(lines(1_000));
    pass(2_000);
    progress.bytes(lines(1_000));
    expect(written).toEqual(['3 records sent', '2,003 records sent, 1,002/s']);
    progress.end();
    expect(written.at(-1)).toBe('');
  });

  it('goes on with another stage and its own rate', () => {
    const { pass, port, written } = terminal(true);
    const progress = transferProgress('sent', port);
    progress.stage('added', 10);
    pass(1_000);
    progress.bytes(lines(5));
    progress.stage('added', 500);
    expect(written).toEqual(['10 records added', '500 records added, 500/s']);
  });

  it('says nothing in a pipe', () => {
    const { pass, port, written } = terminal(false);
    const progress = transferProgress('sent', port);
    progress.bytes(lines(3));
    pass(1_000);
    progress.stage('added', 10);
    progress.end();
    expect(written).toEqual([]);
  });
});
