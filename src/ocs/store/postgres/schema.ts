import { quoted, type CopiedTable } from './tables.ts';

/**
 * What PostgreSQL has besides the tables of the copy. `ocs_units` says who may write: its row changes when another
 * process takes over, and never else. `ocs_nodes` has a row for each process, which its beat changes. `ocs_changes` has the numbers of the newest 1,000 sets of changes, for one whose
 * answer was lost. Made at the first start, in a transaction.
 */
export const ownSchema = `
create table if not exists ocs_schema (
  id int primary key check (id = 1), version int not null, rule text
);
create table if not exists ocs_nodes (
  node uuid primary key, url text not null, beat bigint not null default 0, started_at timestamptz not null default now()
);
alter table ocs_nodes
  add column if not exists address text,
  add column if not exists host text,
  add column if not exists version text,
  add column if not exists secret text,
  add column if not exists certificate text,
  add column if not exists seen_at timestamptz not null default now();
create table if not exists ocs_units (
  unit text primary key, node uuid, url text, listens text, epoch bigint not null, since timestamptz not null default now(), lost text
);
insert into ocs_units (unit, epoch) values ('all', 0) on conflict do nothing;
create table if not exists ocs_changes (
  seq bigint primary key, epoch bigint not null, at timestamptz not null default now()
);
`;

/** The tables of the copy, empty, and the function that writes a set of changes of theirs. */
export function copySchema(tables: readonly CopiedTable[]): string {
  return [...tables.map(tableText), commitFunction(tables)].join('\n');
}

function tableText({ name, columns, key }: CopiedTable): string {
  const lines = columns.map((column) => `  ${quoted(column.name)} ${column.type}`);
  return `drop table if exists ${quoted(name)};
create table ${quoted(name)} (
${lines.join(',\n')},
  primary key (${key.map(quoted).join(', ')})
);`;
}

/**
 * `ocs_commit(node, epoch, seq, changes)`: one round trip for a set of changes, in the order of their numbers. It answers
 * `kept`, also for a set that it has already, or `fenced` when another process owns the unit, and then writes nothing: the
 * row of the unit is locked against a takeover meanwhile. `gap` when the set before is
 * not there any more. Changes: `{ "table": { "set": [row], "gone": [key] } }`.
 */
function commitFunction(tables: readonly CopiedTable[]): string {
  return `
create or replace function ocs_commit(p_node uuid, p_epoch bigint, p_seq bigint, p_changes jsonb) returns text
language plpgsql as $commit$
declare
  change jsonb;
begin
  perform 1 from ocs_units where unit = 'all' and node = p_node and epoch = p_epoch for share;
  if not found then return 'fenced'; end if;
  if p_seq > 1 and not exists (select 1 from ocs_changes where seq = p_seq - 1) then return 'gap'; end if;
  insert into ocs_changes (seq, epoch) values (p_seq, p_epoch) on conflict do nothing;
  if not found then return 'kept'; end if;
  delete from ocs_changes where seq = p_seq - 1000;
${tables.map(writeText).join('\n')}
  return 'kept';
end $commit$;`;
}

function writeText({ name, columns, key }: CopiedTable): string {
  const table = quoted(name);
  const keys = key.map(quoted).join(', ');
  const others = columns.filter((column) => !key.includes(column.name)).map((column) => quoted(column.name));
  const update =
    others.length === 0
      ? 'do nothing'
      : `do update set ${others.map((other) => `${other} = excluded.${other}`).join(', ')}`;
  return `
  change := p_changes -> '${name}';
  if change is not null then
    insert into ${table} select * from jsonb_populate_recordset(null::${table}, change -> 'set')
      on conflict (${keys}) ${update};
    delete from ${table} where (${keys}) in (
      select ${keys} from jsonb_populate_recordset(null::${table}, change -> 'gone'));
  end if;`;
}
