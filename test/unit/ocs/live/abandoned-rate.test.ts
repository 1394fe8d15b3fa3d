import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { campaignLines } from '../../../../src/cli/campaigns/campaign-view.ts';
import { campaignSchema, type AbandonedWindow } from '../../../../src/api/campaign-definition.ts';
import { campaignStatus } from '../../../../src/ocs/api/status.ts';
import { createCampaigns } from '../../../../src/ocs/live/campaigns.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const quarter = 15 * 60_000;

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});

const load = (abandonedWindow: AbandonedWindow) => {
  const campaign = {
    name: 'spring',
    list: 'l',
    mode: 'progressive',
    group: 'g',
    pacing: { abandonedWindow },
  };
  return rooms.campaigns.load(campaignSchema.parse(campaign));
};
const count = (live: number, abandoned: number) => {
  for (let i = 0; i < live; i += 1) rooms.campaigns.count('spring', 'live');
  for (let i = 0; i < abandoned; i += 1) rooms.campaigns.count('spring', 'abandoned');
};

describe('the abandoned rate of a campaign', () => {
  it('goes on when the campaign is unloaded and loaded again, and after a restart', () => {
    load('campaign');
    count(3, 1);
    rooms.campaigns.remove('spring');
    rooms.clock.advance(3 * quarter);
    const again = load('campaign');
    expect(rooms.campaigns.abandoned(again)).toEqual({ live: 3, abandoned: 1, ratePct: 25 });
    const restarted = createCampaigns({ ...rooms, resume: true });
    expect(restarted.abandoned(restarted.need('spring'))).toMatchObject({ live: 3, abandoned: 1 });
  });

  it('counts at once what happens now, whatever was summed before', () => {
    const campaign = load('campaign');
    let [live, abandoned] = [0, 0];
    for (let step = 0; step < 8; step += 1) {
      count(2, step % 2);
      live += 2;
      abandoned += step % 2;
      expect(rooms.campaigns.abandoned(campaign)).toMatchObject({ live, abandoned });
      rooms.clock.advance(quarter / 2);
      expect(rooms.campaigns.abandoned(campaign)).toMatchObject({ live, abandoned });
    }
  });

  it('forgets what is older than its window', () => {
    const campaign = load({ hours: 1 });
    count(1, 1);
    rooms.clock.advance(3 * quarter);
    count(2, 0);
    expect(rooms.campaigns.abandoned(campaign)).toMatchObject({ live: 3, abandoned: 1 });
    rooms.clock.advance(2 * quarter);
    expect(rooms.campaigns.abandoned(campaign)).toMatchObject({ live: 2, abandoned: 0 });
  });

  it('is told of all people who answered', () => {
    const campaign = load('campaign');
    count(3, 2);
    expect(campaignLines(campaignStatus(rooms, campaign))).toContain('abandoned  2 of 5 people (40.00 %)');
  });
});
