/** Joins, lookups, unions, and membership in tables. */
import { describe, expect, it } from 'vitest';
import { query, refusal, rows, type Setting } from './query.js';

const setting: Setting = {
  tables: {
    L: {
      schema: 'k:long a:string',
      rows: [
        [1, 'one'],
        [2, 'two'],
        [2, 'deux'],
        [null, 'none'],
      ],
    },
    R: {
      schema: 'k:long b:string',
      rows: [
        [2, 'zwei'],
        [2, 'dos'],
        [3, 'drei'],
        [null, 'nichts'],
      ],
    },
  },
};

/** A join of both tables, its rows sorted by their text. */
async function joined(kind: string): Promise<unknown[]> {
  const found = await rows(`L | join kind=${kind} (R) on k`, setting);
  return [...found].sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
}

describe('join', () => {
  it('inner: every pair; a null key meets a null', async () => {
    expect(await joined('inner')).toEqual([
      [2, 'deux', 2, 'dos'],
      [2, 'deux', 2, 'zwei'],
      [2, 'two', 2, 'dos'],
      [2, 'two', 2, 'zwei'],
      [null, 'none', null, 'nichts'],
    ]);
  });

  it('innerunique, also without a kind: one left row for each key', async () => {
    const unique = await joined('innerunique');
    expect(unique).toHaveLength(3);
    expect(new Set(unique.map((row) => (row as unknown[])[1])).size).toBe(2);
    expect(await rows('L | join (R) on k | count', setting)).toEqual([[3]]);
  });

  it('leftouter: strings of a missing partner are empty, other columns null', async () => {
    expect(await joined('leftouter')).toEqual([
      [1, 'one', null, ''],
      [2, 'deux', 2, 'dos'],
      [2, 'deux', 2, 'zwei'],
      [2, 'two', 2, 'dos'],
      [2, 'two', 2, 'zwei'],
      [null, 'none', null, 'nichts'],
    ]);
  });

  it('rightouter and fullouter', async () => {
    expect(await joined('rightouter')).toContainEqual([null, '', 3, 'drei']);
    expect(await joined('rightouter')).toHaveLength(6);
    expect(await joined('fullouter')).toHaveLength(7);
  });

  it('semi and anti, of either side', async () => {
    expect(await joined('leftsemi')).toEqual([
      [2, 'deux'],
      [2, 'two'],
      [null, 'none'],
    ]);
    expect(await joined('rightsemi')).toEqual([
      [2, 'dos'],
      [2, 'zwei'],
      [null, 'nichts'],
    ]);
    expect(await joined('leftanti')).toEqual([[1, 'one']]);
    expect(await joined('anti')).toEqual([[1, 'one']]);
    expect(await joined('rightanti')).toEqual([[3, 'drei']]);
  });

  it('renames the columns of the right side that clash', async () => {
    const text = 'L | join kind=inner (R | extend a = "clash", k1 = 7) on k';
    expect((await query(text, setting)).columns).toEqual([
      'k:long',
      'a:string',
      'k2:long',
      'b:string',
      'a1:string',
      'k1:long',
    ]);
  });

  it('joins on columns of different names, and on several', async () => {
    const text =
      'L | join kind=inner (R | project key = k, b) on $left.k == $right.key | where b == "dos" | project a | sort by a asc';
    expect(await rows(text, setting)).toEqual([['deux'], ['two']]);
    expect(await rows('L | join kind=inner (L) on k, a | count', setting)).toEqual([[4]]);
  });

  it('compares strings by case', async () => {
    expect(await rows('print s = "A" | join kind=inner (print s = "a") on s | count')).toEqual([[0]]);
  });

  it('refuses a comparison that is no equality, at its place', async () => {
    expect(await refusal('L | join kind=inner (R) on $left.k < $right.k', setting)).toMatchObject({ line: 1 });
  });
});

describe('lookup', () => {
  it('adds the columns of the right side but its keys', async () => {
    expect(await query('L | lookup (R | where k == 2 and b == "dos") on k | sort by a asc', setting)).toMatchObject({
      columns: ['k:long', 'a:string', 'b:string'],
      rows: [
        [2, 'deux', 'dos'],
        [null, 'none', ''],
        [1, 'one', ''],
        [2, 'two', 'dos'],
      ],
    });
    expect(await rows('L | lookup kind=inner (R | where b == "dos") on k | count', setting)).toEqual([[2]]);
  });
});

describe('union', () => {
  it('refuses to rename a column to what another is called', async () => {
    const named = (name: string): string => `union (print x = 1), (print x = toint(2)), (print ${name} = 3)`;
    expect((await query(named('y'))).columns).toEqual(['x_long:long', 'x_int:int', 'y:long']);
    expect(await refusal(named('x_long'))).toMatchObject({ code: 'unsupported-argument', line: 1, column: 1 });
  });

  it('gives the columns of all, empty where one lacks them', async () => {
    expect(await query('L | where k == 1 | union (R | where k == 3)', setting)).toMatchObject({
      columns: ['k:long', 'a:string', 'b:string'],
      rows: [
        [1, 'one', ''],
        [3, '', 'drei'],
      ],
    });
  });

  it('gives the columns of each only, with kind=inner', async () => {
    expect(await query('union kind=inner L, R | count', setting)).toMatchObject({ rows: [[8]] });
    expect((await query('union kind=inner L, R', setting)).columns).toEqual(['k:long']);
  });

  it('makes a column of each type for a name that has two', async () => {
    expect(await query('union (print x = 1), (print x = "one")')).toMatchObject({
      columns: ['x_long:long', 'x_string:string'],
      rows: [
        [1, ''],
        [null, 'one'],
      ],
    });
  });

  it('tells which table a row is of', async () => {
    expect(await rows('union withsource=From L, R | summarize count() by From | sort by From asc', setting)).toEqual([
      ['L', 4],
      ['R', 4],
    ]);
    expect(await rows('print x = 1 | union withsource=From (print x = 2) | project From', setting)).toEqual([
      ['union_arg0'],
      ['union_arg1'],
    ]);
  });

  it('calls a view by its name, and rows in a let by their place', async () => {
    const text = 'let V = view () { print x = 1 }; let W = print x = 2; union withsource=From V, W | project From, x';
    expect(await rows(text)).toEqual([
      ['V', 1],
      ['union_arg1', 2],
    ]);
  });

  it('takes all tables that a pattern names', async () => {
    const tables = {
      Ev1: { schema: 'x:long', rows: [[1]] },
      Ev2: { schema: 'x:long', rows: [[2]] },
      Other: { schema: 'x:long', rows: [[3]] },
    };
    expect(await rows('union Ev* | summarize sum(x)', { tables })).toEqual([[3]]);
  });

  it('leaves out tables that do not exist, with isfuzzy alone', async () => {
    expect(await rows('union isfuzzy=true L, Missing | count', setting)).toEqual([[4]]);
    expect(await refusal('union L, Missing | count', setting)).toMatchObject({ line: 1, column: 10 });
  });
});

describe('membership in a table', () => {
  it('looks up values in the first column', async () => {
    expect(await rows('L | where k in (R) | project a | sort by a asc', setting)).toEqual([['deux'], ['two']]);
    expect(await rows('L | where k in ((R | where b startswith "z" | project k)) | count', setting)).toEqual([[2]]);
    expect(await rows('L | where k !in (R) | project a | sort by a asc', setting)).toEqual([['none'], ['one']]);
    expect(await rows('L | where a in~ ((print "TWO")) | project a', setting)).toEqual([['two']]);
  });

  it('takes a let as the table', async () => {
    expect(await rows('let Keys = R | distinct k; L | where k in (Keys) and a != "two" | project a', setting)).toEqual([
      ['deux'],
    ]);
  });

  it('takes what a table holds as terms', async () => {
    expect(await rows('L | where a has_any ((datatable(t: string) ["TWO", "six"])) | project a', setting)).toEqual([
      ['two'],
    ]);
    expect(
      await rows('let Terms = datatable(t: string) ["no", "one"]; L | where a has_any (Terms) | project a', setting),
    ).toEqual([['one']]);
  });

  it('gives a value where it is no filter', async () => {
    expect(await rows('L | project a, found = k in (R) | sort by a asc', setting)).toEqual([
      ['deux', true],
      ['none', false],
      ['one', false],
      ['two', true],
    ]);
  });
});
