import { describe, expect, it } from 'vitest';
import { query, refusal, rows, type Setting } from './query.js';

const setting: Setting = {
  tables: {
    Logons: {
      schema: 'Time:datetime User:string Tries:long',
      rows: [
        ['2026-03-01T10:00:00Z', 'ada', 1],
        ['2026-03-01T11:00:00Z', 'bob', 5],
        ['2026-03-01T11:30:00Z', 'ada', 3],
      ],
    },
  },
};

describe('let', () => {
  it('names a value', async () => {
    expect(await rows('let limit = 2; Logons | where Tries > limit | project User', setting)).toEqual([
      ['bob'],
      ['ada'],
    ]);
  });

  it('names a table, which each use reads anew', async () => {
    const text = 'let Busy = Logons | where Tries > 2; Busy | join kind=inner (Busy) on User | count';
    expect(await rows(text, setting)).toEqual([[2]]);
  });

  it('names a function of scalars', async () => {
    expect(await rows('let twice = (x: long) { x * 2 }; print twice(21)')).toEqual([[42]]);
  });

  it('fills in default arguments and takes arguments by name', async () => {
    const declared = 'let scaled = (x: long, factor: long = 10, plus: long = 0) { x * factor + plus };';
    expect(await rows(`${declared} print scaled(3), scaled(3, 2), scaled(x=3, plus=1)`)).toEqual([[30, 6, 31]]);
  });

  it('converts an argument to the type of its parameter', async () => {
    expect(await query('let half = (x: real) { x / 2 }; print half(3)')).toMatchObject({
      columns: ['print_0:real'],
      rows: [[1.5]],
    });
  });

  it('names a function of a table with the columns that it needs', async () => {
    const text =
      'let firsts = (T: (User: string), n: long) { T | summarize Seen = count() by User | where Seen >= n };';
    expect(await rows(`${text} firsts(Logons, 2)`, setting)).toEqual([['ada', 2]]);
  });

  it('passes on all columns of a table to a function of any table', async () => {
    const text = 'let few = (T: (*)) { T | take 1 }; few((Logons | where Tries == 3)) | project User, Tries';
    expect(await rows(text, setting)).toEqual([['ada', 3]]);
  });

  it('names a view without arguments', async () => {
    const text = 'let Quiet = view () { Logons | where Tries < 2 }; Quiet | project User';
    expect(await rows(text, setting)).toEqual([['ada']]);
  });

  it('closes over the names where a function was declared', async () => {
    expect(await rows('let base = 100; let above = (x: long) { x + base }; print above(1)')).toEqual([[101]]);
  });

  it('lets a function call another, and declare names of its own', async () => {
    const text = 'let inc = (x: long) { x + 1 }; let twice = (x: long) { let y = inc(x); inc(y) }; print twice(5)';
    expect(await rows(text)).toEqual([[7]]);
  });

  it('applies a function to the columns of each row', async () => {
    const text = 'let grade = (n: long) { iff(n > 2, "many", "few") }; Logons | project User, Grade = grade(Tries)';
    expect(await rows(text, setting)).toEqual([
      ['ada', 'few'],
      ['bob', 'many'],
      ['ada', 'many'],
    ]);
  });

  it('prefers a column to a let of the same name within a row, and the parameter within a function', async () => {
    expect(await rows('let User = "eve"; Logons | distinct User | sort by User asc', setting)).toEqual([
      ['ada'],
      ['bob'],
    ]);
    expect(
      await rows(
        'let f = (User: string) { Logons | where Tries == 5 | extend P = User | project P }; f("zoe")',
        setting,
      ),
    ).toEqual([['bob']]);
  });

  it('gives a default to declared query parameters', async () => {
    expect(await rows('declare query_parameters(n: long = 4); print n + 1')).toEqual([[5]]);
  });

  it('refuses a text that asks for nothing', async () => {
    expect(await refusal('let x = 1;')).toMatchObject({ severity: 'error', line: 1 });
  });

  it('stops a function that calls itself', async () => {
    expect(await refusal('let f = (x: long) { f(x) }; print f(1)')).toMatchObject({ line: 1 });
  });
});

describe('names', () => {
  it('names the nearest column for one that does not exist, at its place', async () => {
    expect(await refusal('Logons\n| where Tris > 1', setting)).toMatchObject({
      code: 'KS142',
      line: 2,
      column: 9,
      length: 4,
      suggestion: 'Tries',
    });
  });

  it('names the nearest table for one that does not exist', async () => {
    expect(await refusal('Login | count', setting)).toMatchObject({ line: 1, column: 1, suggestion: 'Logons' });
  });

  it('tells columns apart by case', async () => {
    expect(await query('print a = 1, A = 2 | project A, a')).toMatchObject({
      columns: ['A:long', 'a:long'],
      rows: [[2, 1]],
    });
  });

  it('takes names in brackets, whatever they hold', async () => {
    const odd = `a b"c'd;--$now\u00e9`;
    const result = await query(`print [${JSON.stringify(odd)}] = 1 | extend x = [${JSON.stringify(odd)}] + 1`);
    expect(result).toMatchObject({ columns: [`${odd}:long`, 'x:long'], rows: [[1, 2]] });
  });

  it('tells errors of the syntax at their place', async () => {
    expect(await refusal('Logons | where (Tries > 1', setting)).toMatchObject({ severity: 'error', line: 1 });
  });

  it('names an operator that it does not run', async () => {
    expect(await refusal('Logons | fork (count)', setting)).toMatchObject({
      code: 'unsupported-operator',
      line: 1,
      column: 10,
    });
  });
});

describe('rows without a table', () => {
  it('prints one row, and names what has no name', async () => {
    expect(await query('print 1 + 1, x = "a", strcat("b", "c")')).toMatchObject({
      columns: ['print_0:long', 'x:string', 'print_2:string'],
      rows: [[2, 'a', 'bc']],
    });
  });

  it('reads a datatable row by row, converting what it can', async () => {
    const text =
      'datatable(When: datetime, N: long, D: dynamic, S: string) [' +
      'datetime(2026-01-02), 1, dynamic({"a": [1]}), "x", datetime(null), long(null), dynamic(null), ""]';
    expect(await rows(text)).toEqual([
      ['2026-01-02T00:00:00.0000000Z', 1, { a: [1] }, 'x'],
      [null, null, null, ''],
    ]);
  });

  it('gives an empty datatable its columns', async () => {
    expect(await query('datatable(a: long, b: string) []')).toMatchObject({
      columns: ['a:long', 'b:string'],
      rows: [],
    });
  });

  it('counts in steps, up to and with the end', async () => {
    expect(await rows('range x from 1 to 7 step 3')).toEqual([[1], [4], [7]]);
    expect(await rows('range x from 3 to 1 step -1')).toEqual([[3], [2], [1]]);
    expect(await rows('range x from 1 to 0 step 1')).toEqual([]);
    expect(await rows('range t from datetime(2026-01-01) to datetime(2026-01-02) step 12h')).toEqual([
      ['2026-01-01T00:00:00.0000000Z'],
      ['2026-01-01T12:00:00.0000000Z'],
      ['2026-01-02T00:00:00.0000000Z'],
    ]);
    expect(await rows('range x from 0.0 to 0.3 step 0.1 | count')).toEqual([[4]]);
  });
});

describe("the run's clock", () => {
  const at: Setting = { ...setting, now: '2026-03-01T12:00:00Z' };

  it('is what now() and ago() read', async () => {
    expect(await rows('print now(), now(-1d), ago(90m)', at)).toEqual([
      ['2026-03-01T12:00:00.0000000Z', '2026-02-28T12:00:00.0000000Z', '2026-03-01T10:30:00.0000000Z'],
    ]);
  });

  it('decides what a rule looks back at', async () => {
    const text = 'Logons | where Time > ago(1h) | project User';
    expect(await rows(text, at)).toEqual([['ada']]);
    expect(await rows(text, { ...at, now: '2026-03-01T11:15:00Z' })).toEqual([['bob'], ['ada']]);
  });
});

describe('what depends on other rows', () => {
  it('takes a scalar from a table', async () => {
    expect(
      await rows(
        'let most = toscalar(Logons | summarize max(Tries)); Logons | where Tries == most | project User',
        setting,
      ),
    ).toEqual([['bob']]);
    expect(await rows('print toscalar(Logons | where false | project Tries)', setting)).toEqual([[null]]);
    expect(await rows('print toscalar(Logons | where false | project User)', setting)).toEqual([['']]);
  });

  it('runs what is materialized once and gives it to each use', async () => {
    const text = 'let T = materialize(Logons | summarize n = sum(Tries) by User); T | union T | summarize sum(n)';
    expect(await rows(text, setting)).toEqual([[18]]);
  });

  it('names what stands before an as', async () => {
    const text =
      'Logons | where Tries > 1 | as Some | join kind=inner (Some | summarize All = sum(Tries)) on $left.Tries == $right.All';
    expect(await rows(text, setting)).toEqual([]);
    expect(await rows('Logons | as L | union L | count', setting)).toEqual([[6]]);
  });

  it('invokes a function on its input', async () => {
    const text =
      'let above = (T: (Tries: long), n: long) { T | where Tries > n }; Logons | invoke above(4) | project User';
    expect(await rows(text, setting)).toEqual([['bob']]);
  });

  it('gives the schema of a table', async () => {
    expect(await query('Logons | getschema', setting)).toMatchObject({
      columns: ['ColumnName:string', 'ColumnOrdinal:long', 'DataType:string', 'ColumnType:string'],
      rows: [
        ['Time', 0, 'System.DateTime', 'datetime'],
        ['User', 1, 'System.String', 'string'],
        ['Tries', 2, 'System.Int64', 'long'],
      ],
    });
  });
});

describe('declare pattern', () => {
  const capitals =
    'declare pattern capital = (country: string)[state: string] { ("US").["New York"] = { print City = "Albany" }; ' +
    '("CA").["Alberta"] = { let city = "Edmonton"; print City = city }; };';

  it('chooses a query by constant texts and a path', async () => {
    const text = `${capitals} union (capital("US").["New York"]), (capital("CA").Alberta) | sort by City asc`;
    expect(await rows(text)).toEqual([['Albany'], ['Edmonton']]);
  });

  it('sees what was declared before it, and the tables', async () => {
    const text =
      'let most = 2; declare pattern tries = (of: string) { ("busy") = { Logons | where Tries > most }; ("all") = { Logons }; }; ' +
      'print busy = toscalar(tries("busy") | count), all = toscalar(tries("all") | count)';
    expect(await rows(text, setting)).toEqual([[2, 3]]);
  });

  it('refuses what it gives no query for', async () => {
    expect(await refusal(`${capitals}\ncapital("US").Texas`)).toMatchObject({ line: 2 });
  });
});

describe('set', () => {
  it('says what time it is', async () => {
    expect(await rows('set query_now = datetime(2020-01-02); print now(), ago(1d), now(1h)')).toEqual([
      ['2020-01-02T00:00:00.0000000Z', '2020-01-01T00:00:00.0000000Z', '2020-01-02T01:00:00.0000000Z'],
    ]);
  });

  it('says how bin_auto() bins', async () => {
    const hours = 'set query_bin_auto_size = 1h; set query_bin_auto_at = datetime(2026-03-01 00:30);';
    expect(await rows(`${hours} Logons | summarize n = count() by bin_auto(Time) | sort by Time asc`, setting)).toEqual(
      [
        ['2026-03-01T09:30:00.0000000Z', 1],
        ['2026-03-01T10:30:00.0000000Z', 1],
        ['2026-03-01T11:30:00.0000000Z', 1],
      ],
    );
    expect(await rows('set query_bin_auto_size = 2; print bin_auto(5)')).toEqual([[4]]);
    expect(await refusal('print bin_auto(5)')).toMatchObject({ code: 'unsupported-argument', column: 7 });
  });

  it('refuses an option that changes the answer and is not supported', async () => {
    expect((await refusal('set query_take_max_records = 1; Logons', setting)).code).toBe('unsupported-statement');
  });
});
