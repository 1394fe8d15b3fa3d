import { describe, expect, it } from 'vitest';
import { campaignSchema } from '../../../../src/api/campaign-definition.ts';
import { describeDialer } from '../../../../src/daemon/cpdd/registration.ts';
import { cpddConfigSchema } from '../../../../src/daemon/cpdd/config.ts';
import { linkVersion, machineActions, registerRequestSchema } from '../../../../src/link/schemas.ts';
import { cannotDial } from '../../../../src/ocs/live/capability.ts';

/** As OCS reads what a dialler with this configuration says before it has a board. */
function registered(config: object) {
  const said = describeDialer(null, {
    config: cpddConfigSchema.parse({ dialPlan: { allow: ['^\\+1212'] }, ...config }),
    folder: '/',
    calibration: undefined,
    ocsToken: undefined,
    adminToken: undefined,
  });
  const about = { dialerId: 'd1', linkVersion, softwareVersion: 'test', ...said };
  return registerRequestSchema.parse(JSON.parse(JSON.stringify(about)));
}
const campaign = (more: object) =>
  campaignSchema.parse({ name: 'c', list: 'l', mode: 'progressive', group: 'g', ...more });

describe('what a dialler says of itself', () => {
  const about = registered({ board: { driver: 'sim' }, announcements: { sorry: 'sorry.wav' } });

  it.each(machineActions)('lets OCS send it requests that want of a machine: %s', (action) => {
    const more = { transfer: { extension: '7000' }, message: { file: 'call-back' }, drop: {} }[action];
    expect(cannotDial(about, campaign({ onMachine: { action, ...more } }))).toBeNull();
  });

  it.each([{ optOut: { key: '9' } }, { agentKey: '1' }])(
    'lets OCS send it requests with a key to listen for: %j',
    (key) => {
      expect(cannotDial(about, campaign({ announcement: 'sorry', ...key }))).toBeNull();
    },
  );

  it.each([{ kind: 'agent' }, { kind: 'destination', extension: '7000' }, { kind: 'engaged', group: 'g' }])(
    'lets OCS send it requests with the hand-off %j',
    (handoff) => {
      expect(about.capabilities.handoff).toContain(handoff.kind);
    },
  );

  it('names its announcements and tone plans, and what is doubtful', () => {
    expect(about.capabilities.announcements).toEqual(['sorry']);
    expect(about.capabilities.plans).toEqual(expect.arrayContaining(['US', 'GB', 'DE']));
    expect(about.warnings).toEqual([]);
    const open = registered({ board: { driver: 'sim' }, dialPlan: { allow: ['.*'] } });
    expect(open.warnings?.[0]).toContain('allows every number in the world');
  });
});
