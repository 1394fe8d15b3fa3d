import type { ComponentChildren } from 'preact';

/** A table that scrolls on its own where the page is narrow. */
export function Table(props: {
  label?: string;
  labelledBy?: string;
  headings: readonly string[];
  children: ComponentChildren;
}) {
  const { children, headings, label, labelledBy } = props;
  return (
    <div class="table" tabIndex={0} role="region" aria-label={label} aria-labelledby={labelledBy}>
      <table>
        <thead>
          <tr>
            {headings.map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
