import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convert, embed, functions } from '../../../harness/kql/functions/conversion.js';
import type { Value } from '../../../harness/kql/functions/registry.js';
import { sqlFunction } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { formatDatetime, MAX_DATETIME, parseDatetime } from '../../../harness/kql/values/datetime.js';
import { printDynamic } from '../../../harness/kql/values/dynamic.js';
import { formatTimespan } from '../../../harness/kql/values/timespan.js';
import { refusal, rows } from '../query.js';
import { answer, arg, evaluate, TestContext } from '../support.js';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

const RESULTS: Readonly<Record<string, KqlType>> = {
  tobool: 'bool',
  toint: 'int',
  tolong: 'long',
  todouble: 'real',
  todecimal: 'decimal',
  tostring: 'string',
  todatetime: 'datetime',
  totimespan: 'timespan',
  toguid: 'guid',
  tohex: 'string',
};

function run(name: string, value: Value, type?: KqlType): Promise<unknown> {
  const found = functions.find((fn) => fn.name === name);
  const result = RESULTS[name];
  if (!found || !result) throw new Error(`no function ${name}`);
  return evaluate(found, [type === undefined ? arg(value) : arg(value, type)], result);
}

describe('whole numbers', () => {
  it.each([
    ['42', 42n],
    ['  42  ', 42n],
    ['+5', 5n],
    ['-0', 0n],
    ['007', 7n],
    ['9223372036854775807', LONG_MAX],
    ['-9223372036854775808', LONG_MIN],
    ['9223372036854775808', null],
    ['0x1F', 31n],
    ['0X1f', 31n],
    ['0xFFFFFFFFFFFFFFFF', -1n],
    ['-0x10', null],
    ['1.5', null],
    ['1e3', null],
    ['1_000', null],
    ['', null],
    ['nan', null],
  ])('of the text %j', async (text, expected) => {
    expect(await run('tolong', text)).toBe(expected);
  });

  it('of 32 bits: text must fit, a long is cut, a real is held', async () => {
    expect(await run('toint', '2147483648')).toBeNull();
    expect(await run('toint', '0x7FFFFFFF')).toBe(2147483647);
    expect(await run('toint', 2147483648n)).toBe(-2147483648);
    expect(await run('toint', -2147483649n)).toBe(2147483647);
    expect(await run('toint', 1e10)).toBe(2147483647);
    expect(await run('toint', -1.9)).toBe(-1);
  });

  it('of other types', async () => {
    expect(await run('tolong', 2.9)).toBe(2n);
    expect(await run('tolong', NaN)).toBeNull();
    expect(await run('tolong', 1e300)).toBe(LONG_MAX);
    expect(await run('tolong', true)).toBe(1n);
    expect(await run('tolong', '-1.9', 'decimal')).toBe(-1n);
    expect(await run('tolong', 5n, 'timespan')).toBe(5n);
    expect(await run('tolong', null, 'real')).toBeNull();
  });

  it('of constants alone are computed elsewhere, and differ beyond 64 bits', async () => {
    expect(
      await rows('print a = tostring(tolong(todouble(9223372036854775807))), b = tolong(2.9), c = tolong(real(null))'),
    ).toEqual([['-9223372036854775808', 2, null]]);
    expect(await rows('print x = 1e300 | extend y = tostring(tolong(x)) | project y')).toEqual([
      ['9223372036854775807'],
    ]);
    expect(await refusal('print tolong(real(+inf))')).toMatchObject({
      code: 'unsupported-argument',
      line: 1,
      column: 7,
    });
    expect(await refusal('print toint(2.0 * 1e10)')).toMatchObject({ code: 'unsupported-argument' });
  });

  it('wrap from long to int as two complements do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(LONG_MIN, LONG_MAX), async (value) => {
        expect(await run('toint', value)).toBe(Number(BigInt.asIntN(32, value)));
      }),
      { numRuns: 40 },
    );
  });
});

describe('dynamic values', () => {
  it.each([
    [1.9, 1n, 1.9, true, '1.9'],
    ['42', 42n, 42, true, '42'],
    ['3.14', null, 3.14, null, '3.14'],
    ['0x10', 16n, null, true, '0x10'],
    [true, 1n, 1, true, 'true'],
    [LONG_MIN, LONG_MIN, Number(LONG_MIN), true, '-9223372036854775808'],
    [[1n, 'x'], null, null, null, '[1,"x"]'],
    [null, null, null, null, ''],
    ['a "b"\n\u{1F600}', null, null, null, 'a "b"\n\u{1F600}'],
  ] as const)('%s', async (value, long, real, bool, text) => {
    expect(await run('tolong', value, 'dynamic')).toBe(long);
    expect(await run('todouble', value, 'dynamic')).toBe(real);
    expect(await run('tobool', value, 'dynamic')).toBe(bool);
    expect(await run('tostring', value, 'dynamic')).toBe(text);
  });

  it('hold a time as text or ticks', async () => {
    expect(await run('todatetime', '2024-05-08', 'dynamic')).toBe(parseDatetime('2024-05-08'));
    expect(await run('todatetime', 10n, 'dynamic')).toBe(10n);
    expect(await run('totimespan', '00:01', 'dynamic')).toBe(600_000_000n);
    expect(await run('toguid', '00000000-0000-0000-0000-000000000000', 'dynamic')).toBe(
      '00000000-0000-0000-0000-000000000000',
    );
  });
});

describe('datetimes', () => {
  it.each([
    '2024-05-08T09:07:06.1234567Z',
    '2024-05-08 09:07:06.12',
    '2024-05-08T09:07:06Z',
    '2024-02-30T09:07:06Z',
    '2024-05-08T24:00:00Z',
    '0000-05-08T00:00:00Z',
    '0001-01-01T00:00:00',
    '9999-12-31T23:59:59.9999999Z',
    '2024-05-08T09:07:06+02:00',
    '2024-05-08T09:07:06.12345678Z',
    '5/8/2024',
    'soon',
  ])('of %s, in text and in dynamic', async (text) => {
    expect(await run('todatetime', text)).toBe(parseDatetime(text));
    expect(await run('todatetime', text, 'dynamic')).toBe(parseDatetime(text));
  });
});

describe('truth', () => {
  it.each([
    ['true', true],
    ['FALSE', false],
    ['1', true],
    ['0', false],
    ['-1', true],
    ['yes', null],
    [' true', null],
    ['1.0', null],
    ['', null],
  ])('of the text %j', async (text, expected) => {
    expect(await run('tobool', text)).toBe(expected);
  });

  it('of numbers', async () => {
    expect(await run('tobool', 256n)).toBe(true);
    expect(await run('tobool', 0)).toBe(false);
  });
});

describe('text', () => {
  it('of each type', async () => {
    expect(await run('tostring', true)).toBe('True');
    expect(await run('tostring', 1)).toBe('1.0');
    expect(await run('tostring', 1e-7)).toBe('1e-7');
    expect(await run('tostring', 2 ** 64)).toBe('18446744073709552000.0');
    expect(await run('tostring', '1.50', 'decimal')).toBe('1.5');
    expect(await run('tostring', null, 'long')).toBe('');
    expect(await run('tostring', null, 'bool')).toBe('');
    expect(await run('tostring', null, 'datetime')).toBe('');
  });

  it('of a time is what TypeScript prints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(0n, MAX_DATETIME), fc.bigInt(LONG_MIN, LONG_MAX), async (time, span) => {
        expect(await run('tostring', time, 'datetime')).toBe(formatDatetime(time));
        expect(await run('tostring', span, 'timespan')).toBe(formatTimespan(span));
      }),
      { numRuns: 40 },
    );
  });

  it('of a guid is lower case with dashes', async () => {
    expect(await run('toguid', '{0123456789ABCDEF0123456789abcdef}')).toBe('01234567-89ab-cdef-0123-456789abcdef');
    expect(await run('toguid', 'x')).toBeNull();
    expect(await run('tostring', null, 'guid')).toBe('');
  });

  it('of a number in hexadecimal', async () => {
    expect(await run('tohex', 255n)).toBe('ff');
    expect(await run('tohex', -1n)).toBe('ffffffffffffffff');
    expect(await run('tohex', -1n, 'int')).toBe('ffffffff');
    expect(await run('tohex', null, 'long')).toBe('');
    const tohex = functions.find((fn) => fn.name === 'tohex');
    const padded = (value: bigint, length: bigint) => tohex && evaluate(tohex, [arg(value), arg(length)], 'string');
    expect(await padded(255n, 4n)).toBe('00ff');
    expect(await padded(4096n, 2n)).toBe('1000');
    expect(await padded(1n, 99n)).toBe('0000000000000001');
  });
});

describe('decimals', () => {
  it('take the digits that a real shows', async () => {
    expect(String(await run('todecimal', 0.1))).toMatch(/^0\.10*$/);
    expect(String(await run('todecimal', '123.456'))).toMatch(/^123\.4560*$/);
    expect(await run('todecimal', 1e30)).toBeNull();
    expect(await run('todecimal', 'x')).toBeNull();
  });
});

it('names a long argument once', async () => {
  const context = new TestContext();
  const long = { sql: `(${'0.5::DOUBLE + '.repeat(100)}0)`, type: 'real', constant: undefined } as const;
  for (const [to, expected] of [
    ['string', '50.0'],
    ['long', 50n],
    ['dynamic', '50.0'],
  ] as const) {
    const sql = convert(long, to, context);
    expect(sql.length).toBeLessThan(2 * long.sql.length);
    expect(await answer(sql)).toBe(expected);
  }
});

describe('embed', () => {
  const embedded = sqlFunction('dynamic', 'embed', ([value], _type, context) => {
    if (!value) throw new Error('no argument');
    return embed(value, context);
  });

  it('makes a dynamic of any value, and leaves text as text', async () => {
    const text = (value: Value, type?: KqlType) =>
      evaluate(embedded, [type === undefined ? arg(value) : arg(value, type)], 'dynamic');
    expect(await text('[1]')).toBe('"[1]"');
    expect(await text(1)).toBe('1.0');
    expect(await text(NaN)).toBe('"NaN"');
    expect(await text(true)).toBe('true');
    expect(await text(0n, 'datetime')).toBe('"0001-01-01T00:00:00.0000000Z"');
    expect(await text(null, 'long')).toBeNull();
  });

  it('prints strings as dynamic values do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (value) => {
        expect(await evaluate(embedded, [arg(value)], 'dynamic')).toBe(printDynamic(value));
      }),
      { numRuns: 60 },
    );
  });
});
