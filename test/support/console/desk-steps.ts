import { expect } from 'vitest';
import type { DeskDefinition } from '../../../src/api/desk.ts';
import { openDialer, outcome, type TestDialer } from '../ocs/ocs.ts';
import type { ConsoleStage } from './stage.ts';

const desk: DeskDefinition = {
  script: 'Good morning, may I speak to {first_name}?',
  results: [
    { label: 'Sale', result: 33 },
    { label: 'Wrong number', result: 53 },
  ],
  fields: [{ name: 'plan', label: 'Plan', choices: ['basic', 'plus'] }],
};

/** What happens at the desk of the agent ben, of the group sales, in the campaign spring with two records. */
export function deskSteps(stage: ConsoleStage) {
  let dialer: TestDialer;
  const state = (name: string) =>
    stage.page.locator('.state-line .state strong', { hasText: new RegExp(`^${name}$`) });
  const steps = {
    state,
    next: (name: string) =>
      stage.page.getByRole('region', { name: 'Your state' }).getByText(`Next: ${name}`, { exact: true }),
    notice: (text: string) => stage.page.getByRole('status').filter({ hasText: text }),
    recordOne: () => stage.ask('GET', '/records/1'),
    load: async (more: Partial<DeskDefinition> = {}, [first, last] = ['Ada', 'Byron']) => {
      await stage.ask('POST', '/campaigns', {
        definition: {
          name: 'spring',
          list: 'customers',
          mode: 'progressive',
          group: 'sales',
          desk: { ...desk, ...more },
        },
        csv: [
          'phone,tz,daily_from,daily_till,first_name,last_name',
          `+12125550101,America/New_York,00:00,24:00,${first},${last}`,
          '+12125550102,America/New_York,00:00,24:00,Charles,Babbage',
        ].join('\n'),
      });
      await stage.ask('POST', '/campaigns/spring/start');
      dialer = await openDialer(stage.url, 'd1', {});
    },
    startWork: async () => {
      const { page } = stage;
      await stage.enter('ben', 'agent', { groups: ['sales'], extension: '2007' });
      await page.getByRole('button', { name: 'Start work' }).click();
      await state('not ready').waitFor();
    },
    beReady: async () => {
      await stage.page.keyboard.press('r');
      await state('ready').waitFor();
    },
    /** Somebody answers, and the call comes to the agent. @returns its attempt */
    ring: async () => {
      const { requests } = await dialer.pull();
      const attemptId = requests[0]?.attemptId ?? '';
      const answered = await dialer.agent(attemptId);
      expect(answered).toMatchObject({ agent: { agentId: 'ben', extension: '2007' } });
      await stage.page.getByRole('alert').filter({ hasText: 'Call: ' }).waitFor();
      return attemptId;
    },
    connect: async (attemptId: string) => {
      await dialer.report({ kind: 'connected', attemptId, seq: 1, agentId: 'ben', extension: '2007' });
      await dialer.report({
        kind: 'outcome',
        attemptId,
        seq: 2,
        outcome: outcome('Answer', { status: 'transferred', agentId: 'ben' }),
      });
      await state('in call').waitFor();
    },
    talk: async () => {
      await steps.connect(await steps.ring());
    },
  };
  return steps;
}
