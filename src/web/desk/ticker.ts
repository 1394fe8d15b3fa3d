/** A worker: browsers slow down the timers of pages that nobody looks at, but not those of workers. */
const aliveMs = 5_000;
setInterval(() => {
  postMessage('tick');
}, aliveMs);
