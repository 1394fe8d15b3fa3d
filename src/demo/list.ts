import { stringify } from 'csv-stringify/sync';
import { seededRandom } from './random.ts';

const areaCodes = ['212', '312', '415', '512', '617', '702', '813', '916', '206', '303'];
const firstNames =
  'Ana Ben Carla David Elif Farid Grace Hugo Ines Jonas Kaya Lena Milan Nora Omar Paula'.split(' ');
const lastNames =
  'Adler Brook Castro Doyle Ekman Fischer Garcia Haas Ivers Jensen Kern Lopez Moreau Novak'.split(' ');

/** One line of the demo's calling list; user fields after the standard ones. */
export interface DemoRecord {
  record_id: number;
  chain_id: number;
  chain_n: number;
  phone: string;
  daily_from: number;
  daily_till: number;
  tz: string;
  customer_id: string;
  first_name: string;
  last_name: string;
  amount_due: string;
}

/**
 * Makes a calling list of `count` customers with numbers reserved for fiction (NANP 555-0100 to 555-0199).
 *
 * @param count 1 to 1000
 */
export function makeList(count: number, seed: number): DemoRecord[] {
  const random = seededRandom(seed);
  const pick = (from: string[]) => from[Math.floor(random() * from.length)] ?? '';
  return Array.from({ length: count }, (_, index) => ({
    record_id: index + 1,
    chain_id: index + 1,
    chain_n: 0,
    phone: `+1${areaCodes[index % areaCodes.length]}55501${String(Math.floor(index / areaCodes.length)).padStart(2, '0')}`,
    daily_from: 0,
    daily_till: 86_399,
    tz: 'America/New_York',
    customer_id: `C${String(100_000 + Math.floor(random() * 900_000))}`,
    first_name: pick(firstNames),
    last_name: pick(lastNames),
    amount_due: (10 + random() * 490).toFixed(2),
  }));
}

export function listToCsv(records: DemoRecord[]): string {
  return stringify(records, { header: true });
}
