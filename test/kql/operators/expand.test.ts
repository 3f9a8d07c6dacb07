import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { query, type Setting } from '../query.js';

const hosts: Setting = {
  tables: {
    Host: {
      schema: 'Name:string Tags:dynamic Ports:dynamic',
      rows: [
        ['web', ['a', 'b', 'c'], [80, 443]],
        ['empty', [], []],
        ['none', null, null],
        ['bag', { os: 'linux', cpu: 8 }, [22]],
        ['plain', 'x', 53],
      ],
    },
  },
};

async function rows(text: string): Promise<unknown> {
  return (await query(text, hosts)).rows;
}

describe('mv-expand', () => {
  it('makes a row of each item, one of a null, and none of an empty array', async () => {
    expect(await rows('Host | mv-expand Tag = Tags | project Name, Tag')).toEqual([
      ['web', 'a'],
      ['web', 'b'],
      ['web', 'c'],
      ['none', null],
      ['bag', { os: 'linux' }],
      ['bag', { cpu: 8 }],
      ['plain', 'x'],
    ]);
  });

  it('makes pairs of the entries of a bag where it is asked to', async () => {
    expect(await rows("Host | where Name == 'bag' | mv-expand kind=array Tags | project Tags")).toEqual([
      [['os', 'linux']],
      [['cpu', 8]],
    ]);
  });

  it('expands several columns side by side and fills the shorter ones with null', async () => {
    expect(await rows("Host | where Name == 'web' | mv-expand with_itemindex=i Tags, Ports")).toEqual([
      ['web', 'a', 80, 0],
      ['web', 'b', 443, 1],
      ['web', 'c', null, 2],
    ]);
  });

  it('casts to a type without reading text as numbers', async () => {
    expect(await rows("print d = dynamic([1, 2.7, '3', true, null]) | mv-expand d to typeof(long)")).toEqual([
      [1],
      [2],
      [null],
      [null],
      [null],
    ]);
    expect(await rows('print d = dynamic([1, "a", null, {"k": 1}]) | mv-expand d to typeof(string)')).toEqual([
      ['1'],
      ['a'],
      [''],
      ['{"k":1}'],
    ]);
  });

  it('limits the rows that come of one row; the old spelling does so by itself', async () => {
    expect(await rows('range n from 1 to 2 step 1 | extend l = range(1, 5) | mv-expand l limit 2 | count')).toEqual([
      [4],
    ]);
    expect(await rows('print l = range(1, 500) | mvexpand l | count')).toEqual([[128]]);
  });

  it('names what it expands as the language does', async () => {
    const { columns } = await query('Host | mv-expand Tags.os, parse_json(Name)', hosts);
    expect(columns).toEqual(['Name:dynamic', 'Tags:dynamic', 'Ports:dynamic', 'Tags_os:dynamic']);
  });

  it('passes on the event of each row', async () => {
    const { lineage } = await query('Host | mv-expand Tags | where tostring(Tags) == "b" or Name == "plain"', hosts);
    expect(lineage).toEqual([[1], [5]]);
  });
});

describe('mv-apply', () => {
  it('filters and computes over the items of each row', async () => {
    expect(
      await rows('Host | mv-apply p = Ports to typeof(long) on (where p > 50 | extend q = p + 1) | project Name, p, q'),
    ).toEqual([
      ['web', 80, 81],
      ['web', 443, 444],
      ['plain', 53, 54],
    ]);
  });

  it('groups within each row, and gives a row where nothing is left', async () => {
    const text =
      'Host | mv-apply p = Ports to typeof(long) on (where p > 100 | summarize n = count(), max(p)) | project Name, n, max_p';
    const { rows: found, lineage } = await query(`${text} | sort by Name asc`, hosts);
    expect(found).toEqual([
      ['bag', 0, null],
      ['empty', 0, null],
      ['none', 0, null],
      ['plain', 0, null],
      ['web', 1, 443],
    ]);
    expect(lineage).toEqual([[4], [2], [3], [5], [1]]);
  });

  it('runs any query: order, neighbours, the best, joins, further expansion', async () => {
    expect(
      await rows('Host | mv-apply p = Ports to typeof(long) on (top 1 by p) | project Name, p | sort by Name asc'),
    ).toEqual([
      ['bag', 22],
      ['none', null],
      ['plain', 53],
      ['web', 443],
    ]);
    expect(
      await rows(
        "Host | where Name == 'web' | mv-apply t = Tags on (extend u = tostring(t) | sort by u desc | extend earlier = prev(u) | project earlier) | project earlier",
      ),
    ).toEqual([[''], ['c'], ['b']]);
    expect(
      await rows(
        "Host | where Name == 'web' | mv-apply t = Tags on (mv-expand Ports | summarize n = count() by u = tostring(t)) | project u, n | sort by u asc",
      ),
    ).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 2],
    ]);
  });

  it('replaces a column that it names, and leaves the others as they are', async () => {
    const { columns } = await query('Host | mv-apply Tags on (project Tag = tostring(Tags))', hosts);
    expect(columns).toEqual(['Name:string', 'Ports:dynamic', 'Tag:string']);
  });
});

describe('an array within a text', () => {
  const items = fc.oneof(
    fc.json({ maxDepth: 2 }),
    fc.constantFrom(
      'null',
      '"null"',
      '""',
      '"a\\"b\\u0000"',
      '1.0',
      '-0',
      '1e400',
      '12345678901234567890',
      'NaN',
      '[]',
      '{}',
    ),
  );
  const bags = fc
    .array(
      fc.tuple(
        fc.constantFrom('k', 'k', 'other', '\\u006b'),
        fc.oneof(
          items,
          fc.array(items).map((all) => `[${all}]`),
        ),
      ),
    )
    .map((entries) => `{${entries.map(([key, value]) => `"${key}": ${value}`).join(', ')}}`);
  const texts = fc.sample(
    fc.oneof(
      { weight: 6, arbitrary: bags },
      { weight: 1, arbitrary: bags.map((text) => text.slice(0, -1)) },
      { weight: 1, arbitrary: bags.map((text) => text.replace(/[\]}]$/, ',$&')) },
      fc.constantFrom('', 'null', '[1]', ' {"k": [1, "b"] } ', 'k', '{"k":[1,]}', '{"k":[1]} x'),
    ),
    { numRuns: 400, seed: 3 },
  );
  const odd: Setting = { tables: { T: { schema: 'N:long X:string', rows: texts.map((text, n) => [n, text]) } } };

  // Taken from the text at once, where the member is written as such; else from the value that the text is parsed to.
  it.each(['string', 'long', 'real', 'datetime', 'dynamic'])(
    'gives its items as those of the parsed value, as %s',
    async (type) => {
      const expanded = (value: string): string =>
        `T | extend d = parse_json(X) | mv-expand with_itemindex=i v = ${value} to typeof(${type}) limit 3 | project N, i, v`;
      const [direct, parsed] = [await query(expanded('parse_json(X).k'), odd), await query(expanded('d.k'), odd)];
      expect(direct.rows.length).toBeGreaterThan(texts.length / 2);
      expect(direct.rows).toEqual(parsed.rows);
    },
  );

  it('gives its items where the member was named before, and its bag in pairs', async () => {
    const expanded = (value: string): string =>
      `T | extend d = parse_json(X) | extend m = ${value} | where N >= 0 | mv-expand kind=array v = m | project N, m, v`;
    expect((await query(expanded('parse_json(X).k'), odd)).rows).toEqual((await query(expanded('d.k'), odd)).rows);
  });
});
