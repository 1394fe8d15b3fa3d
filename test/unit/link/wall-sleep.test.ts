import { expect, it } from 'vitest';
import { wallSleep } from '../../../src/link/wall-sleep.ts';

it('a pause of the link ends early, without an error, when its signal fires; a wrong one is an error', async () => {
  const stop = new AbortController();
  const pause = wallSleep(60_000, stop.signal);
  stop.abort();
  await expect(pause).resolves.toBeUndefined();
  await expect(wallSleep(60_000, stop.signal)).resolves.toBeUndefined();
  await expect(wallSleep(1, {} as AbortSignal)).rejects.toThrow('signal');
});
