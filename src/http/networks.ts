import { BlockList, isIP, isIPv6 } from 'node:net';

/** Some addresses and networks. */
export interface Networks {
  has(address: string): boolean;
}

/** @param written each an IP address, or a network such as `192.0.2.0/24` */
export function createNetworks(written: readonly string[]): Networks {
  const listed = new BlockList();
  for (const each of written) {
    const [address = '', bits] = each.split('/');
    if (bits === undefined) listed.addAddress(address, familyOf(address));
    else listed.addSubnet(address, Number(bits), familyOf(address));
  }
  return {
    has: (address) => {
      const plain = plainAddress(address);
      return isIP(plain) !== 0 && listed.check(plain, familyOf(plain));
    },
  };
}

/** IPv4 as such where it came to a socket of IPv6, and without the interface of a link-local address. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
