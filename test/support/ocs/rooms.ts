import { campaignSchema, type CampaignDefinitionInput } from '../../../src/api/campaign-definition.ts';
import { manualClock, type ManualClock } from '../../../src/ocs/clock.ts';
import { ocsConfigSchema, type OcsConfigInput } from '../../../src/ocs/config.ts';
import { parseCallingList } from '../../../src/ocs/lists/csv.ts';
import type { Desk, Message } from '../../../src/ocs/live/desks.ts';
import { createTokenWatch } from '../../../src/http/token-watch.ts';
import { createDeskSession } from '../../../src/ocs/api/desk-session.ts';
import { createAccess } from '../../../src/ocs/access/access.ts';
import type { DesktopRequest } from '../../../src/ocs/api/desktop-messages.ts';
import { createLive } from '../../../src/ocs/live/live.ts';
import { createRecordRules } from '../../../src/ocs/records/rules.ts';
import { linkVersion } from '../../../src/link/schemas.ts';
import { openStore, type Store } from '../../../src/ocs/store/store.ts';

/** What outlives a restart of OCS. */
interface RoomsBefore {
  clock: ManualClock;
  store: Store;
  wireClock: ManualClock;
}

/**
 * The rooms of OCS without a server, on a database in memory; time stands still unless the test moves it.
 *
 * @param before rooms whose OCS was stopped: another one on the same database
 */
export function openRooms(input: OcsConfigInput = {}, before?: RoomsBefore) {
  const config = ocsConfigSchema.parse(input);
  const { clock, store, wireClock } = before ?? {
    clock: manualClock(),
    store: openStore(':memory:'),
    wireClock: manualClock(),
  };
  const logged: string[] = [];
  const note = (_fields: object, message: string) => {
    logged.push(message);
  };
  const log = { debug: note, info: note, warn: note, error: note };
  const base = { clock, config, log, store, wireClock };
  const live = createLive(base);
  const rules = createRecordRules({ ...base, live });
  const tokenWatch = createTokenWatch(log, (ms, run) => wireClock.after(ms, run));
  const answer = createDeskSession({ ...base, ...live, ...rules, tokenWatch });
  return {
    ...base,
    ...live,
    access: createAccess({ ...base, tls: false }),
    ...rules,
    logged,
    /** Loads a campaign with the numbers of its list, and runs it. */
    load: (definition: CampaignDefinitionInput, phones: readonly string[]) => {
      const csv = `phone,tz\n${phones.map((phone) => `${phone},UTC`).join('\n')}\n`;
      store.lists.add(definition.list, parseCallingList(csv).records, true);
      live.campaigns.load(campaignSchema.parse(definition));
      live.campaigns.setRunning(definition.name, true);
    },
    /** An agent who is ready at a desk; what it is sent is in `inbox`. */
    sit: (agentId: string, extension: string, group: string) => {
      const inbox: Message[] = [];
      const closed: number[] = [];
      const desk: Desk = {
        agent: null,
        address: '127.0.0.1',
        logOutReference: null,
        send: (message) => inbox.push(message),
        close: (code) => closed.push(code),
      };
      const agent = live.agents.add(agentId, extension, group);
      live.desks.seat(agent, desk);
      live.agents.move(agent, 'ready');
      return { agent, closed, desk, inbox };
    },
    /** A desk without an agent; what it is sent is in `inbox`. */
    desk: () => {
      const inbox: Message[] = [];
      const closed: number[] = [];
      const desk: Desk = {
        agent: null,
        address: '127.0.0.1',
        logOutReference: null,
        send: (message) => inbox.push(message),
        close: (code) => closed.push(code),
      };
      const ask = (request: DesktopRequest, more: Message = {}) =>
        answer(desk, request, { GSW_AGENT_REQ_TYPE: request, ...more });
      const login = (agentId: string, extension: string, group = 'sales') =>
        ask('Login', { GSW_AGENT_ID: agentId, GSW_EXTENSION: extension, GSW_GROUP: group });
      return { ask, closed, desk, inbox, login };
    },
    /** Registers a dialler; it counts as heard from now on. @param extensions that it may call */
    register: (dialerId: string, extensions?: string[], learns = false) =>
      live.dialers.register({
        linkVersion,
        dialerId,
        journalId: `journal of ${dialerId}`,
        softwareVersion: 'test',
        boards: [],
        capabilities: {
          modes: ['telephony_preset'],
          plans: [],
          handoff: ['agent', 'engaged'],
          ...(extensions !== undefined && { extensions }),
          learns,
        },
      }),
    /** Takes the next record of a campaign for a dialler. @returns its attempt */
    retrieve: (campaign: string, dialerId: string): string => {
      const [request] = rules.retrieval.retrieve(live.campaigns.need(campaign).definition, { dialerId }, 1);
      if (request === undefined) throw new Error(`no record of ${campaign} can be dialled now`);
      return request.attemptId;
    },
  };
}

export type Rooms = ReturnType<typeof openRooms>;
