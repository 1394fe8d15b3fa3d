import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/api/roles.ts';
import type { PullReply } from '../../../../src/link/schemas.ts';
import { apiToken, openAccess, type AccessBench } from '../../../support/ocs/access.ts';

let bench: AccessBench;
beforeEach(async () => {
  bench = await openAccess();
});
afterEach(() => bench.ocs.stop());

/** A dialler that was given a call. */
async function openDialler(dialerId: string, capabilities: object = { recordings: true }) {
  const can = { handoff: ['destination'], plans: ['US'], modes: ['telephony_preset'], ...capabilities };
  const about = { dialerId, linkVersion: 1, softwareVersion: '1', boards: [], capabilities: can };
  const { body } = await bench.ask('POST', '/link/v1/register', { body: about });
  const session = { dialerId, sessionId: body['sessionId'] };
  const pull = async (active: string[] = [], free = 0) => {
    const poll = { free, channels: { inService: 9, busy: 0 }, waitMs: 0, active };
    const reply = await bench.ask('POST', '/link/v1/pull', { body: { ...session, ...poll } });
    return reply.body as unknown as PullReply;
  };
  const asked = async () => {
    const { commands } = await pull();
    const found = commands.find(({ kind }) => kind === 'recording');
    return found?.kind === 'recording' ? found : null;
  };
  const send = (requestId: string, muLaw: string | null, reason: string | null = null) =>
    bench.ask('POST', '/link/v1/recording', { body: { ...session, requestId, muLaw, reason } });
  return { asked, pull, send };
}

async function oneCall(dialler: Awaited<ReturnType<typeof openDialler>>): Promise<string> {
  await bench.ask('POST', '/api/v1/campaigns', {
    token: apiToken,
    body: {
      definition: {
        ...{ name: 'spring', list: 'customers', mode: 'progressive', detectionMode: 'telephony_preset' },
        ...{ handoff: { kind: 'destination', extension: '7000' }, pacing: { maxInFlight: 1 } },
        dailyWindow: { from: '00:00', till: '24:00' },
      },
      csv: 'phone,tz\n+12125550101,UTC\n',
    },
  });
  await bench.ask('POST', '/api/v1/campaigns/spring/start', { token: apiToken });
  const { requests } = await dialler.pull([], 1);
  return requests[0]?.attemptId ?? '';
}
const fetchOf = (id: string) =>
  bench.ocs.app.inject({
    method: 'GET',
    url: `/api/v1/attempts/${id}/recording`,
    headers: { host: 'localhost', authorization: `Bearer ${apiToken}` },
  });
const codeOf = (reply: { body: string }) =>
  (JSON.parse(reply.body) as { error: { code: string } }).error.code;
/** Lets what was asked reach the list of commands. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the recording of a call', () => {
  it('is fetched from the dialler that made it, as a WAV file, and the audit has who asked', async () => {
    const dialler = await openDialler('d1');
    const other = await openDialler('d2');
    const id = await oneCall(dialler);
    expect((await bench.ask('GET', `/api/v1/attempts/${id}`, { token: apiToken })).body).toMatchObject({
      mayBeRecorded: true,
    });
    const reply = fetchOf(id);
    await soon();
    expect(await other.asked()).toBeNull();
    const asked = await dialler.asked();
    expect(asked).toMatchObject({ kind: 'recording', attemptId: id });
    // Nobody but that dialler may answer.
    await other.send(asked?.requestId ?? '', 'AAAA');
    await dialler.send(asked?.requestId ?? '', Buffer.from([0, 127, 255]).toString('base64'));
    const { headers, rawPayload, statusCode } = await reply;
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'audio/wav',
      'no-store',
    ]);
    expect(rawPayload.subarray(0, 4).toString()).toBe('RIFF');
    expect(rawPayload.readUInt32LE(4)).toBe(rawPayload.length - 8);
    expect([...rawPayload.subarray(46)]).toEqual([0, 127, 255]);
    expect(await bench.audit('?action=getRecording')).toMatchObject([{ object: id, who: 'token api' }]);
    // It is asked for no more.
    bench.wire.advance(5_000);
    expect(await dialler.asked()).toBeNull();
  });

  it('is asked for again when the command was lost, and given up after a while', async () => {
    const dialler = await openDialler('d1');
    const id = await oneCall(dialler);
    const reply = fetchOf(id);
    await soon();
    const first = await dialler.asked();
    bench.wire.advance(5_000);
    expect(await dialler.asked()).toEqual(first);
    bench.wire.advance(15_000);
    expect(codeOf(await reply)).toBe('UNKNOWN_DIALER');
    // What comes too late is nobody's.
    expect((await dialler.send(first?.requestId ?? '', 'AAAA')).status).toBe(200);
  });

  it.each([
    ['none', 'this call was not recorded, or its recording is gone'],
    ['unreadable', 'the recording cannot be read'],
  ])('is refused in words when it is %s', async (reason, words) => {
    const dialler = await openDialler('d1');
    const id = await oneCall(dialler);
    const reply = fetchOf(id);
    await soon();
    await dialler.send((await dialler.asked())?.requestId ?? '', null, reason);
    const { body } = await reply;
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'NO_SUCH_RECORDING', message: words } });
  });

  it('is not asked of a dialler that is older, records nothing, or is away', async () => {
    const dialler = await openDialler('d1', {});
    const id = await oneCall(dialler);
    expect(codeOf(await fetchOf(id))).toBe('NOT_SUPPORTED');
    expect((await bench.ask('GET', `/api/v1/attempts/${id}`, { token: apiToken })).body).toMatchObject({
      mayBeRecorded: false,
    });
    bench.wire.advance(60_000);
    expect(codeOf(await fetchOf(id))).toBe('UNKNOWN_DIALER');
    expect(codeOf(await fetchOf('never'))).toBe('UNKNOWN_ATTEMPT');
    expect(codeOf(await fetchOf('..%2F..%2Fetc%2Fpasswd'))).toBe('UNKNOWN_ATTEMPT');
  });

  it('is fetched eight at a time at most, so that none fills the memory', async () => {
    const dialler = await openDialler('d1');
    const id = await oneCall(dialler);
    const replies = Array.from({ length: 8 }, () => fetchOf(id));
    await soon();
    expect(codeOf(await fetchOf(id))).toBe('ILLEGAL_STATE');
    bench.wire.advance(20_000);
    expect((await Promise.all(replies)).map(codeOf)).toEqual(Array(8).fill('UNKNOWN_DIALER'));
  });

  it('is nothing for agents and wall screens', async () => {
    for (const role of ['agent', 'wall'] satisfies Role[]) {
      const as = await bench.enter(`a-${role}`, role);
      const { status } = await bench.ask('GET', '/api/v1/attempts/x/recording', { as });
      expect(status).toBe(403);
    }
    expect(await bench.audit('?action=getRecording')).toEqual([]);
  });
});
