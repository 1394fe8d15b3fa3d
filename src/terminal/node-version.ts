// better-sqlite3 needs 22.14: an older Node crashes in it. Programs run from their source need 22.18.
const oldestNode = [22, 18] as const;

/** Why the programs cannot run on this Node, in one line; null when they can. */
export function nodeFault(version = process.versions.node): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return null;
  return `found Node ${version}, expected ${oldestNode.join('.')} or newer`;
}
