import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasSipStandin, loopback } from '../../support/board/sip.ts';
import { killAll, run, scratch, startDaemon } from '../programs.ts';

const config = (address: string) => `dialerId: rehearsal
ocs: {url: 'http://127.0.0.1:9'}
board:
  driver: sip
  bind: ${loopback(0)}
  standIn: {file: exchange.json}
  trunks: [{name: exchange, address: '${address}', channels: 2}]
dialPlan: {allow: ['^\\+1']}
admin: {port: 0}
drain: {timeoutMs: 0, flushMs: 0}
`;

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch({ 'exchange.json': JSON.stringify({ world: { unlisted: 'live' } }) });
});
afterEach(() => folder.remove());
afterAll(killAll);

const configured = (address: string) => {
  writeFileSync(folder.path('cpdd.yaml'), config(address));
  return ['--config', folder.path('cpdd.yaml')];
};

describe('cpdd with a stand-in exchange', () => {
  it('does not start where an address may be a real one', async () => {
    const { code, stderr } = await run('cpdd', configured('sip.example.net:5060'));
    expect(code).not.toBe(0);
    expect(stderr).toContain(
      'board.trunks[0].address: found "sip.example.net:5060", expected an address of 127.0.0.0/8',
    );
  });

  it.skipIf(!hasSipStandin())('warns that nobody real is called', async () => {
    const cpdd = startDaemon('cpdd', configured(`${loopback(1)}:5080`));
    const told = await cpdd.line(({ msg }) => msg.startsWith('nobody real is called'));
    expect(told).toMatchObject({ level: 'warn', standIn: 'exchange.json' });
    cpdd.signal('SIGTERM');
    expect((await cpdd.ended).code).toBe(0);
  });
});
