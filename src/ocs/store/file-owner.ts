import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whose file or folder it is, where that is why this user cannot write it; empty where it is the user's own. */
export function ownerOf(path: string): string {
  const user = process.getuid?.();
  const [owner] = [path, dirname(path)].flatMap((each) => {
    const uid = uidOf(each);
    return uid === undefined || uid === user ? [] : [{ each, uid }];
  });
  if (user === undefined || owner === undefined) return '';
  return ` (${owner.each} belongs to user ${String(owner.uid)}, this program runs as user ${String(user)})`;
}

/** Unknown as well where the folder may not even be entered. */
function uidOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.uid;
  } catch {
    return undefined;
  }
}
