import { expect, it } from 'vitest';
import { dialledTwice, type StoredAttempt } from '../../../src/demo/audit.ts';

const attempt = (fields: Partial<StoredAttempt>) =>
  ({ record_handle: 1, ended_by: 'outcome', connected_at: null, ...fields }) as StoredAttempt;

it('tells of a record with two calls at once, and of one that was dialled again after an agent had it', () => {
  const busy = attempt({ leased_at: 10, ended_at: 20 });
  expect(dialledTwice([attempt({ leased_at: 20, ended_at: 30 }), busy])).toEqual([]);
  expect(dialledTwice([busy, attempt({ record_handle: 2, leased_at: 15, ended_at: 30 })])).toEqual([]);
  expect(dialledTwice([attempt({ leased_at: 15, ended_at: 30 }), busy])).toEqual([
    'record 1 had two calls at once',
  ]);
  const spoken = attempt({ leased_at: 10, ended_at: 20, connected_at: 12 });
  expect(dialledTwice([spoken, attempt({ leased_at: 50, ended_at: 60 })])).toEqual([
    'record 1 was dialled again after an agent had it',
  ]);
  expect(dialledTwice([spoken, attempt({ leased_at: 50, ended_at: 60, ended_by: 'stale' })])).toEqual([]);
});
