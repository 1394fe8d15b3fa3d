import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnMap } from '../../../../src/ocs/lists/columns.ts';
import { csvLine, type badCsv } from '../../../../src/ocs/lists/csv-table.ts';
import { parseCallingList, standardColumns } from '../../../../src/ocs/lists/csv.ts';
import { dncColumns, parseDncList } from '../../../../src/ocs/lists/dnc-csv.ts';
import { userFieldFault } from '../../../../src/ocs/lists/user-fields.ts';

type Refusal = ReturnType<typeof badCsv>;
const asked = (read: () => unknown): string[] => {
  try {
    read();
  } catch (error) {
    return (error as Refusal).lines.map(({ found, expected }) => `${found}: ${expected}`);
  }
  return [];
};
const list =
  (header: string, map: ColumnMap = {}) =>
  () =>
    parseCallingList(`${header}\n`, { map });
const dnc =
  (header: string, map: ColumnMap = {}) =>
  () =>
    parseDncList(`${header}\n`, map);

describe('the column that says who the customer is', () => {
  const userOf = (header: string, customerFields?: readonly string[], map: ColumnMap = {}) =>
    parseCallingList(`${header}\n+4915112345678,K7\n`, { map, customerFields }).records[0]?.user;

  it.each(['customer_id', 'Customer ID', 'CUSTOMER-ID', 'customerid', ' Customer Id '])(
    'is known as %j',
    (name) => {
      expect(userOf(`phone,${name}`)).toEqual({ customer_id: 'K7' });
    },
  );

  it.each(['Cust ID', 'custid', 'Kundennummer', 'client_no', 'costumer_id', 'customerNr'])(
    'is asked about when it is %j, and what the map says then',
    (name) => {
      expect(asked(list(`phone,${name}`))).toEqual([
        expect.stringContaining(`${name}: customer_id, if that is meant`),
      ]);
      expect(userOf(`phone,${name}`, [], { [name]: 'customer_id' })).toEqual({ customer_id: 'K7' });
      expect(userOf(`phone,${name}`, [], { [name]: name })).toEqual({ [name]: 'K7' });
      expect(asked(list(`phone,customer_id,${name}`))).toEqual([]);
    },
  );

  it.each(['customer', 'Client', 'Kunde', 'customer_name'])('is not %j', (name) => {
    expect(userOf(`phone,${name}`)).toEqual({ [name]: 'K7' });
  });

  it('is the one that a campaign of the list names', () => {
    expect(userOf('phone,Kundennummer', ['Kundennummer'])).toEqual({ Kundennummer: 'K7' });
    expect(userOf('phone,KUNDEN-NUMMER', ['Kundennummer'])).toEqual({ Kundennummer: 'K7' });
    expect(userOf('phone,Customer ID', ['Customer ID'])).toEqual({ 'Customer ID': 'K7' });
    expect(() => userOf('phone,custid', ['Kundennummer'])).toThrow('expected Kundennummer, if that is meant');
  });

  it('keeps its name in what was exported', () => {
    const header = [...standardColumns, 'Customer ID', 'custid'].join(',');
    const row = standardColumns.map((column) => (column === 'phone' ? '+4915112345678' : '')).join(',');
    const [record] = parseCallingList(`${header}\n${row},a,b\n`).records;
    expect(record?.user).toEqual({ 'Customer ID': 'a', custid: 'b' });
    expect(userFieldFault('customer_id')).toBeNull();
  });

  it('cannot be there twice', () => {
    expect(() => parseCallingList('phone,Customer ID,customer_id\n')).toThrow('each column once');
  });
});

describe('columns of a calling list', () => {
  it('are known in any case, with blanks, hyphens or nothing between the words', () => {
    const { records, bad } = parseCallingList(
      'PHONE,Record Type,daily-from,DailyTill,Dial_Sched Time,tZ,Note\n' +
        '+4915112345678,6,10:00,18:30,2030-01-01 10:00,Europe/Berlin,x\n',
    );
    expect(bad).toEqual([]);
    expect(records).toEqual([
      {
        line: 2,
        phone: '+4915112345678',
        record_type: 6,
        daily_from: 36_000,
        daily_till: 66_600,
        dial_sched_time: Date.UTC(2030, 0, 1, 9) / 1_000,
        tz: 'Europe/Berlin',
        user: { Note: 'x' },
      },
    ]);
  });

  it.each([
    ['phone,Zeitzone', 'Zeitzone', 'tz'],
    ['phone,Time Zone', 'Time Zone', 'tz'],
    ['phone,Fuseau horaire', 'Fuseau horaire', 'tz'],
    ['phone,recrod_type', 'recrod_type', 'record_type'],
    ['phone,daily_form', 'daily_form', 'daily_from'],
    ['phone,Start Time', 'Start Time', 'daily_from'],
    ['phone,dial_schedule_time', 'dial_schedule_time', 'dial_sched_time'],
    ['Téléphone,name', 'Téléphone', 'phone'],
    ['Rufnummer,name', 'Rufnummer', 'phone'],
    ['fone,name', 'fone', 'phone'],
  ])('are asked about: %s', (header, name, meant) => {
    expect(asked(list(header))).toEqual([expect.stringContaining(`${name}: ${meant}, if that is meant`)]);
    expect(asked(list(header, { [name]: meant }))).toEqual([]);
  });

  it('are what the map says, also fields of their own', () => {
    const file = 'Telefon,Zone,Nr\n+4915112345678,north,7\n';
    const { records } = parseCallingList(file, { map: { Telefon: 'Phone', Zone: 'Zone', Nr: 'record-id' } });
    expect(records).toMatchObject([{ phone: '+4915112345678', record_id: 7, user: { Zone: 'north' } }]);
    expect(asked(list('phone', { Tel: 'phone' }))[0]).toContain('a column "Tel"');
  });

  it.each(['phone,name,city,email,zip,status,phone2,mobile,customer_id,Telephone,notes,date'])(
    'leave fields of other names to the user: %s',
    (header) => {
      expect(asked(list(header))).toEqual([]);
    },
  );

  it('are there once, in whatever spelling', () => {
    expect(asked(list('phone,Phone'))).toEqual(['phone: each column once']);
    expect(asked(list('phone,"na\u0000me"'))[0]).toContain('without control characters');
  });

  it('are not asked about in what was exported', () => {
    expect(asked(list([...standardColumns, 'timezone', 'attempts'].join()))).toEqual([]);
  });
});

describe('columns of a Do Not Call list', () => {
  it.each([
    ['telephone,customer_id', 'telephone'],
    ['customer_id,Telefono', 'Telefono'],
    ['phone,phone2', 'phone2'],
    ['phone,Mobile', 'Mobile'],
    ['customer_id,phnoe', 'phnoe'],
  ])('are asked about when a number could be in them: %s', (header, name) => {
    expect(asked(dnc(header))).toEqual([expect.stringContaining(`${name}: phone, if that is meant`)]);
  });

  it('are known, mapped or passed over', () => {
    expect(parseDncList('Phone,Customer ID,Name\n+4915112345678,K7,Ada\n').entries).toEqual([
      { line: 2, phone: '+4915112345678', customerId: 'K7' },
    ]);
    expect(parseDncList('Tel\n+4915112345678\n', { Tel: 'phone' }).entries).toHaveLength(1);
    expect(asked(dnc('phone,Kundennummer'))).toEqual([expect.stringContaining('Kundennummer: customer_id')]);
  });

  it('are not those of a calling list', () => {
    expect(asked(dnc('record_id,phone,Record Type,name'))).toEqual([
      expect.stringContaining(
        'record_id, Record Type: a Do Not Call list; these are columns of a calling list',
      ),
    ]);
    expect(asked(dnc('phone,tz', { tz: 'tz' }))).toEqual([]);
    expect(asked(dnc(dncColumns.join()))).toEqual([]);
  });
});

describe('a field that an agent names', () => {
  it.each([
    ...['phone', 'tz', 'group', 'record_id', 'Contact Info', 'Record-Type', 'TREATMENTS'],
    ...['constructor', '__proto__', 'toString', 'hasOwnProperty'],
    ...['', ' name', 'na\nme', 'na\u0000me', '\ud800', '\ufffd'],
  ])('is refused: %j', (name) => {
    expect(userFieldFault(name)).toContain('the name of a user field');
  });

  it('is exported and imported again, whatever it is called', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 4 }),
        fc.string(),
        (names, value) => {
          const fields = names.filter((name) => userFieldFault(name) === null);
          const header = csvLine([...standardColumns, ...fields]);
          const cells = standardColumns.map((column) => (column === 'phone' ? '5550101' : ''));
          const { records, bad } = parseCallingList(header + csvLine([...cells, ...fields.map(() => value)]));
          expect(bad).toEqual([]);
          expect(Object.entries(records[0]?.user ?? {}).sort()).toEqual(
            Object.entries(Object.fromEntries(fields.map((name) => [name, value]))).sort(),
          );
        },
      ),
    );
  });
});
