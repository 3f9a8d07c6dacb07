/** Texts that grow with each step: right while they are short, and refused before they fill the memory of a batch. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../harness/kql/index.js';
import { refusal, rows, type Setting } from './query.js';

const many: Setting = {
  memory: 512 * 1024 ** 2,
  tables: { T: { schema: 's:string d:dynamic', rows: Array.from({ length: 3_000 }, (_, i) => [`abc${i}`, { k: i }]) } },
};
const one: Setting = {
  tables: {
    T: {
      schema: 's:string d:dynamic n:long',
      rows: [
        ['ab', [1, 2], 3],
        ['', null, null],
      ],
    },
  },
};

const repeated = (step: string, times: number): string => ` | extend ${step}`.repeat(times);
const LONG = 'a'.repeat(64);

describe('a text that grows with each step', () => {
  it.each([
    ['put together with itself', `T${repeated('s = strcat(s, s)', 40)} | where strlen(s) < 0`],
    ['with a delimiter', `T${repeated('s = strcat_delim(s, s, s)', 24)} | where strlen(s) < 0`],
    ['replaced', `T${repeated(`s = replace_string(s, "a", "${LONG}")`, 6)} | where strlen(s) < 0`],
    ['replaced by a pattern', `T${repeated(`s = replace_regex(s, "a", "${LONG}")`, 6)} | where strlen(s) < 0`],
    ['beside a long literal', `T | extend s = strcat("${'x'.repeat(1_000_000)}", s) | where strlen(s) < 0`],
    ['repeated', 'T | extend r = repeat(s, 1000000) | where array_length(r) < 0'],
    ['of constants alone', 'T | extend r = strcat_array(repeat("aaaaaaaaaa", 1000000), ",")'],
    ['of arrays', `T | extend a = range(1, 1000, 1)${repeated('a = array_concat(a, a)', 20)} | where isempty(a)`],
    ['through names', `let f = (a: string) { strcat(a, a, a, a) }; T${repeated('s = f(s)', 12)} | where strlen(s) < 0`],
    [
      'through a union',
      `T${repeated('s = strcat(s, s)', 12)} | union T${repeated('s = strcat(s, s)', 12)} | where strlen(s) < 0`,
    ],
    [
      'through shared rows',
      `let a = materialize(T${repeated('s = strcat(s, s)', 10)}); a${repeated('s = strcat(s, s)', 12)} | where strlen(s) < 0`,
    ],
    [
      'through groups',
      `T${repeated('s = strcat(s, s)', 12)} | summarize m = max(s) by s${repeated('s = strcat(s, m)', 12)} | where strlen(s) < 0`,
    ],
  ])('is refused before it is made: %s', { timeout: 60_000 }, async (_what, text) => {
    expect(await refusal(text, many)).toMatchObject({
      code: 'resource-limit',
      message: expect.stringMatching(/too long|more memory|more than 16777216/),
    });
  });

  it('is what it was while it is short', async () => {
    expect(
      await rows(`T${repeated('s = strcat(s, s)', 12)} | project n = strlen(s), t = substring(s, 0, 4)`, one),
    ).toEqual([
      [8192, 'abab'],
      [0, ''],
    ]);
    const replaced = `${repeated(`s = replace_string(s, "b", "${'b'.repeat(32)}")`, 3)} | project strlen(s)`;
    expect(await rows(`T${replaced}`, one)).toEqual([[32_769], [0]]);
    const matched = `${repeated(`s = replace_regex(s, "b", "${'b'.repeat(32)}")`, 3)} | project strlen(s)`;
    expect(await rows(`T${matched}`, one)).toEqual([[32_769], [0]]);
    const delimited = `${repeated('s = strcat_delim(",", s, s)', 10)} | project strlen(s)`;
    expect(await rows(`T${delimited}`, one)).toEqual([[3_071], [1_023]]);
    expect(await rows('T | extend r = repeat(s, 300000) | project array_length(r)', one)).toEqual([
      [300_000],
      [300_000],
    ]);
    const joined = `${repeated('d = array_concat(d, d)', 10)} | project array_length(d)`;
    expect(await rows(`T${joined}`, one)).toEqual([[2_048], [0]]);
    expect(await rows('T | project array_length(array_concat(d, d))', one)).toEqual([[4], [0]]);
  });

  it('is right beside queries within it', async () => {
    const text = `T${repeated('s = strcat(s, s)', 10)} | extend s = strcat(s, toscalar(T | summarize max(s))) | project strlen(s)`;
    expect(await rows(text, one)).toEqual([[2_050], [2]]);
  });

  it('costs nothing in queries whose texts do not grow', () => {
    const names = { tables: new Map([['T', [{ name: 's', type: 'string' as const }]]]), functions: new Map() };
    const text = 'T | extend a = strcat(s, "-", s), b = replace_string(s, ",", ", ") | extend c = strcat(a, b, a)';
    expect(compile(text, { names }).sql).not.toContain('kql_room');
  });
});

describe('a summarize of many aggregates', () => {
  const counted = (aggregate: (i: number) => string, count: number): string =>
    `T | summarize ${Array.from({ length: count }, (_, i) => `c${i} = ${aggregate(i)}`).join(', ')}`;

  it('counts with conditions in memory that grows with their number alone', { timeout: 60_000 }, async () => {
    const [row] = await rows(
      counted((i) => `countif(s == "abc${i}")`, 700),
      many,
    );
    expect(new Set(row)).toEqual(new Set([1]));
  });

  it('is refused where its conditions take memory that grows with their square', async () => {
    expect(
      await refusal(
        counted((i) => `sumif(strlen(s), s == "abc${i}")`, 700),
        many,
      ),
    ).toMatchObject({
      code: 'resource-limit',
      message: expect.stringContaining('700 of them have conditions'),
    });
  });
});

describe('columns that the data makes', () => {
  it.each(['pivot(s)', 'pivot(s, count(), d)', 'bag_unpack(d)'])(
    'are refused where they are too many: %s',
    async (call) => {
      const wide: Setting = {
        tables: {
          T: {
            schema: 's:string d:dynamic',
            rows: Array.from({ length: 5_100 }, (_, i) => [`v${i}`, { [`k${i}`]: i }]),
          },
        },
      };
      expect(await refusal(`T | evaluate ${call}`, wide)).toMatchObject({
        code: 'resource-limit',
        message: expect.stringMatching(/The data makes a table of 5,1\d\d columns here\. The limit is 5,000\./),
        line: 1,
      });
    },
  );
});
