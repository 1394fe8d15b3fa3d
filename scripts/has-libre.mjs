// Says "yes" where boardhost-sip can be built: libre, and OpenSSL and zlib, which it stands on, are all installed.
import { existsSync } from 'node:fs';

const folders = ['/usr/include', '/usr/local/include'];
const headers = ['re/re.h', 'openssl/evp.h', 'zlib.h'];
const found = headers.every((header) => folders.some((folder) => existsSync(`${folder}/${header}`)));
console.log(found ? 'yes' : 'no');
