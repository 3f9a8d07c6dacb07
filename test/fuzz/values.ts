/** Values that break programs, by type, as tables of random rows to run rules on. */
import type { Engine } from '../../harness/engine/index.js';
import type { Value } from '../../harness/kql/functions/registry.js';
import { EVENT_ID, identifier, literal, physicalNames } from '../../harness/kql/sql/literal.js';
import { DUCKDB_TYPE, type KqlType, type TableSchema } from '../../harness/kql/types.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { type Dynamic, parseDynamic } from '../../harness/kql/values/dynamic.js';

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

const TEXTS = [
  '',
  ' ',
  'a',
  'null',
  'true',
  '0',
  '-1',
  '1e309',
  '9223372036854775808',
  '2026-02-30T25:61:00Z',
  '2026-03-01T11:00:00Z',
  '1.12:00:00',
  '10.0.0.1',
  '10.0.0.0/33',
  '999.1.1.1',
  'fe80::1%eth0',
  '::ffff:10.0.0.1/96',
  'http://user:p%40ss@h\u00f6st.example:99999/a/b?c=d&c=%zz#frag',
  'https://',
  'C:\\Windows\\System32\\cmd.exe',
  '\\\\server\\share$\\x y\\',
  '/bin/sh -c "echo \'hi\' `id`"',
  'powershell.exe -EncodedCommand SQBFAFgA',
  'cmd /c "unclosed',
  '{"a":1,"b":{"c":[1,2,{"d":null}]},"":"empty"}',
  '{"a":',
  '[1,"two",null,{"x":[]}]',
  '[[[[[[[[]]]]]]]]',
  '"just text"',
  '{"a":1e999,"b":-0.0,"c":12345678901234567890123}',
  '\\',
  'it\'s; -- "quoted" /* x */ $now',
  'SGVsbG8gd29ybGQ=',
  '====',
  '%',
  'a,b;c|d\te\nf\r\ng',
  '\u0000',
  'caf\u00e9 cafe\u0301 \u0130\u0131\u1e9e',
  '\u202eright to left',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\ufeffbom\u200b',
  '\ud55c\uad6d\uc5b4 \u4e2d\u6587',
  'x'.repeat(5000),
  '(a+)+$ [ { \\p{L} (?<n>',
  '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  '<a><b x="1">t</b><b/></a>',
  '<a><b>',
  'k1=v1;k2="v 2"',
  'ALLOW',
  'Success',
] as const;

const JSONS = [
  'null',
  '{}',
  '[]',
  '""',
  '"text"',
  '0',
  '-9223372036854775808',
  '1.5',
  'true',
  '{"a":1}',
  '{"a":{"b":{"c":"deep"}},"d":[1,2,3]}',
  '[{"name":"x","value":"1"},{"name":"y","value":null}]',
  '[1,"2",null,[3],{"4":5}]',
  '{"":{"":[]}}',
  '{"a b":"c\\"d","\\u0000":"\\u0000","$":"@"}',
  '["10.0.0.1","::1",""]',
  '[[1,2],[3,4],[]]',
  '"{\\"nested\\":\\"json\\"}"',
] as const;

/** Values of each type; the null of the type is added to each. */
export const ODD_VALUES: Readonly<Record<KqlType, readonly Value[]>> = {
  bool: [true, false],
  int: [0n, 1n, -1n, 7n, 443n, 2147483647n, -2147483648n],
  long: [0n, 1n, -1n, 42n, 4624n, 4294967296n, MAX, MIN],
  real: [0, -0, 1.5, -2.25, 1e308, -1e308, 5e-324, Number.NaN, Infinity, -Infinity],
  decimal: ['0', '1.5', '-99999999999999999999.999999999999999999', '0.000000000000000001'],
  string: TEXTS,
  datetime: [
    '2026-03-01T11:59:59.9999999Z',
    '2026-03-01T00:00:00Z',
    '2026-02-28T23:00:00Z',
    '2026-02-01T00:00:00Z',
    '2024-02-29T12:00:00Z',
    '1970-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.9999999Z',
  ].map((text) => parseDatetime(text)),
  timespan: [0n, 1n, -1n, 600_000_000n, 864_000_000_000n, MAX, MIN],
  guid: ['00000000-0000-0000-0000-000000000000', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
  dynamic: JSONS.map((text): Dynamic => parseDynamic(text) ?? null),
};

/**
 * Makes a table of rows that each take, for each column, an odd value of its type. The same seed gives the same rows.
 *
 * @param firstId the event id of its first row
 */
export async function makeOddTable(
  engine: Engine,
  name: string,
  schema: TableSchema,
  options: {
    readonly rows: number;
    readonly seed: number;
    readonly firstId: number;
    /** Texts that a rule looks for, so that some rows get past its filters. */
    readonly texts?: readonly string[];
  },
): Promise<void> {
  const physical = physicalNames(schema.map((column) => column.name));
  const texts = (options.texts ?? []).filter((text) => text.isWellFormed());
  const wanted = texts.length === 0 ? [] : TEXTS.map((_, i) => texts[i % texts.length] ?? '');
  const bags = wanted.map((text): Dynamic => new Map([[text, text]]));
  const more: Partial<Record<KqlType, readonly Value[]>> = {
    string: [...wanted, ...texts],
    dynamic: [wanted, ...bags],
  };
  const columns = schema.map(({ type }, i) => {
    const values = [null, ...ODD_VALUES[type], ...(more[type] ?? [])];
    const pool = values.map((value) => literal(value, type)).join(', ');
    const pick = `1 + (hash(n, ${i}, ${options.seed}) % ${values.length})::BIGINT`;
    return `([${pool}]::${DUCKDB_TYPE[type]}[])[${pick}] AS ${identifier(physical[i] ?? '')}`;
  });
  columns.push(`n + ${options.firstId} AS ${EVENT_ID}`);
  await engine.query(
    `CREATE OR REPLACE TABLE ${identifier(name)} AS SELECT ${columns.join(', ')} FROM range(${options.rows}) AS r(n)`,
  );
}
