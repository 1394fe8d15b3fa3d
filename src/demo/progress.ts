import type { CampaignStatus } from '../api/campaigns.ts';

/** Shows how the campaign goes: redrawn in place on a terminal, now and then a plain line in a pipe. */
export interface Progress {
  show(status: CampaignStatus, seconds: number): void;
  /** Leaves the last picture on the terminal. */
  end(): void;
}

const plainLineEverySeconds = 5;

export function terminalProgress(out: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet) return { show: () => undefined, end: () => undefined };
  if (!out.isTTY) return plainProgress(out);
  let drawn = 0;
  return {
    show: (status, seconds) => {
      const lines = picture(status, seconds, Math.min(out.columns, 100));
      out.write(
        `${drawn > 0 ? `\u001b[${String(drawn)}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`,
      );
      drawn = lines.length;
    },
    end: () => {
      drawn = 0;
    },
  };
}

function plainProgress(out: NodeJS.WriteStream): Progress {
  let last = -Infinity;
  return {
    show: (status, seconds) => {
      if (seconds - last < plainLineEverySeconds) return;
      last = seconds;
      out.write(
        `${seconds.toFixed(0).padStart(4)} s  records left ${String(status.records.left)}, ` +
          `calls: ${listed(status.calls)}; results: ${listed(status.results)}; agents: ${listed(status.agents)}\n`,
      );
    },
    end: () => undefined,
  };
}

function picture(status: CampaignStatus, seconds: number, width: number): string[] {
  const { total, left } = status.records;
  const barWidth = Math.max(10, width - 50);
  const done = total === 0 ? 0 : Math.round((barWidth * (total - left)) / total);
  const rate = status.abandonedRatePct === null ? '-' : `${status.abandonedRatePct.toFixed(1)} %`;
  return [
    `campaign ${status.name} (${status.mode})  ${seconds.toFixed(0)} s`,
    `records  [${'#'.repeat(done)}${'.'.repeat(barWidth - done)}] ${String(left)} of ${String(total)} left`,
    `calls    ${listed(status.calls)}`,
    `agents   ${listed(status.agents)}`,
    `results  ${listed(status.results)}`,
    `live     ${String(status.live)} answered by people, ${String(status.abandoned)} abandoned (${rate})`,
  ].map((line) => (line.length > width ? `${line.slice(0, width - 1)}~` : line));
}

function listed(counts: Record<string, number>): string {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  return present.length === 0
    ? 'none'
    : present.map(([name, count]) => `${name.replaceAll('_', ' ')} ${String(count)}`).join(', ');
}
