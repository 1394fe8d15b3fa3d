import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../src/domain/record.ts';
import { parseCallingList } from '../../src/ocs/csv.ts';
import { csvLine, type badCsv, type BadLine } from '../../src/ocs/csv-table.ts';
import { openDatabase } from '../../src/ocs/database.ts';
import { createRecords } from '../../src/ocs/records.ts';

const where = (bad: readonly BadLine[]) => bad.map(({ line, field }) => `${String(line)}:${field}`);

describe('reading a calling list', () => {
  it('takes standard fields as such and all others as user fields', () => {
    const { records, bad } = parseCallingList(
      'record_id,contact_info,daily_from,daily_till,tz,dial_sched_time,name\n' +
        '7,+49 30 555-0101,09:00,61200,Europe/Berlin,2026-01-05 10:00,"Ada ""A"" L, née B"\n',
    );
    expect(bad).toEqual([]);
    expect(records).toEqual([
      {
        line: 2,
        record_id: 7,
        phone: '+49305550101',
        daily_from: 32_400,
        daily_till: 61_200,
        tz: 'Europe/Berlin',
        dial_sched_time: Date.UTC(2026, 0, 5, 9) / 1_000,
        user: { name: 'Ada "A" L, née B' },
      },
    ]);
  });

  it('needs nothing but a phone', () => {
    const { records } = parseCallingList('\ufeffphone\r\n5550101\r\n\r\n5550102\r\n');
    expect(records.map(({ line, phone }) => [line, phone])).toEqual([
      [2, '5550101'],
      [4, '5550102'],
    ]);
  });

  it('names each bad line with field, found and expected', () => {
    const { records, bad } = parseCallingList(
      'record_id,phone,tz,daily_from,daily_till,dial_sched_time,treatments\n' +
        'x,5550101,,,,,\n' +
        '2,555-FLOWERS,,,,,\n' +
        '3,,,,,,\n' +
        '4,5550104,Mars/Base,,,,\n' +
        '5,5550105,,10:00,09:00,,\n' +
        '6,5550106,,,,soon,\n' +
        '7,5550107,,,,,[1]\n' +
        '8,5550108,,,,\n' +
        '9,"5550109,&!T",,,,,\n' +
        '10,5550110,,,,,\n',
    );
    expect(where(bad)).toEqual([
      '2:record_id',
      '3:phone',
      '4:phone',
      '5:tz',
      '6:daily_till',
      '7:dial_sched_time',
      '8:treatments',
      '9:line',
      '10:phone',
    ]);
    expect(bad[1]).toEqual({
      line: 3,
      field: 'phone',
      found: '555-FLOWERS',
      expected: 'an optional + and 2 to 20 digits',
    });
    expect(bad[7]).toMatchObject({ found: '6 columns', expected: '7 columns, as in the header' });
    expect(records.map(({ record_id: id }) => id)).toEqual([10]);
  });

  it('names the line of a broken quote and loses no good line with it', () => {
    const { records, bad } = parseCallingList(
      'phone,name\n5550101,Ada\n5550102,"Bob\n5550103,Cy\n5550104,D"e"\n',
    );
    expect(where(bad)).toEqual(['3:line', '5:line']);
    expect(records.map(({ line }) => line)).toEqual([2, 4]);
  });

  it('names the lines of a file that is not in UTF-8', () => {
    const latin1 = Buffer.from('phone,name\n5550101,M\u00fcller\n5550102,Ada\n', 'latin1');
    const { records, bad } = parseCallingList(latin1.toString('utf8'));
    expect(bad).toEqual([{ line: 2, field: 'name', found: 'M\ufffdller', expected: 'text in UTF-8' }]);
    expect(records.map(({ line }) => line)).toEqual([3]);
  });

  it('takes any name for a user field, also one that every object has', () => {
    const { records, bad } = parseCallingList('phone,constructor,toString\n5550101,a,b\n');
    expect(bad).toEqual([]);
    expect(records[0]?.user).toEqual({ constructor: 'a', toString: 'b' });
  });

  it('keeps line breaks in quotes and counts on', () => {
    const { records, bad } = parseCallingList('phone,note\n5550101,"one\ntwo"\n5550102,x\nbad,y\n');
    expect(records.map(({ line, user }) => [line, user.note])).toEqual([
      [2, 'one\ntwo'],
      [4, 'x'],
    ]);
    expect(where(bad)).toEqual(['5:phone']);
  });

  it('refuses a header it cannot use', () => {
    const refusal = (text: string) => {
      try {
        parseCallingList(text);
      } catch (error) {
        return error as ReturnType<typeof badCsv>;
      }
      return null;
    };
    for (const text of [
      '',
      'number,name\n',
      'phone,name,name\n',
      'phone,\n',
      'phone,"name\n',
      'phone,contact_info\n',
    ]) {
      expect(refusal(text), text).toMatchObject({ code: 'BAD_CSV' });
      expect(refusal(text)?.lines[0]?.line, text).toBe(1);
    }
  });

  it('reads back whatever was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (values) => {
        const header = csvLine(['phone', ...values.map((_value, index) => `f${String(index)}`)]);
        const { records, bad } = parseCallingList(header + csvLine(['5550101', ...values]));
        expect(bad).toEqual([]);
        expect(Object.values(records[0]?.user ?? {})).toEqual(values);
      }),
    );
  });
});

describe('records of a list', () => {
  const database = openDatabase(':memory:');
  const records = createRecords(database);
  afterEach(() => {
    database.sqlite.exec('delete from records; delete from windows');
  });
  const add = (csv: string, strict = true) => records.add('l', parseCallingList(csv).records, strict);

  it('gives numbers and chains to those that have none', () => {
    add('record_id,phone\n5,5550101\n,5550102\n');
    expect(records.page('l', 0, 9).map((row) => [row.record_id, row.chain_id, row.chain_n])).toEqual([
      [5, 5, 0],
      [6, 6, 0],
    ]);
  });

  it('lets the later numbers of a chain wait', () => {
    add('record_id,chain_id,chain_n,phone\n1,9,2,5550101\n2,9,1,5550102\n3,9,3,5550103\n');
    expect(records.page('l', 0, 9).map((row) => row.record_status)).toEqual([
      recordStatus.ChainReady,
      recordStatus.Ready,
      recordStatus.ChainReady,
    ]);
  });

  it('finds duplicates by number, place in the chain and phone, in the file and in the list', () => {
    add('record_id,chain_id,chain_n,phone\n1,1,0,5550101\n');
    const again =
      'record_id,chain_id,chain_n,phone\n' +
      '1,2,0,5550102\n' +
      '3,1,0,5550103\n' +
      '4,4,0,5550101\n' +
      '5,5,0,5550105\n' +
      '6,6,0,5550105\n' +
      '7,1,1,5550101\n';
    const { added, duplicates } = add(again, false);
    expect(where(duplicates)).toEqual(['2:record_id', '3:chain_id+chain_n', '4:phone', '6:phone']);
    expect(added).toBe(2);
  });

  it('loads nothing of a strict import with a duplicate', () => {
    expect(() => add('phone\n5550101\n5550102\n5550101\n')).toThrow('line 4: phone');
    expect(records.page('l', 0, 9)).toEqual([]);
  });

  it('refuses the same file a second time', () => {
    const file = 'record_id,phone\n1,5550101\n2,5550102\n';
    add(file);
    expect(() => add(file)).toThrow(
      'line 2: record_id: found "1", expected not yet in the list (and 1 more)',
    );
  });

  it('uses its index to fetch, however large the list', () => {
    const plan = database.sqlite
      .prepare(
        `explain query plan select * from records r where list = ? and record_status = ? and window_id = ?
         and record_type = ? and due <= ? and not exists
           (select 1 from attempts a where a.phone_key = r.phone_key and a.ended_at is null)
         order by due, handle limit ?`,
      )
      .all('l', 1, 1, 2, 0, 1) as { detail: string }[];
    const details = plan.map(({ detail }) => detail).join('; ');
    expect(details).toContain('records_fetch');
    expect(details).toContain('attempts_open_phone');
    expect(details).not.toMatch(/TEMP B-TREE|SCAN/);
  });
});
