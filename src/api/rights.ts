import type { accessOperations } from './access.ts';
import type { LiveTopic } from './live.ts';
import type { Role } from './roles.ts';
import type { supervisorOperations } from './supervisor.ts';

/** What OCS serves that is no operation with a description of its own. */
export type OtherDoor = 'openapi' | 'accessOpenapi' | 'desktop' | 'live' | 'console' | 'consolePage';
export type Door = keyof typeof supervisorOperations | keyof typeof accessOperations | OtherDoor;

/** Who comes through a door of OCS. */
export interface Right {
  /** `everybody`: also without a log-in or a token. `session`: whoever is logged in, for the session itself. */
  roles: readonly Role[] | 'everybody' | 'session';
  /** Each use by somebody who may is in the audit, with what was asked. Sessions and users keep theirs themselves. */
  audit: boolean;
}

const may = (...roles: Role[]): Right => ({ roles, audit: false });
const audited = (...roles: Role[]): Right => ({ roles, audit: true });
const session: Right = { roles: 'session', audit: false };

/**
 * The one table of rights: every door of the supervisor's API, the access API and the desktops. The link of the
 * diallers has a token of its own and knows no roles.
 */
export const rights: Readonly<Record<Door, Right>> = {
  health: { roles: 'everybody', audit: false },
  metrics: may('supervisor', 'engineer', 'wall', 'admin'),
  getVersion: may('agent', 'supervisor', 'engineer', 'wall', 'admin'),
  listNodes: may('supervisor', 'engineer', 'admin'),
  openapi: may('supervisor', 'engineer', 'wall', 'admin'),
  accessOpenapi: may('supervisor', 'engineer', 'wall', 'admin'),

  listCampaigns: may('supervisor', 'engineer', 'wall', 'admin'),
  getCampaign: may('supervisor', 'engineer', 'wall', 'admin'),
  getDefinition: may('supervisor', 'engineer', 'admin'),
  /** For an engineer with masked numbers. */
  getDue: may('supervisor', 'engineer', 'admin'),
  loadCampaign: audited('supervisor', 'admin'),
  startCampaign: audited('supervisor', 'admin'),
  stopCampaign: audited('supervisor', 'admin'),
  unloadCampaign: audited('supervisor', 'admin'),

  listLists: may('supervisor', 'admin'),
  importList: audited('supervisor', 'admin'),
  getListImport: may('supervisor', 'admin'),
  exportList: audited('admin'),

  getRecord: may('supervisor', 'admin'),
  cancelRecord: audited('supervisor', 'admin'),

  /** For an engineer with masked numbers. */
  listAttempts: may('supervisor', 'engineer', 'admin'),
  getAttempt: may('supervisor', 'engineer', 'admin'),
  /** What was said on the telephone: each use is in the audit. */
  getRecording: audited('supervisor', 'engineer', 'admin'),
  labelAttempt: audited('supervisor', 'engineer', 'admin'),
  listLabels: may('supervisor', 'engineer', 'admin'),

  listAgents: may('supervisor', 'engineer', 'wall', 'admin'),
  listDialers: may('supervisor', 'engineer', 'wall', 'admin'),
  setNotReady: audited('supervisor', 'admin'),
  logOutAgent: audited('supervisor', 'admin'),

  /** An agent's own. */
  getDesk: may('agent'),
  getDeskHistory: may('agent'),
  /** An agent its own, a supervisor those of its groups. */
  getAgentDay: may('agent', 'supervisor', 'admin'),

  addDoNotCall: audited('supervisor', 'admin'),
  findDoNotCall: may('supervisor', 'admin'),
  removeDoNotCall: audited('admin'),
  importDoNotCall: audited('supervisor', 'admin'),
  getDoNotCallImport: may('supervisor', 'admin'),
  listDncBatches: may('supervisor', 'admin'),
  undoDncBatch: audited('admin'),
  exportDoNotCall: audited('admin'),

  logIn: { roles: 'everybody', audit: false },
  getSession: session,
  logOut: session,
  changePassword: session,

  listUsers: may('admin'),
  addUser: may('admin'),
  changeUser: may('admin'),
  resetPassword: may('admin'),
  endSessions: may('admin'),
  listAudit: may('admin'),

  /** The pages of the console hold nothing of anybody; what they show they ask for. */
  console: { roles: 'everybody', audit: false },
  consolePage: { roles: 'everybody', audit: false },

  /** The live stream. */
  live: may('supervisor', 'engineer', 'wall', 'admin'),

  /** Whoever connects says at `Login` who it is: by a session, or by a token in that message. */
  desktop: { roles: 'everybody', audit: false },
};

/** Who may listen to what of the live stream, of those who may have it at all. */
export const topicRoles: Readonly<Record<LiveTopic, readonly Role[]>> = {
  campaigns: ['supervisor', 'engineer', 'wall', 'admin'],
  agents: ['supervisor', 'engineer', 'wall', 'admin'],
  diallers: ['supervisor', 'engineer', 'wall', 'admin'],
  channels: ['supervisor', 'engineer', 'admin'],
};
