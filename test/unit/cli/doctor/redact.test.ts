import { describe, expect, it } from 'vitest';
import { redact } from '../../../../src/cli/doctor/redact.ts';

describe('what may be sent away', () => {
  it('has no secret and no telephone number in it, and keeps the rest', () => {
    expect(
      redact({
        ocs: { url: 'http://192.0.2.1:7800', token: 'abcdefghijklmnop', tokenFile: '/etc/token12345' },
        calls: [{ attemptId: '20261126001', number: '+12125550100', phase: 'ringing', ageMs: 12_345 }],
        world: { subscribers: [{ number: '5551', kind: 'busy' }] },
        trace: [{ text: 'gc_MakeCall("12125550100@192.0.2.9")', at: 20 }],
        extensions: { allow: ['^7\\d\\d$'] },
        empty: null,
      }),
    ).toEqual({
      ocs: { url: 'http://192.0.2.1:7800', token: '(withheld)', tokenFile: '/etc/token12345' },
      calls: [{ attemptId: '20261126001', number: '**********00', phase: 'ringing', ageMs: 12_345 }],
      world: { subscribers: [{ number: '**51', kind: 'busy' }] },
      trace: [{ text: 'gc_MakeCall("*********00@192.0.2.9")', at: 20 }],
      extensions: { allow: ['^7\\d\\d$'] },
      empty: null,
    });
  });

  it('shows no user or password of an address, wherever it stands', () => {
    expect(
      redact({
        url: 'https://ops:p@ssw0rd@ocs.example.com/link',
        allowedOrigins: ['http://desk:hunter22@desk.example.com:8080'],
        lines: [
          'GET http://ops:secret@192.0.2.1:7800/healthz failed',
          'mail ops@example.com about http://a/b',
        ],
        configPath: 'http://ops:secret@192.0.2.1/cpdd.yaml',
      }),
    ).toEqual({
      url: 'https://(withheld)@ocs.example.com/link',
      allowedOrigins: ['http://(withheld)@desk.example.com:8080'],
      lines: ['GET http://(withheld)@192.0.2.1:7800/healthz failed', 'mail ops@example.com about http://a/b'],
      configPath: 'http://(withheld)@192.0.2.1/cpdd.yaml',
    });
  });
});
