import { createHash } from 'node:crypto';

/**
 * Who the customer of a record is, in SQL. The field of a list that says so is named by the campaign
 * (`customerIdField`); each such field has an index of its own, and a search that uses it has these very expressions.
 */
export interface CustomerKey {
  /** The customer, as text without blanks around it. */
  key: string;
  /** A condition: the record has the field. The index has no others. */
  isThere: string;
}

export function customerKey(field: string): CustomerKey {
  const path = `$.${JSON.stringify(field)}`.replaceAll("'", "''");
  const value = `json_extract(user_fields, '${path}')`;
  return { key: `trim(cast(${value} as text))`, isThere: `${value} is not null` };
}

/** Makes the index for a field, if it is not there. It reads all records once. */
export function customerIndex(field: string): string {
  const { key, isThere } = customerKey(field);
  return `create index if not exists ${customerIndexName(field)} on records (list, ${key}) where ${isThere};\n`;
}

export function customerIndexName(field: string): string {
  return `records_customer_${createHash('sha256').update(field).digest('hex').slice(0, 16)}`;
}
