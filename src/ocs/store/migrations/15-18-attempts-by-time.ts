/**
 * Versions 15 to 18: attempts are listed newest first, page by page, without being sorted or counted. An index each, so
 * that a start over millions of attempts is told step by step, and goes on where it was broken off.
 */
export const attemptsByTime: readonly string[] = [
  'create index if not exists attempts_time on attempts (leased_at, attempt_id);',
  'create index if not exists attempts_time_campaign on attempts (campaign, leased_at, attempt_id);',
  'create index if not exists attempts_time_phone on attempts (phone_key, leased_at, attempt_id);',
  `create index if not exists attempts_time_result on attempts (result, leased_at, attempt_id)
     where result is not null;`,
];
