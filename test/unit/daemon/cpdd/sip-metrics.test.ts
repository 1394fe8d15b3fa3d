import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { addSipMetrics } from '../../../../src/daemon/cpdd/metrics.ts';

const inventory = (driver: string) => () => ({ driver, name: 'b', spans: [] });
const trunk = {
  trunk: 'carrier',
  state: 'in_service',
  calls: 7,
  answered: 4,
  frames: 900,
  lost: 9,
  late: 2,
  dropped: 6,
  judged: 3,
  poor: 1,
};
const messages = { received: 20, sent: 30, strangers: 5, refusedConnections: 3, refused: 1 };

it('shows trunks, messages and sound of a board on SIP trunks, and asks it once a scrape', async () => {
  const registry = new Registry();
  let asked = 0;
  addSipMetrics(registry, () => ({
    inventory: inventory('sip'),
    report: () => {
      asked += 1;
      return Promise.resolve({ trunks: [trunk, { ...trunk, trunk: 'office', state: 'down' }], messages });
    },
  }));
  const text = await registry.metrics();
  for (const line of [
    'cpdd_sip_trunk_up{trunk="carrier"} 1',
    'cpdd_sip_trunk_up{trunk="office"} 0',
    'cpdd_sip_messages_total{kind="strangers"} 5',
    'cpdd_sip_messages_total{kind="refusedConnections"} 3',
    'cpdd_sip_calls_total{trunk="carrier"} 7',
    'cpdd_sip_answered_total{trunk="carrier"} 4',
    'cpdd_rtp_frames_total{trunk="carrier"} 900',
    'cpdd_rtp_lost_frames_total{trunk="carrier"} 9',
    'cpdd_rtp_late_packets_total{trunk="carrier"} 2',
    'cpdd_rtp_dropped_packets_total{trunk="carrier"} 6',
    'cpdd_rtp_judged_total{trunk="carrier"} 3',
    'cpdd_rtp_poor_total{trunk="carrier"} 1',
  ])
    expect(text).toContain(line);
  expect(asked).toBe(1);
});

it('shows nothing of other boards, of none, and of one that does not answer', async () => {
  for (const board of [
    null,
    { inventory: inventory('sim'), report: () => Promise.resolve({ trunks: [trunk], messages }) },
    { inventory: inventory('sip'), report: () => Promise.reject(new Error('dead')) },
  ]) {
    const registry = new Registry();
    addSipMetrics(registry, () => board);
    expect(await registry.metrics()).not.toContain('carrier');
  }
});
