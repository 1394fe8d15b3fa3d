import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { desktopRequests, isDesktopRequest } from '../../../../src/ocs/api/desktop-messages.ts';
import type { Message } from '../../../../src/ocs/live/desks.ts';
import { block } from '../../../support/document-blocks.ts';
import { openRooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

/** What the client of the document needs of a WebSocket, here to a desk of OCS without a network. */
interface ClientSocket {
  onopen: () => void;
  onmessage: (event: { data: string }) => void;
}

it('the client of the desktop protocol calls a person and a telephone that the example configuration has', () => {
  const file = new URL('../../../../examples/config/cpdd.yaml', import.meta.url);
  const { board } = parseYaml(readFileSync(file, 'utf8')) as {
    board: {
      world: { subscribers: { number: string; kind: string }[]; extensions: { extension: string }[] };
    };
  };
  const number = /[+][0-9]+/.exec(block('desktop-protocol.md', 'csv'))?.[0];
  expect(board.world.subscribers).toContainEqual(expect.objectContaining({ number, kind: 'live' }));
  const extension = /GSW_EXTENSION: '([0-9]+)'/.exec(block('desktop-protocol.md', 'js'))?.[1] ?? '';
  const patterns = board.world.extensions.map(
    (one) => new RegExp(`^${one.extension.replaceAll('x', '[0-9]')}$`),
  );
  expect(patterns.some((pattern) => pattern.test(extension))).toBe(true);
});

it('the client of the desktop protocol does its work with OCS as it is, and prints what the document says', async () => {
  const rooms = openRooms();
  const list = { name: 'spring', list: 'customers', mode: 'progressive', group: 'sales' } as const;
  rooms.load(list, ['+12125550100']);
  rooms.store.records.set(1, { user_fields: JSON.stringify({ first_name: 'Ada' }) });
  rooms.register('d1');
  const { ask, inbox } = rooms.desk();
  const printed: string[] = [];
  let closed = false;
  const sockets: ClientSocket[] = [];
  /** Answers and events in the order in which OCS gives them, one after the other. */
  const queue: Message[] = [];
  const collect = () => queue.push(...inbox.splice(0));
  class FakeSocket {
    onopen = () => undefined;
    onmessage = () => undefined;
    constructor() {
      // The client makes its socket itself.
      sockets.push(this);
    }
    send(text: string) {
      const { GSW_AGENT_REQ_TYPE: request, ...more } = JSON.parse(text) as Message;
      if (!isDesktopRequest(request)) throw new Error(`${String(request)} is no request`);
      const reply = ask(request, more);
      collect();
      if (reply !== null) queue.push({ ...reply, GSW_USER_EVENT: `${request}Acknowledge` });
    }
    close() {
      closed = true;
    }
  }
  const log = { log: (...words: string[]) => printed.push(words.join(' ').trimEnd()) };
  const around = { WebSocket: FakeSocket, console: log, process: { env: {} } };
  runInNewContext(block('desktop-protocol.md', 'js'), around);
  const [client] = sockets;
  if (client === undefined) throw new Error('the client opened no connection');
  const deliver = async () => {
    for (;;) {
      // A LogOut is carried out after its answer.
      await Promise.resolve();
      collect();
      const message = queue.shift();
      if (message === undefined) return;
      client.onmessage({ data: JSON.stringify(message) });
    }
  };
  client.onopen();
  await deliver();
  const attemptId = rooms.retrieve('spring', 'd1');
  const agent = rooms.agents.idle('sales');
  if (agent === null) throw new Error('the client did not make its agent ready');
  rooms.agentCalls.reserve(agent, attemptId);
  await deliver();
  const { agentId, extension } = agent;
  rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId, extension });
  const end = outcome('Answer', { status: 'transferred', agentId });
  rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 2, outcome: end });
  await deliver();
  expect(`${printed.join('\n')}\n`).toBe(block('desktop-protocol.md', 'text'));
  expect(closed).toBe(true);
  expect(rooms.store.records.get(1)).toMatchObject({ record_status: 3, call_result: 33 });
  expect(JSON.parse(rooms.store.records.get(1)?.user_fields ?? '')).toMatchObject({ plan_name: 'premium' });
  rooms.store.close();
});

it('every request of the desktop protocol is in its document', () => {
  const text = readFileSync(new URL('../../../../docs/desktop-protocol.md', import.meta.url), 'utf8');
  expect(Object.keys(desktopRequests).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
