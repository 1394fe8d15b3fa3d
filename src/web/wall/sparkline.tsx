import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { LiveCampaign } from '../../api/live.ts';

const height = 20;
const step = 4;

/** How many calls ended in each of the last minutes; the results beside it say it in words. */
export function Sparkline({ item }: { item: ReadonlySignal<LiveCampaign | undefined> }) {
  const points = useComputed(() => {
    const minutes = item.value?.recentMinutes ?? [];
    const most = Math.max(1, ...minutes);
    return minutes
      .map((ended, at) => `${at * step},${Math.round((height - 2) * (1 - ended / most)) + 1}`)
      .join(' ');
  });
  return (
    <svg class="sparkline" viewBox={`0 0 ${30 * step} ${height}`} aria-hidden="true">
      <polyline points={points} />
    </svg>
  );
}
