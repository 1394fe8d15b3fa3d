import type { Page } from 'playwright-core';

/** How Chromium is started for a bench. */
export const benchBrowser = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
};

/** The screen that walls are measured on. */
export const benchScreen = { viewport: { width: 1920, height: 1080 } };

/**
 * Slows the processor of a page down. @returns reads what Chromium counts of the page by name; seconds of processor time of
 * its thread, so that waits for a core that others have are not the page's.
 */
export async function slowDown(page: Page, times: number): Promise<() => Promise<Map<string, number>>> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Emulation.setCPUThrottlingRate', { rate: times });
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await tools.send('Performance.getMetrics');
    return new Map(metrics.map(({ name, value }) => [name, value]));
  };
}
