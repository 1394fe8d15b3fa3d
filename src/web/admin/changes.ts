/** What differs between what was before and what is after, a line a field: `pacing.maxInFlight: 9 -> 12`. */
export function changesOf(before: unknown, after: unknown): string[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])];
  return names.flatMap((name) => {
    const [then, now] = [was.get(name), is.get(name)];
    if (then === now) return [];
    const label = name === '' ? '' : `${name}: `;
    if (then === undefined) return [`${label}${now ?? ''}`];
    return [`${label}${then} -> ${now ?? (is.size === 0 ? '' : 'none')}`.trimEnd()];
  });
}

/** Each value by the way to it. */
function fieldsOf(value: unknown, way = ''): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) return new Map([[way, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, each]) => [
      ...fieldsOf(each, way === '' ? name : `${way}.${name}`),
    ]),
  );
}
