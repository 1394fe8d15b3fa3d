import { z } from 'zod';
import { extensionForm } from '../domain/extension.ts';
import { numberSchema } from '../link/schemas.ts';
import { errorSchema, momentSchema, nameSchema } from './fields.ts';
import type { Api, Operation } from './operation.ts';
import { refusalsByRole, roleSchema } from './roles.ts';

/** As it is written in any case: names are kept and compared in lower case. */
export const userNameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/, '1 to 64 letters, digits and . _ @ -, a letter or digit first')
  // As the audit calls whoever comes where nobody is asked.
  .refine((name) => name !== 'anybody', 'the name of somebody');

const extensionSchema = z.string().regex(extensionForm, 'an extension has 2 to 20 digits');

export const userSchema = z.object({
  name: z.string(),
  role: roleSchema,
  /** The agent groups in which an agent works, or which a supervisor or wall screen sees; empty for all groups. */
  groups: z.array(z.string()),
  /** The telephone at which an agent usually sits. */
  extension: z.string().nullable(),
  /** Cannot log in. */
  disabled: z.boolean(),
  /** Has a one-time password, to be changed at the first log-in. */
  oneTimePassword: z.boolean(),
  createdAt: momentSchema,
  lastLogInAt: momentSchema.nullable(),
  /** Browsers that are logged in. */
  sessions: z.number().int(),
});
export type UserView = z.output<typeof userSchema>;

const groupsSchema = z.array(nameSchema).max(100);

export const addUserSchema = z.strictObject({
  name: userNameSchema,
  role: roleSchema,
  groups: groupsSchema.default([]),
  extension: extensionSchema.optional(),
});

export const changeUserSchema = z
  .strictObject({
    role: roleSchema.optional(),
    groups: groupsSchema.optional(),
    extension: extensionSchema.nullable().optional(),
    disabled: z.boolean().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'at least one of role, groups, extension, disabled');

/** Told once, and nowhere kept. */
export const oneTimePasswordSchema = z.object({
  user: userSchema,
  password: z.string(),
  expiresAt: momentSchema,
});
export type OneTimePassword = z.output<typeof oneTimePasswordSchema>;

export const usersReplySchema = z.object({ users: z.array(userSchema) });
export const endedReplySchema = z.object({ ended: z.number().int() });

export const logInSchema = z.strictObject({ name: z.string().max(256), password: z.string().max(1_024) });
export const changePasswordSchema = z.strictObject({
  current: z.string().max(1_024),
  next: z.string().max(1_024),
});

export const sessionSchema = z.object({
  name: z.string(),
  role: roleSchema,
  groups: z.array(z.string()),
  extension: z.string().nullable(),
  /** To be sent as `x-csrf-token` with each request that changes something. */
  csrfToken: z.string(),
  /** Nothing else is allowed before the one-time password is changed. */
  mustChangePassword: z.boolean(),
  /** When it ends at the latest, ms since 1970. */
  expiresAt: momentSchema,
});
export type SessionView = z.output<typeof sessionSchema>;

const auditQuerySchema = z.object({
  /** Entries older than this one: the `next` of the page before. */
  before: z.coerce.number().int().positive().optional(),
  who: z.string().min(1).optional(),
  action: z.string().min(1).optional(),
  /** Whom it was about, as far as Do Not Call: a number however it is written, or a customer. */
  phone: numberSchema.optional(),
  customerId: z.string().min(1).optional(),
  /** ms since 1970. */
  from: z.coerce.number().int().optional(),
  till: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const auditReplySchema = z.object({
  /** The newest first. */
  entries: z.array(
    z.object({
      id: z.number().int(),
      at: momentSchema,
      /** A user, `token NAME` for a machine, or `anybody` where no token is asked for. */
      who: z.string(),
      address: z.string(),
      /** `log_in`, `log_in_failed`, or the name of an operation of the API. */
      action: z.string(),
      /** To what it was done. */
      object: z.string().nullable(),
      before: z.unknown(),
      after: z.unknown(),
      reason: z.string().nullable(),
    }),
  ),
  /** The `before` of the next page; null at the end. */
  next: z.number().int().nullable(),
});
export type AuditReply = z.output<typeof auditReplySchema>;

const named = z.object({ name: userNameSchema });
const sessionPath = '/api/v1/session';
const userPath = '/api/v1/users/:name';
const logInRefusals = ['TOO_MANY_LOG_INS', 'TLS_REQUIRED', 'NOT_SUPPORTED'] as const;

export const accessOperations = {
  logIn: {
    method: 'POST',
    path: sessionPath,
    summary: 'Logs in: the session is a cookie.',
    subject: 'log-in',
    body: logInSchema,
    secret: true,
    reply: sessionSchema,
    statuses: [201],
    refusals: logInRefusals,
  },
  getSession: {
    method: 'GET',
    path: sessionPath,
    summary: 'Who is logged in, and the CSRF token of the session.',
    subject: 'session',
    reply: sessionSchema,
  },
  logOut: {
    method: 'DELETE',
    path: sessionPath,
    summary: 'Ends the session.',
    subject: 'session',
    reply: endedReplySchema,
  },
  changePassword: {
    method: 'POST',
    path: `${sessionPath}/password`,
    summary: 'Changes the own password; the session gets a new cookie, and all others of the user end.',
    subject: 'password',
    body: changePasswordSchema,
    secret: true,
    reply: sessionSchema,
    refusals: logInRefusals,
  },
  listUsers: {
    method: 'GET',
    path: '/api/v1/users',
    summary: 'All users.',
    subject: 'users',
    reply: usersReplySchema,
  },
  addUser: {
    method: 'POST',
    path: '/api/v1/users',
    summary: 'Adds a user, with a one-time password that is told in the answer only.',
    subject: 'user',
    body: addUserSchema,
    reply: oneTimePasswordSchema,
    statuses: [201],
    refusals: ['ILLEGAL_STATE', 'NOT_SUPPORTED'],
  },
  changeUser: {
    method: 'PATCH',
    path: userPath,
    summary: 'Changes role, groups or extension, or disables a user, which ends its sessions at once.',
    subject: 'user',
    params: named,
    body: changeUserSchema,
    reply: userSchema,
    refusals: ['UNKNOWN_USER'],
  },
  resetPassword: {
    method: 'POST',
    path: `${userPath}/reset`,
    summary: 'Gives a new one-time password and ends the sessions of the user.',
    subject: 'user',
    params: named,
    reply: oneTimePasswordSchema,
    refusals: ['UNKNOWN_USER', 'NOT_SUPPORTED'],
  },
  endSessions: {
    method: 'DELETE',
    path: `${userPath}/sessions`,
    summary: 'Ends all sessions of a user.',
    subject: 'user',
    params: named,
    reply: endedReplySchema,
    refusals: ['UNKNOWN_USER'],
  },
  listAudit: {
    method: 'GET',
    path: '/api/v1/audit',
    summary: 'Who did what, the newest first.',
    subject: 'audit',
    query: auditQuerySchema,
    reply: auditReplySchema,
  },
} as const satisfies Record<string, Operation>;

/** Who may use OCS: sessions, users and the audit. */
export const accessApi: Api = {
  title: 'OCS access',
  description: 'Sessions, users and the audit.',
  version: '1',
  document: '/api/v1/access/openapi.json',
  badInput: 'BAD_ARGUMENT',
  error: errorSchema,
  refusals: refusalsByRole,
  operations: accessOperations,
  schemas: {
    LogIn: logInSchema,
    Session: sessionSchema,
    PasswordChange: changePasswordSchema,
    User: userSchema,
    Users: usersReplySchema,
    NewUser: addUserSchema,
    UserChange: changeUserSchema,
    OneTimePassword: oneTimePasswordSchema,
    SessionsEnded: endedReplySchema,
    Audit: auditReplySchema,
    Error: errorSchema,
  },
};
