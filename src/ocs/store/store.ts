import type { NodesReply } from '../../api/nodes.ts';
import type { Numbering } from '../../domain/numbering.ts';
import { createAudit, type Audit } from './access/audit.ts';
import { createSecrets, type Secrets } from './access/secrets.ts';
import { createStoredSessions, type StoredSessions } from './access/sessions.ts';
import { createUsers, type Users } from './access/users.ts';
import { createAgentDays, type AgentDays } from './agent-days.ts';
import { createAttemptLabels, type AttemptLabels } from './attempt-labels.ts';
import { createAttempts, type Attempts } from './attempts.ts';
import { createCallingLists, type CallingLists } from './calling-lists.ts';
import { createStoredCampaigns, type StoredCampaigns } from './campaigns.ts';
import { createClockCorrection, type ClockCorrection } from './clock-correction.ts';
import { openDatabase } from './database.ts';
import { createDialHistory, type DialHistory } from './dial-history.ts';
import { createDncBatches, type DncBatches } from './imports/dnc-batches.ts';
import { createDoNotCall, type DoNotCall } from './do-not-call.ts';
import { createGroupCommit, type GroupCommit } from './transactions/group-commit.ts';
import { createListImports, type ListImports } from './imports/list-imports.ts';
import { createOpenRecords, type OpenRecords } from './open-records.ts';
import type { StoreHealth } from './transactions/health.ts';
import type { Durability, Keeper } from './transactions/durability.ts';
import type { Memory } from './transactions/memory.ts';
import type { StartProgress } from './phone-keys.ts';
import { createRecords, type Records } from './records.ts';
import { createWaitingRecords, type WaitingRecords } from './waiting-records.ts';

/** The processes that share a database, who owns what of it, and how safe it is. */
export interface Site extends Pick<NodesReply, 'nodes' | 'database'> {
  units: Omit<NodesReply['units'][number], 'groups'>[];
}

/** A file belongs to one process, which holds its lock. */
const fileSite: Site = {
  nodes: [],
  units: [],
  database: {
    kind: 'sqlite',
    version: null,
    replicas: [],
    loss: 'with_its_disk',
    inWords:
      'one file: what was acknowledged is on the disk of this host, and lost with it, back to the last backup; no other ocsd can take over',
  },
};

/**
 * All that must survive a restart. Every statement of SQL is in this folder. All functions but
 * {@link Store.soon} are synchronous: nothing can come between the steps of a {@link Store.transaction}.
 */
export interface Store {
  readonly lists: CallingLists;
  readonly imports: ListImports;
  readonly records: Records;
  readonly waiting: WaitingRecords;
  readonly attempts: Attempts;
  readonly labels: AttemptLabels;
  readonly agentDays: AgentDays;
  readonly history: DialHistory;
  readonly clockCorrection: ClockCorrection;
  readonly openRecords: OpenRecords;
  readonly campaigns: StoredCampaigns;
  readonly doNotCall: DoNotCall;
  readonly dncBatches: DncBatches;
  readonly users: Users;
  readonly sessions: StoredSessions;
  readonly audit: Audit;
  readonly secrets: Secrets;
  /** The form under which numbers are compared: one key for all ways to write a number. */
  readonly phoneKey: (phone: string) => string;
  /** What changes in memory with a transaction: read it at once, keep it or lose it with the transaction. */
  readonly memory: Memory;
  readonly health: StoreHealth;
  /**
   * All or nothing, in the store and in {@link Store.memory}; inside another transaction, as part of it that can
   * fail by itself. Each change that somebody asks for is one: what is refused has no effect.
   */
  transaction<T>(run: () => T): T;
  /** A transaction at the end of this turn, with all others that are asked for until then: one wait for the disk. */
  readonly soon: GroupCommit['soon'];
  /**
   * Resolves when all transactions until now are kept; null when they are. Whoever was told of a change before may be told of
   * something that never was. Rejects with CodedError DATABASE_ERROR.
   */
  readonly kept: Durability['kept'];
  /** Between two slices of work on very many records: others have their turn, and the disk catches up. */
  ease(): Promise<void>;
  /** Writes something of no use: throws while the store cannot be written or its file is gone, else ends its trouble. */
  probe(): void;
  /** This process answers from now on, and others that share the database may know. */
  announce(): void;
  /** Rejects with CodedError DATABASE_ERROR. */
  site(): Promise<Site>;
  /** Before the close: waits for what is still to be kept, for some seconds at most, and lets another process take over. */
  drain(): Promise<void>;
  /** Can be called twice. */
  close(): void;
}

/**
 * @param path an SQLite file, made if absent, or `:memory:`
 * @param numbering how numbers are written in the lists; another one than last time makes all keys anew
 * @param progress told while that takes long
 * @param failed told what was thrown by those who were to hear of a change that is in the store
 * @param keeper where transactions are kept, if not in the file
 * @throws CodedError DATABASE_ERROR
 */
export function openStore(
  path: string,
  numbering?: Numbering,
  progress?: StartProgress,
  failed?: (error: unknown) => void,
  keeper?: Keeper,
): Store {
  const database = openDatabase(path, numbering, progress, failed, keeper);
  const secrets = createSecrets(database);
  return {
    lists: createCallingLists(database),
    imports: createListImports(database),
    records: createRecords(database),
    waiting: createWaitingRecords(database),
    attempts: createAttempts(database),
    labels: createAttemptLabels(database),
    agentDays: createAgentDays(database),
    history: createDialHistory(database),
    clockCorrection: createClockCorrection(database),
    openRecords: createOpenRecords(database),
    campaigns: createStoredCampaigns(database),
    doNotCall: createDoNotCall(database),
    dncBatches: createDncBatches(database),
    users: createUsers(database),
    sessions: createStoredSessions(database),
    audit: createAudit(database, secrets),
    secrets,
    phoneKey: database.phoneKey,
    memory: database.memory,
    health: database.health,
    transaction: database.transaction,
    soon: createGroupCommit(database).soon,
    kept: database.kept,
    ease: database.ease,
    probe: database.probe,
    announce: () => undefined,
    site: () => Promise.resolve(fileSite),
    drain: () => Promise.resolve(),
    close: database.close,
  };
}
