/** Operators that choose, order, shape and number rows. */
import { describe, expect, it } from 'vitest';
import { query, rows, type Setting } from './query.js';

const people: Setting = {
  tables: {
    P: {
      schema: 'Name:string Age:long Score:real Tags:dynamic',
      rows: [
        ['ada', 36, 1.5, ['x', 'y']],
        ['bob', null, null, []],
        ['', 5, 2.5, null],
        ['cy', 36, -1, { k: 1 }],
      ],
    },
  },
};

describe('where', () => {
  it('keeps the rows for which all conditions hold; null is neither', async () => {
    expect(await rows('P | where Age > 10 and Name != "cy" | project Name', people)).toEqual([['ada']]);
    expect(await rows('P | where not(Age > 10) | project Name', people)).toEqual([['']]);
    expect(await rows('P | where Age != 36 | project Name', people)).toEqual([['bob'], ['']]);
    expect(await rows('P | where Age == 36 or isnull(Age) | count', people)).toEqual([[3]]);
  });
});

describe('columns', () => {
  it('projects in the order written, under new names', async () => {
    expect(await query('P | project Older = Age + 1, Name | take 1', people)).toMatchObject({
      columns: ['Older:long', 'Name:string'],
      rows: [[37, 'ada']],
    });
  });

  it('names unnamed expressions as the engine does', async () => {
    expect((await query('P | project Age + 1, strlen(Name), Tags[0]', people)).columns).toEqual([
      'Column1:long',
      'strlen_Name:long',
      'Tags_0:dynamic',
    ]);
  });

  it('extends at the end, replaces in place, and reads the row as it was', async () => {
    expect(await query('P | extend Age = Age * 2, Was = Age | where Name == "ada"', people)).toMatchObject({
      columns: ['Name:string', 'Age:long', 'Score:real', 'Tags:dynamic', 'Was:long'],
      rows: [['ada', 72, 1.5, ['x', 'y'], 36]],
    });
  });

  it('drops, keeps, renames and reorders by name and by pattern', async () => {
    expect((await query('P | project-away S*, Age', people)).columns).toEqual(['Name:string', 'Tags:dynamic']);
    expect((await query('P | project-keep *a*', people)).columns).toEqual(['Name:string', 'Tags:dynamic']);
    expect((await query('P | project-rename Years = Age', people)).columns).toEqual([
      'Name:string',
      'Years:long',
      'Score:real',
      'Tags:dynamic',
    ]);
    expect((await query('P | project-reorder Tags, * asc', people)).columns).toEqual([
      'Tags:dynamic',
      'Age:long',
      'Name:string',
      'Score:real',
    ]);
    expect((await query('P | project-reorder Score', people)).columns).toEqual([
      'Score:real',
      'Name:string',
      'Age:long',
      'Tags:dynamic',
    ]);
  });
});

describe('order', () => {
  it('sorts descending unless told, nulls last when descending and first when ascending', async () => {
    expect(await rows('P | sort by Age | project Age', people)).toEqual([[36], [36], [5], [null]]);
    expect(await rows('P | sort by Age asc | project Age', people)).toEqual([[null], [5], [36], [36]]);
    expect(await rows('P | sort by Age asc nulls last | project Age', people)).toEqual([[5], [36], [36], [null]]);
    expect(await rows('P | sort by Age desc nulls first | project Age', people)).toEqual([[null], [36], [36], [5]]);
  });

  it('sorts by several keys and by expressions', async () => {
    expect(await rows('P | sort by Age desc, Name desc | project Name', people)).toEqual([
      ['cy'],
      ['ada'],
      [''],
      ['bob'],
    ]);
    expect(await rows('P | order by strlen(Name) asc, Name asc | project Name', people)).toEqual([
      [''],
      ['cy'],
      ['ada'],
      ['bob'],
    ]);
  });

  it('sorts strings by code point', async () => {
    expect(await rows('datatable(s: string) ["b", "B", "a", "", "\u00e9", "A"] | sort by s asc')).toEqual([
      [''],
      ['A'],
      ['B'],
      ['a'],
      ['b'],
      ['\u00e9'],
    ]);
  });

  it('takes the top rows', async () => {
    expect(await rows('P | top 2 by Age asc nulls last | project Name, Age', people)).toEqual([
      ['', 5],
      [expect.any(String), 36],
    ]);
    expect(await rows('P | top 1 by Score | project Name', people)).toEqual([['']]);
    expect(await rows('P | top 0 by Score', people)).toEqual([]);
  });

  it('goes on through filters, new columns and projections', async () => {
    const text = 'range x from 1 to 6 step 1 | sort by x desc | where x != 4 | extend y = x % 2 | project y, x';
    expect(await rows(text)).toEqual([
      [0, 6],
      [1, 5],
      [1, 3],
      [0, 2],
      [1, 1],
    ]);
  });

  it('goes on through summarize, by the first row of each group', async () => {
    const text =
      'datatable(k: string, n: long) ["b", 1, "a", 2, "b", 3, "c", 0] | sort by n asc | summarize make_list(n) by k';
    expect(await rows(text)).toEqual([
      ['c', [0]],
      ['b', [1, 3]],
      ['a', [2]],
    ]);
  });

  it('keeps the earlier order where a later key ties', async () => {
    expect(await rows('datatable(a: long, b: long) [1, 2, 2, 1, 1, 1] | sort by b asc | sort by a asc')).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });
});

describe('choosing rows', () => {
  it('takes at most so many', async () => {
    expect(await rows('P | take 2 | count', people)).toEqual([[2]]);
    expect(await rows('P | limit 100 | count', people)).toEqual([[4]]);
    expect(await rows('P | sort by Score desc | take 1 | project Name', people)).toEqual([['']]);
  });

  it('keeps distinct rows, nulls together', async () => {
    expect(await rows('P | distinct Age | sort by Age asc', people)).toEqual([[null], [5], [36]]);
    expect(await rows('P | project Age | union (P | project Age) | distinct * | count', people)).toEqual([[3]]);
  });

  it('counts, also nothing', async () => {
    expect(await query('P | where false | count', people)).toMatchObject({ columns: ['Count:long'], rows: [[0]] });
    expect(await rows('P | count as N', people)).toEqual([[4]]);
  });
});

describe('summarize', () => {
  it('gives one row without keys, and none with keys over nothing', async () => {
    expect(await rows('P | where false | summarize n = count(), s = sum(Age), m = max(Age)', people)).toEqual([
      [0, 0, null],
    ]);
    expect(await rows('P | where false | summarize count() by Name', people)).toEqual([]);
  });

  it('makes null a key of its own, and names columns as the engine does', async () => {
    expect(await query('P | summarize count(), max(Score) by Age | sort by Age asc', people)).toMatchObject({
      columns: ['Age:long', 'count_:long', 'max_Score:real'],
      rows: [
        [null, 1, null],
        [5, 1, 2.5],
        [36, 2, 1.5],
      ],
    });
  });

  it('computes with aggregates', async () => {
    expect(await rows('P | summarize r = round(100.0 * countif(Age == 36) / count(), 1)', people)).toEqual([[50]]);
  });

  it('lists distinct keys without aggregates', async () => {
    expect(await rows('P | summarize by Age | sort by Age desc', people)).toEqual([[36], [5], [null]]);
  });

  it('bins keys', async () => {
    expect(await rows('range x from -3 to 3 step 1 | summarize count() by bin(x, 2) | sort by x asc')).toEqual([
      [-4, 1],
      [-2, 2],
      [0, 2],
      [2, 2],
    ]);
  });
});

describe('rows before and after', () => {
  const numbers = 'datatable(k: string, n: long) ["a", 3, "a", 1, "b", 2, "b", 5] | sort by k asc, n asc';

  it('reaches by so many rows, with a value where there is none', async () => {
    expect(await rows(`${numbers} | project n, prev(n), next(n, 2, -1)`)).toEqual([
      [1, null, 2],
      [3, 1, 5],
      [2, 3, -1],
      [5, 2, -1],
    ]);
    expect(await rows(`${numbers} | project prev(k)`)).toEqual([[''], ['a'], ['a'], ['b']]);
  });

  it('numbers rows, and restarts', async () => {
    expect(await rows(`${numbers} | project n, row_number(), row_number(10, prev(k) != k)`)).toEqual([
      [1, 1, 10],
      [3, 2, 11],
      [2, 3, 10],
      [5, 4, 11],
    ]);
  });

  it('adds up, and restarts', async () => {
    expect(await rows(`${numbers} | project row_cumsum(n), row_cumsum(n, prev(k) != k)`)).toEqual([
      [1, 1],
      [4, 4],
      [6, 2],
      [11, 7],
    ]);
  });

  it('filters by what went before', async () => {
    expect(await rows(`${numbers} | where n > prev(n) | project n`)).toEqual([[3], [5]]);
  });

  it('numbers rows in the order in which they come once serialized', async () => {
    expect(await rows('range x from 5 to 7 step 1 | serialize i = row_number() | where i == 2')).toEqual([[6, 2]]);
  });

  it('splits sessions by gaps and length', async () => {
    const text =
      'datatable(t: datetime) [datetime(2026-01-01 00:00), datetime(2026-01-01 00:04), datetime(2026-01-01 00:20), datetime(2026-01-01 00:23)]' +
      '| sort by t asc | extend s = row_window_session(t, 1h, 5m) | summarize count() by s';
    expect(await rows(text)).toEqual([
      ['2026-01-01T00:00:00.0000000Z', 2],
      ['2026-01-01T00:20:00.0000000Z', 2],
    ]);
  });
});
