/** Rows from outside, and the plugins of evaluate. */
import { describe, expect, it } from 'vitest';
import type { FunctionSignature } from '../../harness/kql/index.js';
import { query, refusal, rows, type Setting } from './query.js';

const functions: readonly FunctionSignature[] = [
  {
    name: '_GetWatchlist',
    parameters: [{ name: 'watchlistAlias', type: 'string' }],
    columns: [{ name: 'SearchKey', type: 'string' }],
    open: true,
  },
  {
    name: 'FileProfile',
    parameters: [
      { name: 'x', type: 'string', optional: true, column: true },
      { name: 'y', type: 'long', optional: true },
    ],
    adds: [
      { name: 'SHA1', type: 'string' },
      { name: 'GlobalPrevalence', type: 'long' },
    ],
  },
];
const tables = {
  Files: {
    schema: 'Name:string SHA1:string',
    rows: [
      ['a.exe', 'aa'],
      ['b.exe', 'bb'],
    ],
  },
};
const refused: Setting = { tables, functions };
const empty: Setting = { ...refused, missingSources: 'empty' };
const given: Setting = {
  ...refused,
  sources: {
    'externaldata:https://lists.example/bad.txt': { schema: 'Hash:string', rows: [['bb'], ['cc']] },
    '_GetWatchlist:VIP': { schema: 'SearchKey:string Owner:string', rows: [['a.exe', 'ada']] },
    FileProfile: {
      schema: 'SHA1:string GlobalPrevalence:long',
      rows: [
        ['aa', 1000],
        ['zz', 1],
      ],
    },
  },
};

const LIST = 'let Bad = externaldata(Hash: string) [@"https://lists.example/bad.txt"] with (format="txt");';

describe('sources', () => {
  it('are refused where the test data gives no rows, with what to do', async () => {
    expect(await refusal(`${LIST}\nFiles | where SHA1 in (Bad)`, refused)).toMatchObject({
      code: 'missing-source',
      line: 1,
      column: 11,
      message: expect.stringContaining('externaldata:https://lists.example/bad.txt'),
    });
    expect(await refusal('_GetWatchlist("VIP") | count', refused)).toMatchObject({ code: 'missing-source', line: 1 });
    expect(await refusal('Files | invoke FileProfile(SHA1, 1000)', refused)).toMatchObject({ code: 'missing-source' });
  });

  it('are empty where the caller asks for it', async () => {
    expect(await rows(`${LIST} Files | where SHA1 in (Bad)`, empty)).toEqual([]);
    expect(await rows('_GetWatchlist("VIP") | where Owner == "ada" | count', empty)).toEqual([[0]]);
    expect(await query('Files | invoke FileProfile(SHA1, 1000)', empty)).toMatchObject({
      columns: ['Name:string', 'SHA1:string', 'GlobalPrevalence:long'],
      rows: [
        ['a.exe', 'aa', null],
        ['b.exe', 'bb', null],
      ],
    });
  });

  it('hold the rows of the test data', async () => {
    expect(await rows(`${LIST} Files | where SHA1 in (Bad) | project Name`, given)).toEqual([['b.exe']]);
    expect(
      await rows(
        'Files | join kind=inner (_GetWatchlist("VIP")) on $left.Name == $right.SearchKey | project Name, Owner',
        given,
      ),
    ).toEqual([['a.exe', 'ada']]);
    expect(
      await rows('Files | invoke FileProfile(SHA1, 1000) | sort by Name asc | project Name, GlobalPrevalence', given),
    ).toEqual([
      ['a.exe', 1000],
      ['b.exe', null],
    ]);
  });

  it('are told apart by what they are asked for', async () => {
    expect(await refusal('_GetWatchlist("Other")', given)).toMatchObject({
      code: 'missing-source',
      message: expect.stringContaining('_GetWatchlist:Other'),
    });
  });

  it('are never fetched', async () => {
    const text = 'externaldata(x: string) ["file:///etc/passwd"]';
    expect(await refusal(text)).toMatchObject({ code: 'missing-source' });
  });
});

describe('evaluate', () => {
  it('bag_unpack makes a column of each key that the data holds', async () => {
    const text =
      'datatable(n: long, d: dynamic) [1, dynamic({"b": "x", "a": 5}), 2, dynamic({"a": 7})] | evaluate bag_unpack(d)';
    expect(await query(text)).toMatchObject({
      columns: ['n:long', 'a:long', 'b:string'],
      rows: [
        [1, 5, 'x'],
        [2, 7, ''],
      ],
    });
  });

  it('bag_unpack takes a prefix, and a schema', async () => {
    const data = 'datatable(d: dynamic) [dynamic({"a": 5, "b": true})]';
    expect((await query(`${data} | evaluate bag_unpack(d, "p_")`)).columns).toEqual(['p_a:long', 'p_b:bool']);
    expect(await query(`${data} | evaluate bag_unpack(d) : (b: bool, c: string)`)).toMatchObject({
      columns: ['b:bool', 'c:string'],
      rows: [[true, '']],
    });
  });

  it('lets what follows use a column that the data decided on', async () => {
    const text =
      'datatable(d: dynamic) [dynamic({"user": "ada"})] | evaluate bag_unpack(d) | where user == "ada" | count';
    expect(await rows(text)).toEqual([[1]]);
  });

  it('lets what follows search and parse a column that the data happens to lack', async () => {
    const text = `datatable(d: dynamic) [dynamic({"user": "ada"})] | evaluate bag_unpack(d)
      | where user == "ada" or Command has "curl" | parse Command with * "//" Site | project user, Site`;
    expect(await rows(text)).toEqual([['ada', '']]);
  });

  it('pivot makes a column of each value', async () => {
    const text =
      'datatable(k: string, v: string, n: long) ["a", "x", 1, "a", "y", 2, "b", "x", 4] | evaluate pivot(v, sum(n)) | sort by k asc';
    expect(await query(text)).toMatchObject({
      columns: ['k:string', 'x:long', 'y:long'],
      rows: [
        ['a', 1, 2],
        ['b', 4, 0],
      ],
    });
  });

  it('narrow makes a row of each cell', async () => {
    expect(await query('print a = 1, b = "x" | evaluate narrow()')).toMatchObject({
      columns: ['Row:long', 'Column:string', 'Value:string'],
      rows: [
        [0, 'a', '1'],
        [0, 'b', 'x'],
      ],
    });
  });

  it('ipv4_lookup finds the network of an address', async () => {
    const nets = 'let Nets = datatable(net: string, zone: string) ["10.0.0.0/8", "inside", "192.0.2.0/24", "test"];';
    const data = 'datatable(ip: string) ["10.9.9.9", "8.8.8.8", "nonsense"]';
    expect(await rows(`${nets} ${data} | evaluate ipv4_lookup(Nets, ip, net) | project ip, zone`)).toEqual([
      ['10.9.9.9', 'inside'],
    ]);
    expect(
      await rows(`${nets} ${data} | evaluate ipv4_lookup(Nets, ip, net, return_unmatched = true) | count`),
    ).toEqual([[3]]);
  });

  describe('geo lookups', () => {
    const triangle = 'dynamic({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]})';
    const equator = 'dynamic({"type":"LineString","coordinates":[[0,0],[1,0]]})';
    const places =
      'datatable(at: string, x: real, y: real) ["inside", 0.9, 0.1, "beside", -0.01, 0, "far", 9, 9, "nowhere", real(null), 1]';
    const over = (shape: string, call: string): string =>
      `let Shapes = datatable(name: string, shape: dynamic) ["it", ${shape}]; ${places} | evaluate ${call}`;

    it('geo_polygon_lookup finds the polygons that hold a place, or are within the radius of it', async () => {
      expect(await query(over(triangle, 'geo_polygon_lookup(Shapes, shape, x, y)'))).toMatchObject({
        columns: ['at:string', 'x:real', 'y:real', 'name:string'],
        rows: [['inside', 0.9, 0.1, 'it']],
      });
      // A hundredth of a degree is 1.1 km.
      const near = 'geo_polygon_lookup(Shapes, shape, x, y, radius = 2000) | project at | sort by at asc';
      expect(await rows(over(triangle, near))).toEqual([['beside'], ['inside']]);
    });

    it('geo_line_lookup keeps rows without a line, and the lines, where the call asks for it', async () => {
      const call = 'geo_line_lookup(Shapes, shape, x, y, 2000, return_unmatched = true, return_lookup_key = true)';
      const line = {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [1, 0],
        ],
      };
      expect(await query(over(equator, `${call} | sort by at asc`))).toMatchObject({
        columns: ['at:string', 'x:real', 'y:real', 'name:string', 'shape:dynamic'],
        rows: [
          ['beside', -0.01, 0, 'it', line],
          ['far', 9, 9, '', null],
          ['inside', 0.9, 0.1, '', null],
          ['nowhere', null, 1, '', null],
        ],
      });
    });
  });

  describe('plugins over the time of users', () => {
    const moments = (rows: string): string => `datatable(u: string, t: datetime) [${rows}]`;
    const day = (u: string, d: number): string => `"${u}", datetime(2026-03-${String(d).padStart(2, '0')})`;

    it('session_count counts the appearances without another shortly before', async () => {
      const times = 'datatable(u: string, t: long) ["a", 1, "a", 5, "a", 15, "b", 15, "b", 26, "a", 26]';
      // A gap as long as the window opens a session, too.
      expect(await rows(`${times} | evaluate session_count(u, t, 1, 100, 20, 10) | sort by t asc`)).toEqual([
        [0, 3],
        [20, 2],
      ]);
      const late = `${times} | evaluate session_count(u, t, 1, 26, 20, 10)`;
      expect((await refusal(late)).code).toBe('unsupported-argument');
    });

    it('active_users_count counts who appeared on enough days of the window before', async () => {
      const days = [
        day('a', 2),
        day('a', 3),
        day('a', 4),
        day('b', 1),
        day('b', 4),
        day('b', 9),
        day('b', 10),
        day('b', 11),
      ];
      const call = 'active_users_count(u, t, datetime(2026-03-03), datetime(2026-03-20), 3d, 1d, 3, 7d)';
      expect(await rows(`${moments(days.join(', '))} | evaluate ${call} | sort by t asc`)).toEqual([
        ['2026-03-03T00:00:00.0000000Z', 1],
        ['2026-03-10T00:00:00.0000000Z', 1],
      ]);
    });

    it('rolling_percentile takes the values of a bin and of those before it', async () => {
      const series = 'range i from 0 to 9 step 1 | extend odd = i % 2';
      expect(await query(`${series} | evaluate rolling_percentile(i, 50, i, 5, 2) | sort by i asc`)).toMatchObject({
        columns: ['i:long', 'rolling_2_percentile_i_50:long'],
        rows: [
          [0, 2],
          [5, 4],
        ],
      });
      expect(
        await rows(`${series} | evaluate rolling_percentile(i, 100, i, 5, 2, odd) | sort by i asc, odd asc`),
      ).toEqual([
        [0, 0, 4],
        [0, 1, 3],
        [5, 0, 8],
        [5, 1, 9],
      ]);
      const gap = `${series} | where i !between (5 .. 6) | evaluate rolling_percentile(i, 50, i, 1, 3)`;
      expect((await refusal(gap)).code).toBe('unsupported-argument');
    });
  });

  it('rows_near gives the rows around those that a condition marks', async () => {
    expect(await rows('range x from 1 to 9 step 1 | sort by x asc | evaluate rows_near(x == 5, 1)')).toEqual([
      [4],
      [5],
      [6],
    ]);
  });

  it('refuses a plugin that it does not run, by name', async () => {
    expect(await refusal('print x = 1 | evaluate basket()')).toMatchObject({ code: 'unsupported-plugin', line: 1 });
  });
});
