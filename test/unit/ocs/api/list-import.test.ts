import { describe, expect, it } from 'vitest';
import type { ImportProgress } from '../../../../src/api/fields.ts';
import { recordStatus } from '../../../../src/domain/record.ts';
import { importList } from '../../../../src/ocs/api/list-import.ts';
import { campaignStatus } from '../../../../src/ocs/api/status.ts';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { textFile } from '../../../../src/ocs/lists/csv-slices.ts';
import { createFailingWrites } from '../../../support/ocs/failing-writes.ts';
import { openRooms } from '../../../support/ocs/rooms.ts';

const lines = (count: number, from = 0) =>
  Array.from(
    { length: count },
    (_, index) => `+1212${String(2_000_000 + from + index)},Name ${String(index)}\n`,
  ).join('');
const file = (count: number) => textFile(`phone,name\n${lines(count)}`);

/** A campaign that runs on a list of one record, with a dialler. */
function stage() {
  const rooms = openRooms();
  rooms.load(
    {
      name: 'c',
      list: 'l',
      mode: 'progressive',
      handoff: { kind: 'destination', extension: '8000' },
      dailyWindow: { from: '00:00', till: '24:00' },
      pacing: { maxInFlight: 1_000 },
    },
    ['+12129990000'],
  );
  const { about } = rooms.register('d1');
  const due = () => {
    const definition = rooms.campaigns.need('c').definition;
    return rooms.retrieval.retrieve(definition, about, 5_000).map(({ number }) => number);
  };
  const total = () => rooms.store.lists.counts('l').reduce((sum, { records }) => sum + records, 0);
  return { ...rooms, due, total };
}
const whole = { list: 'l', skipBad: false, options: {} };

describe('an import in slices', () => {
  it('gives way to others, and is not dialled before all of it is there', async () => {
    const { due, total, ...rooms } = stage();
    expect(due()).toEqual(['+12129990000']);
    let turns = 0;
    let done = false;
    const others = () => {
      if (done) return;
      turns += 1;
      expect(due()).toEqual([]);
      setImmediate(others);
    };
    setImmediate(others);
    const { added } = await importList(rooms, { ...whole, file: file(3_000) });
    done = true;
    expect(added).toBe(3_000);
    expect(turns).toBeGreaterThan(6);
    expect(total()).toBe(3_001);
    expect(due().length).toBeGreaterThan(100);
  });

  it('leaves nothing when a line in a later slice is there twice', async () => {
    const { total, ...rooms } = stage();
    const twice = textFile(`phone,name\n${lines(2_000)}${lines(1)}`);
    await expect(importList(rooms, { ...whole, file: twice })).rejects.toMatchObject({ code: 'BAD_CSV' });
    expect(total()).toBe(1);
    expect((await importList(rooms, { ...whole, file: file(2_000) })).added).toBe(2_000);
  });

  it('leaves nothing when the disk is full in its middle, and what cannot be taken away at once goes later', async () => {
    const { due, total, ...rooms } = stage();
    due();
    const writes = createFailingWrites();
    writes.failAt(1_500);
    await expect(importList(rooms, { ...whole, file: file(2_000) })).rejects.toMatchObject({
      code: 'SQLITE_FULL',
    });
    writes.end();
    expect(due()).toEqual([]);
    while (rooms.store.imports.tidy(500));
    expect(total()).toBe(1);
  });

  it('gives one number after the other to lines without one, also where later lines name theirs', async () => {
    const rooms = stage();
    const some = textFile(`phone,record_id\n${lines(2_000).replaceAll(/,Name \d+/g, ',')}+12138880000,2\n`);
    const { added, skipped } = await importList(rooms, { ...whole, file: some });
    expect({ added, skipped: skipped.count() }).toEqual({ added: 2_001, skipped: 0 });
  });

  it('knows the numbers of one person though their lines lie far apart', async () => {
    const rooms = stage();
    const far = textFile(
      `phone,chain_id,chain_n,name\n+12137770001,9000000,1,Ada\n${lines(2_000).replaceAll(',Name', ',,,Name')}+12137770000,9000000,0,Ada\n`,
    );
    await importList(rooms, { ...whole, file: far });
    const statusOf = (phone: string) =>
      rooms.store.records.open('l', { phone }).map(({ record_status: status }) => status);
    expect(statusOf('+12137770000')).toEqual([recordStatus.Ready]);
    expect(statusOf('+12137770001')).toEqual([recordStatus.ChainReady]);
  });

  it('knows a number of a person without a chain, far from one that names its record as the chain', async () => {
    const rooms = stage();
    const filler = Array.from(
      { length: 2_000 },
      (_, index) => `+1213${String(3_000_000 + index)},${String(100_000 + index)},,\n`,
    ).join('');
    const far = textFile(
      `phone,record_id,chain_id,chain_n\n+12137770001,50,7,1\n${filler}+12137770000,7,,\n`,
    );
    await importList(rooms, { ...whole, file: far });
    const statusOf = (phone: string) =>
      rooms.store.records.open('l', { phone }).map(({ record_status: status }) => status);
    expect(statusOf('+12137770000')).toEqual([recordStatus.Ready]);
    expect(statusOf('+12137770001')).toEqual([recordStatus.ChainReady]);
  });

  it('that is refused takes no place in the chains of the list', async () => {
    const { store, ...rooms } = stage();
    const known = textFile('phone,chain_id,chain_n\n+12137770000,7,0\n+12137770002,7,2\n');
    await importList({ ...rooms, store }, { ...whole, file: known });
    const [first] = store.records.open('l', { phone: '+12137770000' });
    if (first === undefined) throw new Error('no first number');
    const pending = store.imports.begin('l');
    const phone = '+12137770001';
    pending.add({
      records: parseCallingList(`phone,chain_id,chain_n\n${phone},7,1\n`).records,
      highest: { record: 0, chain: 7 },
    });
    const next = store.records.nextInChain(first, 0);
    expect(next).toBe(store.records.open('l', { phone: '+12137770002' })[0]?.handle);
    pending.breakOff();
    while (store.imports.clear('l', 10));
    expect(store.records.chain(first).map(({ record_status: status }) => status)).toEqual([
      recordStatus.Ready,
      recordStatus.Ready,
    ]);
  });

  it('is seen by nobody before all of it is there', async () => {
    const { store, ...rooms } = stage();
    const chained = textFile(
      `phone,chain_id,chain_n,record_status\n${Array.from({ length: 3_000 }, (_, index) => `+1212${String(3_000_000 + index)},${String(Math.floor(index / 2) + 10)},${String(index % 2)},\n`).join('')}`,
    );
    const looks: unknown[] = [];
    const progress: ImportProgress[] = [];
    let done = false;
    const look = () => {
      if (done) return;
      progress.push(store.imports.progress('l'));
      const { name } = rooms.campaigns.need('c').definition;
      const { records, waits } = campaignStatus(
        { ...rooms, store, config: { personalCallbackWaitMs: 0 } },
        rooms.campaigns.need(name),
      );
      looks.push({
        all: store.lists.all(),
        has: store.lists.has('new'),
        pages: store.lists.page('l', 0, 10_000).records.length,
        chained: store.waiting.chained('l', 10).length,
        ofPhone: store.records.open('l', { phone: '+12123000000' }).length,
        has1: store.records.has('l', { phone: '+12123000000' }),
        handle: store.records.get(50)?.handle,
        status: { total: records.total, waits: waits.length },
      });
      setImmediate(look);
    };
    look();
    await importList({ ...rooms, store }, { ...whole, file: chained });
    done = true;
    expect(looks.length).toBeGreaterThan(6);
    expect(progress).toContainEqual({ running: true, read: 3_000, added: 0 });
    expect(progress.some(({ added }) => added > 100 && added < 3_000)).toBe(true);
    expect(store.imports.progress('l')).toEqual({ running: false, read: 0, added: 0 });
    expect(new Set(looks.map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(looks[0])]));
    expect(looks[0]).toMatchObject({
      all: [{ list: 'l', records: 1 }],
      pages: 1,
      chained: 0,
      ofPhone: 0,
      has1: false,
    });
    expect(store.lists.all()).toEqual([{ list: 'l', records: 3_001 }]);
    expect(store.records.get(50)?.handle).toBe(50);
  });

  it('is refused while another into the same list is under way, and then not', async () => {
    const { total, ...rooms } = stage();
    const first = importList(rooms, { ...whole, file: file(2_000) });
    await expect(importList(rooms, { ...whole, file: file(1) })).rejects.toMatchObject({
      code: 'IMPORT_RUNNING',
      field: 'list',
      found: 'l',
    });
    await importList(rooms, { ...whole, list: 'another', file: file(1) });
    expect((await first).added).toBe(2_000);
    expect(total()).toBe(2_001);
    const later = textFile(`phone\n${lines(10, 5_000).replaceAll(/,Name \d+/g, '')}`);
    expect((await importList(rooms, { ...whole, file: later })).added).toBe(10);
  });

  it('does not take for records of the list what one before it left in a crash', async () => {
    const { total, ...rooms } = stage();
    const crashed = rooms.store.imports.begin('l');
    const { records } = parseCallingList(`phone,name\n${lines(300)}`);
    crashed.add({ records, highest: { record: 0, chain: 0 } });
    // As after a start: nobody knows of it.
    crashed.breakOff();
    expect((await importList(rooms, { ...whole, file: file(300) })).added).toBe(300);
    expect(total()).toBe(301);
  });

  it('names the earlier line of a number that is there twice, however far apart', async () => {
    const rooms = stage();
    const twice = textFile(`phone,name\n${lines(3_000)}+12122000004,again\n+12129990000,of before\n`);
    await expect(importList(rooms, { ...whole, file: twice })).rejects.toMatchObject({
      lines: [
        { line: 3_002, field: 'phone', expected: 'not the same as line 6' },
        { line: 3_003, field: 'phone', expected: 'not yet in the list' },
      ],
    });
  });

  it('tells the first hundred bad lines, by their place, and how many there are', async () => {
    const { total, ...rooms } = stage();
    const bad = textFile(`phone,name\n${lines(200)}${'abc,x\n'.repeat(700)}${lines(100)}`);
    const { added, skipped } = await importList(rooms, { ...whole, skipBad: true, file: bad });
    expect({ added, count: skipped.count() }).toEqual({ added: 200, count: 800 });
    expect(skipped.first().map(({ line }) => line)).toEqual(
      Array.from({ length: 100 }, (_, index) => 202 + index),
    );
    expect(total()).toBe(201);
    await expect(importList(rooms, { ...whole, file: bad })).rejects.toMatchObject({
      message: expect.stringContaining('(and 699 more)') as string,
    });
  });

  it('brings together chains whose lines lie apart, all of them', async () => {
    const { store, ...rooms } = stage();
    const of = (n: number) =>
      Array.from(
        { length: 1_500 },
        (_, index) => `+1213${String(2_000_000 + index + 10_000 * n)},${String(100 + index)},${String(n)}\n`,
      ).join('');
    const apart = textFile(`phone,chain_id,chain_n\n${of(2)}${of(1)}${of(0)}`);
    expect((await importList({ ...rooms, store }, { ...whole, file: apart })).added).toBe(4_500);
    const places = store.lists
      .page('l', 0, 10_000)
      .records.filter(({ chain_id: chain }) => chain >= 100)
      .map(({ chain_n: n, record_status: status }) => `${String(n)}: ${String(status)}`);
    const count = (place: string) => places.filter((each) => each === place).length;
    expect([count('0: 1'), count('1: 9'), count('2: 9')]).toEqual([1_500, 1_500, 1_500]);
  });

  it.each(['\n', '\n+12138880000,7,5000\n'])(
    'refuses a chain of too many numbers, with %j in its middle',
    async (between) => {
      const { total, ...rooms } = stage();
      const chain = (from: number) =>
        Array.from(
          { length: 600 },
          (_, index) => `+1213${String(2_000_000 + from + index)},5,${String(from + index)}\n`,
        ).join('');
      const long = textFile(`phone,chain_id,chain_n\n${chain(0)}${between}${chain(600)}`);
      await expect(importList(rooms, { ...whole, skipBad: true, file: long })).rejects.toMatchObject({
        code: 'BAD_CSV',
        field: 'chain_id',
        expected: 'at most 1000 numbers in a chain: those of one customer',
      });
      expect(total()).toBe(1);
    },
  );

  it('never makes a record without a chain a number of somebody else', async () => {
    const { store, ...rooms } = stage();
    const some = textFile('phone,chain_id,chain_n\n+12137770001,3,1\n+12137770002,,\n+12137770003,,\n');
    await importList({ ...rooms, store }, { ...whole, file: some });
    const more = textFile('phone,chain_id\n+12137770004,8\n');
    await importList({ ...rooms, store }, { ...whole, file: more });
    await importList(
      { ...rooms, store },
      { ...whole, file: textFile('phone\n+12137770005\n+12137770006\n') },
    );
    const chains = store.lists.page('l', 0, 100).records.map(({ chain_id: chain }) => chain);
    expect(new Set(chains).size).toBe(chains.length);
  });
});
