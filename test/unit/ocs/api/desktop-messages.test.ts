import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../../src/domain/errors.ts';
import { parseMessage } from '../../../../src/http/messages.ts';
import { errorMessage, messageSchema, referenceOf } from '../../../../src/ocs/api/desktop-messages.ts';

describe('the answer to a message that is wrong', () => {
  it.each([{ deep: { er: 1 } }, null, true, [1], 'x'])('has its reference, with a field of %j', (field) => {
    const sent = { GSW_REFERENCE_ID: 'r-7', GSW_AGENT_REQ_TYPE: 'Ready', field };
    expect(referenceOf(sent)).toEqual({ GSW_REFERENCE_ID: 'r-7', GSW_AGENT_REQ_TYPE: 'Ready' });
    expect(referenceOf({ ...sent, GSW_REFERENCE_ID: 7, GSW_AGENT_REQ_TYPE: field })).toMatchObject({
      GSW_REFERENCE_ID: 7,
    });
  });

  it.each([{ deep: { er: 1 } }, null, true, [1]])('says what was expected, in place of %j', (note) => {
    const refused = { code: 'BAD_MESSAGE', field: 'note', expected: 'a text or a number' };
    expect(() => parseMessage(messageSchema, { GSW_AGENT_REQ_TYPE: 'Ready', note }, 'message')).toThrow(
      expect.objectContaining(refused) as Error,
    );
  });

  it.each([null, 1, 'text', [{ GSW_REFERENCE_ID: 1 }]])('says that it is no object: %j', (sent) => {
    expect(() => parseMessage(messageSchema, sent, 'message')).toThrow(
      expect.objectContaining({ code: 'BAD_MESSAGE', expected: 'a JSON object' }) as Error,
    );
  });

  it.each([null, 1, 'text', [{ GSW_REFERENCE_ID: 1 }], {}, { GSW_REFERENCE_ID: { a: 1 } }])(
    'has none when there is none: %j',
    (sent) => {
      expect(referenceOf(sent)).toEqual({});
    },
  );

  it('is short however much was sent', () => {
    const long = 'x'.repeat(200_000);
    const error = new CodedError('BAD_MESSAGE', long, { field: long, found: long, expected: long });
    const echo = referenceOf({ GSW_REFERENCE_ID: long, GSW_AGENT_REQ_TYPE: long });
    expect(JSON.stringify(errorMessage(error, echo)).length).toBeLessThan(2_000);
  });
});
