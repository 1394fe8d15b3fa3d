import type { LiveHeard } from '../../../api/live.ts';
import type { Clock } from '../../clock.ts';
import type { ChannelWatch } from '../../live/channel-watch.ts';
import { bytesOf, isOpen, reads, type Client } from './live-client.ts';

/** What of the clients' wishes concerns channels. Who does not look at them hears nothing of them. */
export interface ChannelListeners {
  /** Somebody came, went, or wants something else: it decides what the diallers are asked for. */
  changed(clients: Iterable<Client>): void;
  /** Tells what was heard to those who listen, made once for all of them. */
  tell(clients: Iterable<Client>): void;
}

const looks = ({ topics }: Client) => topics.has('channels');

export function createChannelListeners(channelWatch: ChannelWatch, clock: Clock): ChannelListeners {
  return {
    changed: (clients) => {
      const looking = [...clients].filter(looks);
      channelWatch.want(
        looking.length > 0,
        looking.flatMap(({ hear }) => hear ?? []),
      );
    },
    tell: (clients) => {
      const made = new Map<LiveHeard, Buffer>();
      for (const client of clients) {
        const heard = client.hear === null || !looks(client) ? undefined : channelWatch.heard(client.hear);
        if (heard === undefined || heard === client.heard || !isOpen(client) || !reads(client)) continue;
        const data = made.get(heard) ?? bytesOf({ type: 'heard', at: clock.now(), ...heard });
        made.set(heard, data);
        client.heard = heard;
        client.socket.send(data, { binary: false });
      }
    },
  };
}
