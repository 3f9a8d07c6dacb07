import { describe, expect, it } from 'vitest';
import { query, type Setting } from '../query.js';

const sales: Setting = {
  tables: {
    Sale: {
      schema: 'At:datetime Shop:string Amount:long',
      rows: [
        ['2026-01-01T03:00:00Z', 'a', 5],
        ['2026-01-01T21:00:00Z', 'a', 7],
        ['2026-01-03T00:00:00Z', 'a', 1],
        ['2026-01-02T12:00:00Z', 'b', 9],
        ['2026-01-04T00:00:00Z', 'b', 2],
        [null, 'b', 100],
      ],
    },
  },
};

function day(n: number): string {
  return `2026-01-0${n}T00:00:00.0000000Z`;
}

async function rows(text: string): Promise<unknown> {
  return (await query(text, sales)).rows;
}

describe('make-series', () => {
  it('fills an array for each key, from the start up to before the end', async () => {
    const {
      columns,
      rows: found,
      lineage,
    } = await query(
      'Sale | make-series n = count(), total = sum(Amount) default=-1 on At from datetime(2026-01-01) to datetime(2026-01-04) step 1d by Shop | sort by Shop asc',
      sales,
    );
    expect(columns).toEqual(['Shop:string', 'n:dynamic', 'total:dynamic', 'At:dynamic']);
    expect(found).toEqual([
      ['a', [2, 0, 1], [12, -1, 1], [day(1), day(2), day(3)]],
      ['b', [0, 1, 0], [-1, 9, -1], [day(1), day(2), day(3)]],
    ]);
    expect(lineage).toEqual([[1, 2, 3], [4]]);
  });

  it('takes the bins of the data where no bounds are given', async () => {
    expect(await rows("Sale | where Shop == 'b' | make-series sum(Amount) on At step 1d")).toEqual([
      [
        [9, 0, 2],
        [day(2), day(3), day(4)],
      ],
    ]);
  });

  it('has the end in it with the old range form', async () => {
    expect(
      await rows('Sale | make-series count() on At in range(datetime(2026-01-03), datetime(2026-01-04), 1d)'),
    ).toEqual([
      [
        [1, 1],
        [day(3), day(4)],
      ],
    ]);
  });

  it('gives no row of no rows, unless it is told to', async () => {
    const series = 'count() on At from datetime(2026-02-01) to datetime(2026-02-02) step 12h';
    expect(await rows(`Sale | make-series ${series}`)).toEqual([]);
    expect(await rows(`Sale | make-series kind=nonempty ${series}`)).toEqual([
      [
        [0, 0],
        ['2026-02-01T00:00:00.0000000Z', '2026-02-01T12:00:00.0000000Z'],
      ],
    ]);
  });

  it('takes numbers for an axis too', async () => {
    expect(await rows('range x from -3 to 3 step 1 | make-series n = count() on x from -4 to 4 step 3')).toEqual([
      [
        [2, 3, 2],
        [-4, -1, 2],
      ],
    ]);
  });
});
