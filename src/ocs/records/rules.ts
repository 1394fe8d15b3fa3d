import type { Log } from '../../domain/log.ts';
import type { Live } from '../live/live.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import { createAbsentAgents, type AbsentAgents } from './absent-agents.ts';
import { createAgentCalls, type AgentCalls } from './agent-calls.ts';
import { createAgentRecords, type AgentRecords } from './agent-records.ts';
import { createAgentScreen } from './agent-screen.ts';
import { createAttemptEnds } from './attempt-ends.ts';
import { createCancels, type Cancels } from './cancels.ts';
import { createCloseRecord } from './closing.ts';
import { createLostDialers } from './lost-dialers.ts';
import { createOptOuts } from './opt-outs.ts';
import { createReports, type Reports } from './reports.ts';
import { createRetrieval, type Retrieval } from './retrieval.ts';
import { createSettlement, type Settlement } from './settlement.ts';
import { createStaleAttempts } from './stale-attempts.ts';
import { createUndialableRecords } from './undialable-records.ts';

/** What happens to records, from their retrieval to their last update. */
export interface RecordRules {
  readonly absent: AbsentAgents;
  readonly agentCalls: AgentCalls;
  readonly agentRecords: AgentRecords;
  readonly cancels: Cancels;
  readonly reports: Reports;
  readonly retrieval: Retrieval;
  readonly settlement: Settlement;
  /** Ends attempts nobody has spoken of for too long. */
  readonly endStale: () => void;
  /** Frees agents who wait for a call of a dialler that fell silent. */
  readonly freeReserved: () => void;
  /** Settles records that no rule would ever dial or close. */
  readonly settleUndialable: () => void;
}

export function createRecordRules(parts: {
  clock: Clock;
  config: OcsConfig;
  live: Live;
  log: Log;
  store: Store;
  wireClock: Clock;
}): RecordRules {
  const { config, live, ...rest } = parts;
  const { staleMs } = config;
  const base = { ...live, ...rest, config };
  const settlement = createSettlement(base);
  const cancels = createCancels({ ...base, settlement });
  const closeRecord = createCloseRecord({ ...base, cancels, settlement });
  const absent = createAbsentAgents({ ...base, closeRecord });
  const agentRecords = createAgentRecords({ ...base, closeRecord });
  const screen = createAgentScreen(base);
  const agentCalls = createAgentCalls({ ...base, absent, agentRecords, screen });
  const attemptEnds = createAttemptEnds({ ...base, agentCalls, settlement });
  const optOuts = createOptOuts({ ...base, cancels, settlement });
  return {
    absent,
    agentCalls,
    agentRecords,
    cancels,
    reports: createReports({ ...base, agentCalls, attemptEnds, optOuts }),
    retrieval: createRetrieval({ ...base, settlement }),
    settlement,
    endStale: createStaleAttempts({ ...base, attemptEnds, staleMs }),
    freeReserved: createLostDialers({ ...base, agentCalls }),
    settleUndialable: createUndialableRecords({ ...base, settlement }),
  };
}
