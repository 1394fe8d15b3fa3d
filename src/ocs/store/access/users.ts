import type { Role } from '../../../api/roles.ts';
import type { OcsDatabase } from '../database.ts';

/** Somebody who may log in. */
export interface User {
  /** In lower case. */
  readonly name: string;
  readonly role: Role;
  readonly groups: readonly string[];
  readonly extension: string | null;
  /** As `passwords.ts` writes it. */
  readonly passwordHash: string;
  /** Until when a one-time password holds, ms since 1970; null for a password of the user's own. */
  readonly oneTimeUntil: number | null;
  readonly disabled: boolean;
  /** ms since 1970, as the next one. */
  readonly createdAt: number;
  readonly lastLogInAt: number | null;
}

export interface Users {
  get(name: string): User | undefined;
  all(): User[];
  /** How many there are. */
  count(): number;
  /** Adds the user, or changes all of it. */
  save(user: User): void;
}

interface UserRow {
  name: string;
  role: Role;
  groups: string;
  extension: string | null;
  password_hash: string;
  one_time_until: number | null;
  disabled: number;
  created_at: number;
  last_log_in_at: number | null;
}

export function createUsers({ sqlite }: OcsDatabase): Users {
  const getOne = sqlite.prepare<[string], UserRow>('select * from users where name = ?');
  const getAll = sqlite.prepare<[], UserRow>('select * from users order by name');
  const count = sqlite.prepare<[], number>('select count(*) from users').pluck();
  const save = sqlite.prepare<[UserRow]>(
    `insert into users (name, role, groups, extension, password_hash, one_time_until, disabled, created_at, last_log_in_at)
     values (@name, @role, @groups, @extension, @password_hash, @one_time_until, @disabled, @created_at, @last_log_in_at)
     on conflict (name) do update set role = excluded.role, groups = excluded.groups, extension = excluded.extension,
       password_hash = excluded.password_hash, one_time_until = excluded.one_time_until, disabled = excluded.disabled,
       last_log_in_at = excluded.last_log_in_at`,
  );
  return {
    get: (name) => {
      const row = getOne.get(name);
      return row === undefined ? undefined : userOf(row);
    },
    all: () => getAll.all().map(userOf),
    count: () => count.get() ?? 0,
    save: (user) => {
      save.run({
        name: user.name,
        role: user.role,
        groups: JSON.stringify(user.groups),
        extension: user.extension,
        password_hash: user.passwordHash,
        one_time_until: user.oneTimeUntil,
        disabled: user.disabled ? 1 : 0,
        created_at: user.createdAt,
        last_log_in_at: user.lastLogInAt,
      });
    },
  };
}

function userOf(row: UserRow): User {
  return {
    name: row.name,
    role: row.role,
    groups: JSON.parse(row.groups) as string[],
    extension: row.extension,
    passwordHash: row.password_hash,
    oneTimeUntil: row.one_time_until,
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    lastLogInAt: row.last_log_in_at,
  };
}
