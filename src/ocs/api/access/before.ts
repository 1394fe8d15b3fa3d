import type { FastifyRequest } from 'fastify';
import { definitionAsWritten } from '../../../api/campaign-definition.ts';
import type { Door } from '../../../api/rights.ts';
import type { Campaigns } from '../../live/campaigns.ts';
import type { Store } from '../../store/store.ts';

/** What is there before something is done through a door, for the audit; undefined where it is not kept. */
export type Before = (door: Door, request: Pick<FastifyRequest, 'body' | 'params'>) => unknown;

/** Of campaigns whether they run and, where it changes, their definition; of a call what was said of it. */
export function createBefore({ campaigns, store }: { campaigns: Campaigns; store: Store }): Before {
  return (door, { body, params }) => {
    const { id = '', name = '' } = params as { id?: string; name?: string };
    switch (door) {
      case 'loadCampaign': {
        const loaded = campaigns.get((body as { definition: { name: string } }).definition.name);
        return loaded && { running: loaded.running, definition: definitionAsWritten(loaded.definition) };
      }
      case 'startCampaign':
      case 'stopCampaign':
      case 'unloadCampaign': {
        const loaded = campaigns.get(name);
        return loaded && { running: loaded.running };
      }
      case 'labelAttempt': {
        const label = store.labels.get(id);
        return label && { was: label.was, saidBy: label.said_by };
      }
      default:
        return undefined;
    }
  };
}
