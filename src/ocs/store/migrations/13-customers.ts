/** Records of a customer are found without reading the list; customers/customer-key.ts makes the same for other fields than this. */
export const customers = `
create index if not exists records_customer_1e38d67dbe8f47d2
  on records (list, trim(cast(json_extract(user_fields, '$."customer_id"') as text)))
  where json_extract(user_fields, '$."customer_id"') is not null;
`;
