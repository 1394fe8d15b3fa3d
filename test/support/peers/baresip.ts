import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeUdpPort, isInstalled, startPeer, untilBound, type PeerProgram } from './programs.ts';

export const hasBaresip = () => isInstalled('baresip', 'baresip-core');

/** A telephone, and where it is: its sound leaves from 127.0.0.1, whatever else it is told. */
export interface Telephone extends PeerProgram {
  address: string;
}

/** baresip as a telephone that answers by itself and sends back what it hears; with `srtp` it takes no call without it. */
export async function startBaresip(folder: string, user: string, { srtp = false } = {}): Promise<Telephone> {
  const ip = '127.0.0.1';
  const port = await freeUdpPort(ip);
  const address = `${ip}:${String(port)}`;
  writeFileSync(
    join(folder, 'accounts'),
    `<sip:${user}@${address}>;regint=0${srtp ? ';mediaenc=srtp-mand' : ''};answermode=auto\n`,
  );
  const config = [
    `sip_listen ${address}`,
    'audio_source aubridge,loop',
    'audio_player aubridge,loop',
    'audio_alert aubridge,alert',
    'rtp_ports 31000-31020',
    'net_interface 127.0.0.1',
    'rtcp_enable yes',
    'module_path /usr/lib/baresip/modules',
    'module stdio.so',
    'module g711.so',
    'module aubridge.so',
    ...(srtp ? ['module srtp.so'] : []),
    'module_app account.so',
    'module_app menu.so',
  ];
  writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
  writeFileSync(join(folder, 'contacts'), '');
  const peer = startPeer('baresip', ['-f', folder, '-s'], folder);
  await untilBound(peer, ip, port);
  return { ...peer, address };
}
