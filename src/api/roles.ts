import { z } from 'zod';
import type { ErrorCode } from '../domain/errors.ts';

/**
 * What people and machines may be. An agent works on its own records, a supervisor runs campaigns, an engineer looks
 * at calls without customers' numbers, a wall screen shows figures, an admin may all and keeps the users.
 */
export const roles = ['agent', 'supervisor', 'engineer', 'wall', 'admin'] as const;
export type Role = (typeof roles)[number];
export const roleSchema = z.enum(roles);

/** Roles of machines: what an agent does is done by a person. */
export const machineRoles = ['supervisor', 'engineer', 'wall', 'admin'] as const satisfies readonly Role[];
export type MachineRole = (typeof machineRoles)[number];

/** What whoever comes by a role can be refused with, whatever is asked. */
export const refusalsByRole = [
  'UNAUTHORIZED',
  'FORBIDDEN',
  'TOO_MANY_WRONG_TOKENS',
  'BAD_ARGUMENT',
  'BAD_MESSAGE',
  'DATABASE_ERROR',
  'INTERNAL',
] as const satisfies readonly ErrorCode[];
