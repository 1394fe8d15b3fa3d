import { afterEach, beforeEach, expect, it } from 'vitest';
import { deskReplySchema } from '../../../../src/api/desk.ts';
import { openAccess, type AccessBench } from '../../../support/ocs/access.ts';

const token = 'the-api-token-of-tests';
let bench: AccessBench;
beforeEach(async () => {
  bench = await openAccess({ tokens: { api: token } });
});
afterEach(() => bench.ocs.stop());

const load = (name: string, group: string, more = {}) =>
  bench.ask('POST', '/api/v1/campaigns', {
    token,
    body: {
      definition: { name, list: name, mode: 'progressive', group, ...more },
      csv: 'phone\n+12125550101\n+12125550102\n',
    },
  });

it('shows an agent the campaigns of its own groups, and no others', async () => {
  const desk = { results: [{ label: 'Sale', result: 'Answer' }], reasons: ['Lunch'] };
  await load('spring', 'sales', {
    desk,
    dailyWindow: { from: '08:00', till: '21:00', tz: 'America/New_York' },
  });
  await load('autumn', 'collections');
  const agent = await bench.enter('ben', 'agent', ['sales']);
  const { body, status } = await bench.ask('GET', '/api/v1/desk', { as: agent });
  expect(status).toBe(200);
  expect(deskReplySchema.parse(body)).toEqual(body);
  expect(body).toEqual({
    campaigns: [
      {
        name: 'spring',
        group: 'sales',
        running: false,
        left: 2,
        // It is noon in New York.
        window: { from: 28_800, till: 75_600, tz: 'America/New_York', open: true },
        desk: { results: [{ label: 'Sale', result: 33 }], reasons: ['Lunch'] },
      },
    ],
  });
  bench.clock.advance(10 * 3_600_000);
  const later = await bench.ask('GET', '/api/v1/desk', { as: agent });
  expect(later.status).toBe(200);
  expect(later.body).toMatchObject({ campaigns: [{ window: { open: false } }] });
});

it('refuses what a desk cannot show', async () => {
  const { body } = await load('spring', 'sales', { desk: { wrapUpMs: 5_000 } });
  expect(body.error).toMatchObject({ code: 'BAD_ARGUMENT', field: 'definition.desk.wrapUpMs' });
  const named = await load('spring', 'sales', { desk: { fields: [{ name: 'GSW_PHONE' }] } });
  expect(named.body.error?.field).toBe('definition.desk.fields.0.name');
});
