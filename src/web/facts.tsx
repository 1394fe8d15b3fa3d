/** Lines of a `dl`: those that have something to say. */
export function Facts({ of }: { of: readonly (readonly [name: string, value: string])[] }) {
  return (
    <>
      {of
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
    </>
  );
}
