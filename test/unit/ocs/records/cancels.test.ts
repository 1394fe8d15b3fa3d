import { describe, expect, it } from 'vitest';
import type { CancelKind, OpenCall } from '../../../../src/ocs/live/calls.ts';
import { isCut } from '../../../../src/ocs/records/cancels.ts';

const call = (cancel: CancelKind | null, phase: OpenCall['phase']) => ({ cancel, phase }) as OpenCall;
const phases = ['leased', 'dialling', 'answered', 'waiting', 'connected', 'ending'] as const;

describe('a call whose record is not wanted any more', () => {
  it('goes on while nothing was asked', () => {
    for (const phase of phases) expect(isCut(call(null, phase))).toBe(false);
  });

  it('is ended while it rings when the customer must not be called; who has answered is not hung up on', () => {
    const cut = phases.filter((phase) => isCut(call('unanswered', phase)));
    expect(cut).toEqual(['leased', 'dialling']);
  });

  it('is ended whatever it does when it was asked for itself', () => {
    for (const kind of ['record', 'unload'] as const) {
      for (const phase of phases) expect(isCut(call(kind, phase))).toBe(true);
    }
  });
});
