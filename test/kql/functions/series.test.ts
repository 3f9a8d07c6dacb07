import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functions } from '../../../harness/kql/functions/series.js';
import { parseDynamic } from '../../../harness/kql/values/dynamic.js';
import { answer, arg, caller, type Given, TestContext } from '../support.js';

function d(json: string): Given {
  return arg(parseDynamic(json) ?? null, 'dynamic');
}

const call = caller(functions);

async function parsed(name: string, args: readonly Given[]): Promise<unknown> {
  return JSON.parse((await call(name, args)) as string) as unknown;
}

describe('element by element', () => {
  it.each<[string, Given[], string | null]>([
    ['series_add', [d('[1,2,3]'), d('[1,0.5]')], '[2,2.5,null]'],
    ['series_subtract', [d('[5,"a",null]'), d('[2,1,1]')], '[3,null,null]'],
    ['series_multiply', [d('[9223372036854775807]'), d('[2]')], '[-2]'],
    ['series_divide', [d('[1,1]'), d('[2,0]')], '[0.5,"Infinity"]'],
    ['series_equals', [d('[1,2]'), d('[1.0,3]')], '[true,false]'],
    ['series_less', [d('[1,2]'), d('[1.5,"x"]')], '[true,null]'],
    ['series_abs', [d('[-1,-1.5,null]')], '[1,1.5,null]'],
    ['series_floor', [d('[-1.5,2]')], '[-2.0,2]'],
    ['series_sign', [d('[-3,0,0.1]')], '[-1,0,1]'],
    ['series_add', [d('[1]'), d('null')], null],
  ])('%s(%#)', async (name, args, expected) => expect(await call(name, args)).toBe(expected));
});

describe('one number of a series', () => {
  it.each<[string, Given[], number | null]>([
    ['series_sum', [d('[1,2.5]')], 3.5],
    ['series_sum', [d('[1,null]')], null],
    ['series_product', [d('[2,3,4]')], 24],
    ['series_magnitude', [d('[3,4]')], 5],
    ['series_dot_product', [d('[1,2,3]'), d('[4,null,6,7]')], 22],
    ['series_dot_product', [d('[1,2,3]'), arg(10n)], 60],
    ['series_dot_product', [d('[]'), d('[1]')], null],
    ['series_cosine_similarity', [d('[1,0]'), d('[0,2]')], 0],
    ['series_cosine_similarity', [d('[1,2]'), d('[2,4]'), arg(1), arg(1)], 10],
    ['series_pearson_correlation', [d('[1,2,3]'), d('[6,4,2]')], -1],
    ['series_pearson_correlation', [d('[1,2]'), d('[1]')], null],
  ])('%s(%#)', async (name, args, expected) => {
    const result = await call(name, args, 'real');
    if (expected === null) expect(result).toBeNull();
    else expect(result).toBeCloseTo(expected, 12);
  });
});

describe('filling gaps', () => {
  it.each<[string, Given[], string]>([
    ['series_fill_forward', [d('[null,1,null,2,null]')], '[null,1,1,2,2]'],
    ['series_fill_backward', [d('[null,1,null,2,null]')], '[1,1,2,2,null]'],
    ['series_fill_forward', [d('[1,-1,null]'), arg(-1n)], '[1,1,null]'],
    ['series_fill_const', [d('[null,1]'), arg(0n)], '[0,1]'],
    ['series_fill_linear', [d('[null,1,null,null,8]')], '[1,1,3,5,8]'],
    ['series_fill_linear', [d('[1.0,null,4]')], '[1.0,2.5,4]'],
    ['series_fill_linear', [d('[null,1,null]'), arg(null, 'real'), arg(false)], '[null,1,null]'],
    ['series_fill_linear', [d('[null]')], '[0]'],
  ])('%s(%#)', async (name, args, expected) => expect(await call(name, args)).toBe(expected));
});

describe('filters', () => {
  it.each<[string, Given[], number[]]>([
    ['series_fir', [d('[5,15,10]'), d('[1,-1]')], [5, 10, -5]],
    ['series_fir', [d('[4,8,6]'), d('[1,1]')], [2, 6, 7]],
    ['series_fir', [d('[3,6,9]'), d('[1,1,1]'), arg(true), arg(true)], [3, 6, 5]],
    ['series_iir', [d('[1,2,3]'), d('[1]'), d('[1,-1]')], [1, 3, 6]],
    ['series_iir', [d('[4,4]'), d('[1]'), d('[2,1]')], [2, 1]],
  ])('%s(%#)', async (name, args, expected) => expect(await parsed(name, args)).toEqual(expected));

  it('does not scale weights of which one is negative', async () => {
    expect(await call('series_fir', [d('[1]'), d('[1,-1]'), arg(true)])).toBeNull();
  });

  it('a filter of one weight of one changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 6 }), async (values) => {
        expect(await parsed('series_fir', [arg(values.map(BigInt), 'dynamic'), d('[1]')])).toEqual(values);
      }),
      { numRuns: 20 },
    );
  });
});

describe('Fourier transform', () => {
  it('finds a cosine at its frequency', async () => {
    const cosine = Array.from({ length: 8 }, (_, t) => Math.cos((2 * Math.PI * t) / 4));
    const [real] = (await parsed('series_fft', [arg(cosine, 'dynamic')])) as number[][];
    expect(real?.map((value) => Math.round(value) + 0)).toEqual([0, 0, 4, 0, 0, 0, 4, 0]);
  });

  it('turns back, for any length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 12 }), async (values) => {
        const [real, imaginary] = (await parsed('series_fft', [arg(values, 'dynamic')])) as [number[], number[]];
        const [back] = (await parsed('series_ifft', [arg(real, 'dynamic'), arg(imaginary, 'dynamic')])) as number[][];
        expect(back).toEqual(values.map((value) => expect.closeTo(value, 9)));
      }),
      { numRuns: 20 },
    );
  });
});

describe('shape', () => {
  it('series_stats gives its columns in order', async () => {
    expect(await parsed('series_stats', [d('[2,4,4,6]')])).toEqual([2, 0, 6, 3, 4, Math.sqrt(8 / 3), 8 / 3]);
    expect(await parsed('series_stats', [d('[2,null]')])).toEqual(Array(7).fill(null));
    expect(await parsed('series_stats', [d('[2,null]'), arg(true)])).toEqual([2, 0, 2, 0, 2, 0, 0]);
  });

  it('series_stats_dynamic names them', async () => {
    expect(await parsed('series_stats_dynamic', [d('[1,3]')])).toMatchObject({
      min: 1,
      max_idx: 1,
      avg: 2,
      sum: 4,
      len: 2,
    });
  });

  it('series_fit_line finds the line', async () => {
    const fit = (await parsed('series_fit_line_dynamic', [d('[1,3,5,7]')])) as Record<string, unknown>;
    expect(fit).toMatchObject({ rsquare: 1, slope: 2, interception: -1, line_fit: [1, 3, 5, 7] });
    expect(await parsed('series_fit_line', [d('[1,3,5,7]')])).toEqual(Object.values(fit));
  });

  it('series_seasonal repeats the median of each phase, and is refused without a period', async () => {
    const fn = functions.find((known) => known.name === 'series_seasonal');
    const context = new TestContext();
    const series = { sql: "'[9,2,1,2,1,2,1]'", type: 'dynamic', constant: undefined } as const;
    const period = { sql: '2::BIGINT', type: 'long', constant: 2n } as const;
    expect(await answer(fn?.emit([series, period], 'dynamic', context) ?? '')).toBe('[1.0,2.0,1.0,2.0,1.0,2.0,1.0]');
    expect(() => fn?.emit([series], 'dynamic', context)).toThrow(/Give the period|period/);
  });
});
