/** What Linux says of processes and sockets. */
import { readFileSync, readdirSync } from 'node:fs';

const clockTicksASecond = 100;

/** Processor seconds that a process has used. */
export function processorSeconds(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicksASecond;
}

/** The board host that this process started. */
export function boardHostPid(): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const [before = '', after = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ');
      if (before.endsWith('(boardhost-sip') && after.split(' ')[1] === String(process.pid))
        return Number(name);
    } catch {
      // Gone meanwhile.
    }
  }
  throw new Error('no board host of this process');
}

/** Datagrams that came to the open UDP sockets of an IPv4 address while their buffers were full. */
export function droppedByKernel(ip: string): number {
  const address = Buffer.from(ip.split('.').map(Number).reverse()).toString('hex').toUpperCase();
  let dropped = 0;
  for (const line of readFileSync('/proc/net/udp', 'latin1').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.startsWith(`${address}:`) === true) dropped += Number(fields.at(-1));
  }
  return dropped;
}
