/**
 * Gives events to `take` one at a time: an event that comes up while another is taken waits for its turn. What `take`
 * throws reaches whoever sent the event; those that wait then go on with the next one sent.
 */
export function oneAtATime<E>(take: (event: E) => void): (event: E) => void {
  const waiting: E[] = [];
  let busy = false;
  return (event) => {
    waiting.push(event);
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next);
    } finally {
      busy = false;
    }
  };
}
