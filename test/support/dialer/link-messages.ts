/** What OCS sends on the link, as it is on the wire; to be varied. */
export const registered = { sessionId: 's-1', ocsVersion: '1', leaseMs: 30_000, maxWaitMs: 1_000 };

export const request = {
  attemptId: 'a-1',
  campaign: 'spring',
  recordHandle: 1,
  number: '+12025550123',
  mode: 'accurate_am_detection',
  handoff: { kind: 'agent' },
};
