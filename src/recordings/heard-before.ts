import { canBeTold } from '../board/known-recordings.ts';
import { searchable } from './candidate-search.ts';
import type { openCandidates } from './candidates.ts';
import { commonSpan, isMostOf } from './common-span.ts';

/** What was heard and is not known yet, the newest; a network's announcement comes again within fewer calls. */
const mostCandidates = 1_000;

/** So many more are let in before room is made, which takes long. */
const pruneEvery = 64;

/** What was heard and is not known yet, in the store and by what it sounds like. */
export function createHeardBefore(store: ReturnType<typeof openCandidates>, now: () => number) {
  const candidates = searchable(store.all());
  let count = store.count();

  const remove = (id: number): void => {
    store.remove(id);
    candidates.remove([id]);
    count--;
  };
  return {
    remove,
    removeLike(prints: Uint32Array): void {
      const heard = candidates.find(prints);
      if (heard !== null) remove(heard.id);
    },
    /** The candidate that it is, with what it has in common with all that were heard before; or a new one. */
    candidateOf(prints: Uint32Array): { id: number; common: Uint32Array } {
      const heard = candidates.find(prints);
      if (heard !== null) {
        const common = commonSpan(heard.prints, prints);
        if (canBeTold(common) && isMostOf(common, heard.prints) && isMostOf(common, prints)) {
          if (common.length < heard.prints.length) {
            store.narrow(heard.id, common);
            candidates.remove([heard.id]);
            candidates.add({ id: heard.id, prints: common });
          }
          return { id: heard.id, common };
        }
      }
      const id = store.add(prints, now());
      candidates.add({ id, prints });
      count++;
      return { id, common: prints };
    },
    makeRoom(): void {
      if (count < mostCandidates + pruneEvery) return;
      const gone = store.prune(mostCandidates);
      candidates.remove(gone);
      count -= gone.length;
    },
  };
}
