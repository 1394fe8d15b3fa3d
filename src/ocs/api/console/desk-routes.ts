import { deskOperations } from '../../../api/desk.ts';
import { finalStatuses } from '../../../domain/record.ts';
import type { Serve } from '../../../http/serve.ts';
import type { Clock } from '../../clock.ts';
import type { Campaigns } from '../../live/campaigns.ts';
import { isWindowOpen } from '../../records/record-data.ts';
import type { Store } from '../../store/store.ts';

/** What the console's desk asks for besides the desktop protocol. */
export function serveDesk(serve: Serve, parts: { campaigns: Campaigns; clock: Clock; store: Store }): void {
  const { campaigns, clock, store } = parts;
  const leftOf = (list: string) =>
    store.lists
      .counts(list)
      .filter(({ record_status: status }) => !(finalStatuses as readonly number[]).includes(status))
      .reduce((sum, { records }) => sum + records, 0);
  serve(deskOperations.getDesk, ({ caller }) => {
    const groups = caller?.session?.groups ?? [];
    return {
      campaigns: campaigns.all().flatMap(({ definition, running }) => {
        const { dailyWindow: window, desk = {}, group, list, name } = definition;
        if (group === undefined || !groups.includes(group)) return [];
        const open = isWindowOpen(window, clock.now());
        return [{ name, group, running, left: leftOf(list), window: { ...window, open }, desk }];
      }),
    };
  });
}
