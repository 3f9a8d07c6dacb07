import { it } from 'vitest';
import * as arithmetic from '../../../harness/kql/functions/arithmetic.js';
import * as conversion from '../../../harness/kql/functions/conversion.js';
import * as datetime from '../../../harness/kql/functions/datetime.js';
import * as hash from '../../../harness/kql/functions/hash.js';
import * as number from '../../../harness/kql/functions/number.js';
import type { Value } from '../../../harness/kql/functions/registry.js';
import * as special from '../../../harness/kql/functions/special.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { MAX_DATETIME } from '../../../harness/kql/values/datetime.js';
import { answer, arg, fixed, type Given, TestContext } from '../support.js';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** What a column can hold at its worst. */
const WORST: Readonly<Partial<Record<KqlType, readonly Value[]>>> = {
  bool: [null, true, false],
  int: [null, 0n, -1n, 2n ** 31n - 1n, -(2n ** 31n)],
  long: [null, 0n, -1n, 100n, LONG_MAX, LONG_MIN],
  real: [null, 0, -0, 1.5, NaN, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE],
  decimal: [null, '0', '-1.5', '99999999999999999999.999999999999999999', '-99999999999999999999'],
  string: ['', ' ', '0x', '1e999', '-', "'", '\u{1F600}', 'NaN', '9'.repeat(60), '0001-01-01T00:00:00-01:00'],
  datetime: [null, 0n, MAX_DATETIME],
  timespan: [null, 0n, -1n, LONG_MAX, LONG_MIN],
  dynamic: [null, true, LONG_MIN, 1.5e300, 'x', [1n], new Map([['k', null]])],
};

const families = [
  arithmetic.operators,
  conversion.functions,
  datetime.functions,
  hash.functions,
  number.functions,
  special.functions,
];
const functions = new Map(families.flatMap((family) => family.map((fn) => [fn.name, fn] as const)));

const reals = [
  'sqrt',
  'exp',
  'exp2',
  'exp10',
  'log',
  'log2',
  'log10',
  'degrees',
  'radians',
  'sin',
  'cos',
  'tan',
  'cot',
];
const moreReals = [
  'asin',
  'acos',
  'atan',
  'sign',
  'round',
  'ceiling',
  'abs',
  'unary-',
  'gamma',
  'loggamma',
  'erf',
  'erfc',
];
const bits = ['binary_and', 'binary_or', 'binary_xor', 'binary_shift_left', 'binary_shift_right'];
const parts = ['getyear', 'monthofyear', 'week_of_year', 'dayofmonth', 'dayofyear', 'hourofday'];
const periods = ['day', 'week', 'month', 'year'].flatMap((period) => [`startof${period}`, `endof${period}`]);
const units = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
  'nanosecond',
];

type Call = readonly [name: string, params: readonly (KqlType | Given)[], result: KqlType];

const calls: readonly Call[] = [
  ...[...reals, ...moreReals].map((name): Call => [name, ['real'], 'real']),
  ...['isnan', 'isinf', 'isfinite'].map((name): Call => [name, ['real'], 'bool']),
  ...['pow', 'atan2', 'bin', '+', '-', '*', '/', '%'].map((name): Call => [name, ['real', 'real'], 'real']),
  ...['beta_cdf', 'beta_pdf', 'beta_inv', 'bin_at'].map((name): Call => [name, ['real', 'real', 'real'], 'real']),
  ...['bin', '+', '-', '*', '/', '%', ...bits].map((name): Call => [name, ['long', 'long'], 'long']),
  ...['+', '-', '*', '/', '%'].map((name): Call => [name, ['int', 'long'], 'long']),
  ...['+', '-', '*', '/', '%', 'bin'].map((name): Call => [name, ['decimal', 'decimal'], 'decimal']),
  ...['abs', 'unary-', 'binary_not', 'bitset_count_ones', 'hash'].map((name): Call => [name, ['long'], 'long']),
  ['bin_at', ['long', 'long', 'long'], 'long'],
  ['round', ['real', 'long'], 'real'],
  ['round', ['long', 'long'], 'long'],
  ['round', ['decimal', fixed(2n)], 'decimal'],
  ['round', ['decimal', fixed(-30n)], 'decimal'],
  ['ceiling', ['decimal'], 'decimal'],
  ['abs', ['timespan'], 'timespan'],
  ['tohex', ['long', 'long'], 'string'],
  ['hash', ['string', 'long'], 'long'],
  ['hash_md5', ['real'], 'string'],

  ...['+', '-'].map((name): Call => [name, ['datetime', 'timespan'], 'datetime']),
  ...['+', '-', '%'].map((name): Call => [name, ['timespan', 'timespan'], 'timespan']),
  ...['*', '/'].flatMap((name): Call[] => [
    [name, ['timespan', 'long'], 'timespan'],
    [name, ['timespan', 'real'], 'timespan'],
  ]),
  ['-', ['datetime', 'datetime'], 'timespan'],
  ['/', ['timespan', 'timespan'], 'real'],
  ['bin', ['datetime', 'timespan'], 'datetime'],
  ['bin', ['timespan', 'timespan'], 'timespan'],
  ['bin_at', ['datetime', 'timespan', 'datetime'], 'datetime'],
  ['ago', ['timespan'], 'datetime'],
  ['now', ['timespan'], 'datetime'],
  ...parts.map((name): Call => [name, ['datetime'], 'int']),
  ['dayofweek', ['datetime'], 'timespan'],
  ...periods.flatMap((name): Call[] => [
    [name, ['datetime'], 'datetime'],
    [name, ['datetime', 'long'], 'datetime'],
  ]),
  ...units.flatMap((unit): Call[] => [
    ['datetime_add', [fixed(unit), 'long', 'datetime'], 'datetime'],
    ['datetime_diff', [fixed(unit), 'datetime', 'datetime'], 'long'],
  ]),
  ['make_datetime', ['long', 'long', arg(1n), arg(0n), arg(0n), 'real'], 'datetime'],
  ['make_timespan', ['long', 'long', 'long', 'real'], 'timespan'],
  ...['seconds', 'milliseconds', 'microseconds', 'nanoseconds'].flatMap((unit): Call[] => [
    [`unixtime_${unit}_todatetime`, ['long'], 'datetime'],
    [`unixtime_${unit}_todatetime`, ['real'], 'datetime'],
  ]),

  ...(['bool', 'int', 'long', 'real', 'decimal', 'string', 'dynamic'] as const).flatMap((from): Call[] => [
    ['tobool', [from], 'bool'],
    ['toint', [from], 'int'],
    ['tolong', [from], 'long'],
    ['todouble', [from], 'real'],
    ['todecimal', [from], 'decimal'],
    ['tostring', [from], 'string'],
  ]),
  ...(['int', 'long', 'real', 'string', 'dynamic'] as const).flatMap((from): Call[] => [
    ['todatetime', [from], 'datetime'],
    ['totimespan', [from], 'timespan'],
  ]),
  ...(['datetime', 'timespan'] as const).flatMap((from): Call[] => [
    ['tostring', [from], 'string'],
    ['tolong', [from], 'long'],
  ]),
  ['toguid', ['string'], 'guid'],
];

/** Every row of arguments: the worst values of each parameter with those of the others. */
function rows(params: readonly (KqlType | Given)[]): Given[][] {
  return params.reduce<Given[][]>(
    (made, param) => {
      const values = typeof param === 'string' ? (WORST[param] ?? []).map((value) => arg(value, param)) : [param];
      return made.flatMap((row) => values.map((value) => [...row, value]));
    },
    [[]],
  );
}

const labelled = calls.map((call) => {
  const [name, params] = call;
  return [
    `${name}(${params.map((param) => (typeof param === 'string' ? param : param.value)).join(', ')})`,
    call,
  ] as const;
});

it.each(labelled)(
  '%s answers whatever its arguments hold, and with null for null',
  async (_label, [name, params, result]) => {
    const fn = functions.get(name);
    if (!fn) throw new Error(`no function ${name}`);
    const table = rows(params);
    const context = new TestContext();
    const values = table.map((row) => `(${row.map((item) => context.literal(item.value, item.type)).join(', ')})`);
    const columns = params.map((_, i) => `c${i}`);
    const call = fn.emit(
      params.map((param, i) =>
        typeof param !== 'string' && param.fixed
          ? { sql: context.literal(param.value, param.type), type: param.type, constant: param.value }
          : { sql: `c${i}`, type: typeof param === 'string' ? param : param.type, constant: undefined },
      ),
      result,
      context,
    );
    const numbered = values.map((row, i) => `(${i}, ${row.slice(1)}`);
    const from = `FROM (VALUES ${numbered.join(', ')}) t(i, ${columns.join(', ')})`;
    const sql = call.replaceAll(context.now, '638000000000000000::BIGINT');
    const missing = await answer(`string_agg((${sql}) IS NULL, ',' ORDER BY i)`, from);
    table.forEach((row, i) => {
      const expected = result !== 'string' && row.some(({ value }) => value === null);
      const said = String(missing).split(',')[i] === 'true';
      if (expected && !said)
        throw new Error(`a null gives a value: ${row.map(({ value }) => String(value)).join(', ')}`);
    });
  },
);

it.each(labelled)('%s is one expression wherever it stands', async (_label, [name, params, result]) => {
  const fn = functions.get(name);
  if (!fn) throw new Error(`no function ${name}`);
  const context = new TestContext();
  const given = params.map((param) => (typeof param === 'string' ? { value: null, type: param } : param));
  const call = fn.emit(
    given.map(({ value, type }, i) => ({
      sql: context.literal(value, type),
      type,
      constant: typeof params[i] === 'string' ? undefined : value,
    })),
    result,
    context,
  );
  const sql = call.replaceAll(context.now, '638000000000000000::BIGINT');
  const tree = async (text: string) =>
    JSON.stringify(await answer(`json_serialize_sql(${context.literal(`SELECT ${text}`, 'string')})`));
  const positions = /"query_location\\*":\d+/g;
  const inside = await tree(`${sql} = 1 AND NOT ${sql}::VARCHAR LIKE 'x'`);
  const bracketed = await tree(`(${sql}) = 1 AND NOT (${sql})::VARCHAR LIKE 'x'`);
  if (inside.replaceAll(positions, '') !== bracketed.replaceAll(positions, ''))
    throw new Error(`needs brackets: ${call}`);
});
