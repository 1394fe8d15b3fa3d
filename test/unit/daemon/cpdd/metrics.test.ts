import { expect, it } from 'vitest';
import { createCpddMetrics } from '../../../../src/daemon/cpdd/metrics.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { evidence } from '../../../support/dialer/call-script.ts';

it('counts calls by verdict, verdicts that were corrected, and known recordings', async () => {
  const metrics = createCpddMetrics({
    status: () => null,
    calls: () => [],
    channels: () => [],
    boardUp: () => false,
  });
  const insteadOf = { rule: 'greeting-then-silence', verdict: 'live', confidence: 0.9 } as const;
  const correction = { verdict: 'machine', confidence: 0.9, atMs: 9_000, taken: false, insteadOf } as const;
  const end = (heard: ReturnType<typeof evidence> | null, test = false) =>
    metrics.observer.ended?.({
      attemptId: 'a-1',
      campaign: 'spring',
      number: '***23',
      test,
      outcome: {
        result: callResult.AnsweringMachine,
        status: 'dropped',
        reason: null,
        evidence: heard,
        milestones: {},
        channel: 1,
        agentId: null,
      },
      handBack: null,
      answerToVerdictMs: null,
      waitForAgentMs: null,
    });
  end(evidence({ verdict: 'screening' }));
  end(evidence({ verdict: 'live', correction }));
  end(evidence({ verdict: 'live', correction }), true);
  end(null);
  end(evidence({ verdict: 'machine', rule: 'known-recording', recording: 'mailbox' }));
  end(
    evidence({
      verdict: 'live',
      correction: { ...correction, insteadOf: { ...insteadOf, rule: 'known-recording' } },
      rule: 'correction',
      recording: 'mailbox',
    }),
  );
  end(evidence({ verdict: 'live', recording: 'mailbox' }));
  const text = await metrics.registry.metrics();
  expect(text).toContain('cpdd_verdicts_total{verdict="screening"} 1');
  expect(text).toContain('cpdd_verdicts_total{verdict="live"} 3');
  expect(text).toContain('cpdd_corrections_total{from="live",to="machine",taken="false"} 2');
  expect(text).toContain('cpdd_known_recordings_heard_total{decided="true"} 2');
  expect(text).toContain('cpdd_known_recordings_heard_total{decided="false"} 1');
});
