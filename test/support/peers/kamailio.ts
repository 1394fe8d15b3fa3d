import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, startPeer, untilBound, type PeerProgram } from './programs.ts';

export const hasKamailio = () => isInstalled('kamailio', 'kamailio');

interface Place {
  ip: string;
  port: number;
}

/** Kamailio as a provider's proxy: digest for calls and registrations, and it stays in the dialog. */
export async function startKamailio(
  folder: string,
  at: Place,
  next: Place,
  { username, password }: { username: string; password: string },
): Promise<PeerProgram> {
  const realm = 'proxy.example.net';
  const isUser = (how: string) =>
    `!${how}_authenticate("${realm}", "${password}", "0") || $au != "${username}"`;
  const file = join(folder, 'kamailio.cfg');
  writeFileSync(
    file,
    `#!KAMAILIO
debug=1
log_stderror=yes
fork=no
disable_tcp=yes
auto_aliases=no
listen=udp:${at.ip}:${String(at.port)}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not Here");
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) {
    if (${isUser('pv_www')}) { www_challenge("${realm}", "0"); exit; }
    save("location");
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  if (${isUser('pv_proxy')}) { proxy_challenge("${realm}", "0"); exit; }
  consume_credentials();
  record_route();
  $du = "sip:${next.ip}:${String(next.port)}";
  t_relay();
}
`,
  );
  const peer = startPeer(
    'kamailio',
    ['-f', file, '-Y', folder, '-P', join(folder, 'pid'), '-m', '16', '-M', '4'],
    folder,
  );
  await untilBound(peer, at.ip, at.port);
  return peer;
}
