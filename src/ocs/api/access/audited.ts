import type { FastifyRequest } from 'fastify';
import { rights, type Door } from '../../../api/rights.ts';
import { asCodedError } from '../../../http/errors.ts';
import type { CarryOut } from '../../../http/serve.ts';
import { anybody, auditName } from '../../access/caller.ts';
import type { Clock } from '../../clock.ts';
import type { AuditEntry, Person } from '../../store/access/audit.ts';
import type { Store } from '../../store/store.ts';
import type { Before } from './before.ts';

/** Longest text of what was asked that is kept, in characters of JSON. */
const longestDetail = 4_000;

/**
 * Writes what is done through audited doors: in the transaction that does it. What takes many transactions, or only
 * shows data (an export), is written before it begins, and once more when it is refused. What is refused at once, or
 * only tried, is not written.
 */
export function createAudited({ clock, store }: { clock: Clock; store: Store }, beforeOf: Before): CarryOut {
  return (id, request, run) => {
    const door = id as Door;
    if (!rights[door].audit || isRehearsal(request)) return run();
    const before = shortened(beforeOf(door, request));
    /** Part of the caller's transaction. */
    const add = (reason: string | null = null) => {
      const found = { ...detailOf(request, store.audit), before };
      const detail =
        reason === null
          ? found
          : {
              ...found,
              before: null,
              after: null,
              reason: found.reason === null ? reason : `${reason}; ${found.reason}`,
            };
      store.audit.add({ ...whoAsks(request), at: clock.now(), action: door, ...detail });
    };
    const note = (reason?: string) => {
      store.transaction(() => {
        add(reason);
      });
    };
    if (request.method === 'GET') {
      note();
      return run();
    }
    if (run.isAsync) {
      note();
      return (async () => {
        try {
          return await run();
        } catch (error) {
          // A store that fails now is why it was refused.
          if (store.health.trouble() === null) note(`refused: ${asCodedError(error).code}`);
          throw error;
        }
      })();
    }
    // Boxed: a transaction looks whether its result is a promise, for which a reply of fastify can be taken.
    const { reply } = store.transaction(() => {
      const done = { reply: run() };
      add();
      return done;
    });
    return reply;
  };
}

export function whoAsks({
  caller,
  ip,
}: Pick<FastifyRequest, 'caller' | 'ip'>): Pick<AuditEntry, 'who' | 'address'> {
  return { who: auditName(caller ?? anybody), address: ip };
}

/** Nothing is changed by a rehearsal, where the operation has one. */
function isRehearsal(request: FastifyRequest): boolean {
  const by = request.routeOptions.config.operation?.rehearsedBy;
  if (by === undefined) return false;
  return (request[by.in] as Record<string, unknown> | undefined)?.[by.flag] === true;
}

/**
 * What was asked: names in the address as the object, the rest as what is there afterwards; never a file, nor anything
 * that no schema has looked at, nor a number or a customer in clear.
 */
function detailOf(
  request: FastifyRequest,
  audit: Store['audit'],
): Pick<AuditEntry, 'object' | 'after'> & { reason: string | null } {
  const { operation } = request.routeOptions.config;
  const body = operation?.body === undefined ? undefined : request.body;
  const query = operation?.query === undefined ? {} : request.query;
  const { params } = request;
  const sent = typeof body === 'object' && body !== null && !(Symbol.asyncIterator in body) ? body : {};
  const { csv: _file, ...rest } = sent as Record<string, unknown>;
  const loaded = (rest['definition'] as { name?: string } | undefined)?.name;
  const object = loaded ?? Object.values((params ?? {}) as Record<string, string>).join(' ');
  const { reason, ...whole }: Record<string, unknown> & Person = { ...(query as object), ...rest };
  const asked = { ...whole, ...audit.maskPerson(whole) };
  return {
    object: object === '' ? null : object,
    after: shortened(asked),
    reason: typeof reason === 'string' ? reason : null,
  };
}

function shortened(detail: unknown): unknown {
  const text = JSON.stringify(detail) ?? '';
  return text.length <= longestDetail ? detail : `${text.slice(0, longestDetail)}…`;
}
