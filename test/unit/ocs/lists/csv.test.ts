import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import type { BadLine } from '../../../../src/api/fields.ts';
import { csvLine, type badCsv } from '../../../../src/ocs/lists/csv-table.ts';
import { openDatabase } from '../../../../src/ocs/store/database.ts';
import { createCallingLists } from '../../../../src/ocs/store/calling-lists.ts';

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

  it.each([
    ['{"6":1,"9":0}', true],
    ['{}', true],
    ['[1]', false],
    ['null', false],
    ['7', false],
    ['{"6":-1}', false],
    ['{"6":0.5}', false],
    ['{"6":"1"}', false],
    ['{"6":1,"9":null}', false],
    ['{6:1}', false],
    ['six', false],
  ])(
    'takes retries used so far as whole numbers by call result, and nothing else: %s',
    (treatments, taken) => {
      const { records, bad } = parseCallingList(
        `phone,treatments\n5550101,"${treatments.replaceAll('"', '""')}"\n`,
      );
      expect(bad).toHaveLength(taken ? 0 : 1);
      expect(records[0]?.treatments).toBe(taken ? treatments : undefined);
    },
  );

  it.each([
    ['09:00', '09:01', true],
    ['09:00', '09:00', false],
    ['09:01', '09:00', false],
  ])('takes a daily window from %s to %s only when it is not empty', (from, till, taken) => {
    const { bad } = parseCallingList(`phone,daily_from,daily_till\n5550101,${from},${till}\n`);
    expect(bad).toEqual(
      taken ? [] : [{ line: 2, field: 'daily_till', found: till, expected: 'later than daily_from' }],
    );
  });

  it.each([
    [80, ''],
    [81, '...'],
  ])('names a line of %s characters whose quotes are not closed, and at most 80 of it', (length, more) => {
    const line = `5550101,"${'x'.repeat(length - 9)}`;
    expect(line).toHaveLength(length);
    const { records, bad } = parseCallingList(`phone,name\n5550100,Ada\n${line}\n`);
    expect(records.map(({ phone }) => phone)).toEqual(['5550100']);
    expect(bad).toMatchObject([{ line: 3, field: 'line', found: `${line.slice(0, 80)}${more}` }]);
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
      expected: 'an optional + and 2 to 15 digits',
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
    const { records, bad } = parseCallingList('phone,constructor,toString,__proto__\n5550101,a,b,c\n');
    expect(bad).toEqual([]);
    expect(Object.entries(records[0]?.user ?? {})).toEqual([
      ['constructor', 'a'],
      ['toString', 'b'],
      ['__proto__', 'c'],
    ]);
  });

  it('refuses an hour without minutes, and types and statuses with which nothing ever happens', () => {
    const { records, bad } = parseCallingList(
      'phone,daily_from,record_type,record_status\n' +
        '5550101,9,,\n5550102,1700,,\n5550103,,0,\n5550104,,,0\n5550105,,,2\n5550106,09:00,7,9\n',
    );
    expect(where(bad)).toEqual([
      '2:daily_from',
      '3:daily_from',
      '4:record_type',
      '5:record_status',
      '6:record_status',
    ]);
    expect(bad[0]?.expected).toBe('a time of day as HH:MM, e.g. 08:00');
    expect(bad[4]).toMatchObject({ found: '2', expected: expect.stringContaining('in no call') as string });
    expect(records).toHaveLength(1);
  });

  it('refuses a window that is empty with what a campaign gives for the rest of it', () => {
    const windows = [{ campaign: 'evening', from: 9 * 3_600, till: 20 * 3_600 }];
    const { records, bad } = parseCallingList(
      'phone,daily_from,daily_till,record_status\n' +
        '5550101,20:00,,\n5550102,,09:00,1\n5550103,19:59,,\n5550104,21:00,22:00,\n5550105,21:00,,3\n',
      { windows },
    );
    expect(bad.map(({ line, expected }) => [line, expected])).toEqual([
      [2, 'earlier than 20:00, when campaign evening ends'],
      [3, 'later than 09:00, when campaign evening begins'],
    ]);
    expect(records.map(({ line }) => line)).toEqual([4, 5, 6]);
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
  const lists = createCallingLists(database);
  afterEach(() => {
    database.sqlite.exec('delete from records; delete from windows');
  });
  const add = (csv: string, strict = true) => lists.add('l', parseCallingList(csv).records, strict);

  it('gives numbers and chains to those that have none', () => {
    add('record_id,phone\n5,5550101\n,5550102\n');
    expect(lists.page('l', 0, 9).records.map((row) => [row.record_id, row.chain_id, row.chain_n])).toEqual([
      [5, 5, 0],
      [6, 6, 0],
    ]);
  });

  it('lets the later numbers of a chain wait', () => {
    add('record_id,chain_id,chain_n,phone\n1,9,2,5550101\n2,9,1,5550102\n3,9,3,5550103\n');
    expect(lists.page('l', 0, 9).records.map((row) => row.record_status)).toEqual([
      recordStatus.ChainReady,
      recordStatus.Ready,
      recordStatus.ChainReady,
    ]);
  });

  const statuses = () => lists.page('l', 0, 9).records.map((row) => [row.chain_n, row.record_status]);
  const { ChainReady, Ready, Updated } = recordStatus;

  it('closes a number that must not be called, and goes on with the next of its chain', () => {
    add(
      'chain_id,chain_n,phone,record_type,record_status\n' +
        '4,0,5550101,7,1\n4,1,5550102,2,9\n4,2,5550103,2,9\n5,0,5550105,7,\n5,1,5550106,,\n5,2,5550107,,\n',
    );
    expect(statuses()).toEqual([
      [0, Updated],
      [1, Ready],
      [2, ChainReady],
      [0, Updated],
      [1, Ready],
      [2, ChainReady],
    ]);
    expect(lists.page('l', 0, 1).records).toMatchObject([{ record_type: 7, call_result: 51 }]);
  });

  it('begins a chain behind what is done', () => {
    add('chain_id,chain_n,phone,record_status\n4,0,5550101,3\n4,1,5550102,\n4,2,5550103,\n');
    expect(statuses()).toEqual([
      [0, Updated],
      [1, Ready],
      [2, ChainReady],
    ]);
  });

  it('refuses a number that would wait in its chain for ever', () => {
    add('record_id,chain_id,chain_n,phone\n1,1,0,5550100\n');
    const { added, duplicates } = add(
      'record_id,chain_id,chain_n,phone,record_status\n' +
        '2,2,0,5550101,9\n3,3,0,5550102,3\n4,3,1,5550103,9\n5,5,1,5550104,1\n6,5,0,5550105,9\n7,1,1,5550106,9\n',
      false,
    );
    expect(where(duplicates)).toEqual(['2:record_status', '4:record_status', '6:record_status']);
    expect(added).toBe(3);
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
    expect(lists.page('l', 0, 9).records).toEqual([]);
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
