/** Who a customer is as far as the user fields of a record say; empty when they do not. */
export function customerName(fields: Readonly<Record<string, unknown>>): string {
  const text = (name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  };
  const parts = [text('first_name'), text('last_name')].filter((part) => part !== '');
  return text('name') || parts.join(' ');
}
