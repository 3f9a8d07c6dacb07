import { describe, expect, it } from 'vitest';
import { query, type Setting } from '../query.js';

const logons: Setting = {
  tables: {
    Logon: {
      schema: 'Site:string User:string Minutes:long',
      rows: [
        ['north', 'ann', 30],
        ['north', 'bob', 20],
        ['north', 'bob', 25],
        ['south', 'cat', 60],
        ['south', 'ann', 5],
        ['west', 'dan', 1],
      ],
    },
  },
};

describe('top-nested', () => {
  it('keeps the greatest of each level within the level above', async () => {
    const { columns, rows } = await query(
      'Logon | top-nested 2 of Site by sum(Minutes), top-nested 1 of User by n = count() | sort by Site asc',
      logons,
    );
    expect(columns).toEqual(['Site:string', 'aggregated_Site:long', 'User:string', 'n:long']);
    expect(rows).toEqual([
      ['north', 75, 'bob', 2],
      ['south', 65, 'ann', 1],
    ]);
  });

  it('gathers what it leaves out where it is asked to', async () => {
    const { rows } = await query(
      "Logon | top-nested 1 of Site with others = 'rest' by sum(Minutes), top-nested of User by max(Minutes)",
      logons,
    );
    expect(rows.map((row) => JSON.stringify(row)).sort()).toEqual([
      '["north",75,"ann",30]',
      '["north",75,"bob",25]',
      '["rest",66,"",null]',
    ]);
  });
});

describe('top-hitters and sample-distinct', () => {
  it('count or weigh the values', async () => {
    expect((await query('Logon | top-hitters 1 of User', logons)).rows).toEqual([['ann', 2]]);
    expect((await query('Logon | top-hitters 1 of User by Minutes', logons)).rows).toEqual([['cat', 60]]);
    expect((await query('Logon | sample-distinct 10 of Site | count', logons)).rows).toEqual([[3]]);
  });
});

describe('partition', () => {
  it('runs a query for each key, and traces each result to its own rows', async () => {
    const { rows, lineage } = await query(
      'Logon | partition by Site (top 1 by Minutes | project Site, User) | sort by Site asc',
      logons,
    );
    expect(rows).toEqual([
      ['north', 'ann'],
      ['south', 'cat'],
      ['west', 'dan'],
    ]);
    expect(lineage).toEqual([[1], [4], [6]]);
  });

  it('gives what the query gives, without the key', async () => {
    const { columns, rows } = await query(
      'Logon | partition by Site (summarize total = sum(Minutes)) | sort by total asc',
      logons,
    );
    expect(columns).toEqual(['total:long']);
    expect(rows).toEqual([[1], [65], [75]]);
  });
});
