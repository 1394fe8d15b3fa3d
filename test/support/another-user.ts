import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A user that nothing else of the tests is. */
export const anotherUser = { uid: 1_321, gid: 1_322 };

/** Root of a container may be one that can be no other user. */
export function canBeAnother(): boolean {
  if (process.getuid?.() !== 0) return false;
  const tried = mkdtempSync(join(tmpdir(), 'cpd-owner-'));
  try {
    chownSync(tried, anotherUser.uid, anotherUser.gid);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(tried, { recursive: true });
  }
}
