/** No value, however odd, makes the engine raise an error of its own. */
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { functions as conditional } from '../../../harness/kql/functions/conditional.js';
import { functions as dynamic } from '../../../harness/kql/functions/dynamic.js';
import { functions as geo } from '../../../harness/kql/functions/geo.js';
import type { ScalarFunction } from '../../../harness/kql/functions/registry.js';
import { functions as series } from '../../../harness/kql/functions/series.js';
import type { Dynamic } from '../../../harness/kql/values/dynamic.js';
import { answer, arg, type Given, TestContext } from '../support.js';

const long = fc.oneof(fc.bigInt({ min: -5n, max: 9n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const real = fc.oneof(fc.double({ min: -200, max: 200 }), fc.double());
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom('', '$.a', '862a1072fffffff', '89c259', 'POINT(1 2)'),
);
const position = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }))
  .map((pair) => pair.map(BigInt));
const ring = fc.array(position, { maxLength: 5 }).map((points) => [...points, ...points.slice(0, 1)]);
const shape = fc.oneof(
  ring.map(
    (line): Dynamic =>
      new Map<string, Dynamic>([
        ['type', 'LineString'],
        ['coordinates', line],
      ]),
  ),
  fc.array(ring, { maxLength: 2 }).map(
    (rings): Dynamic =>
      new Map<string, Dynamic>([
        ['type', 'Polygon'],
        ['coordinates', rings],
      ]),
  ),
);
const { value } = fc.letrec<{ value: Dynamic; leaf: Dynamic; array: Dynamic; bag: Dynamic }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('array'), tie('bag'), shape),
  leaf: fc.oneof(fc.constant(null), fc.boolean(), long, real, text),
  array: fc.array(tie('value'), { maxLength: 5 }),
  bag: fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
}));
const given: fc.Arbitrary<Given> = fc.oneof(
  { weight: 4, arbitrary: value.map((item) => arg(item, 'dynamic')) },
  long.map((item) => arg(item)),
  fc.oneof(real, fc.constant(null)).map((item) => arg(item, 'real')),
  text.map((item) => arg(item)),
  fc.boolean().map((item) => arg(item)),
  fc.constant(arg(null, 'long')),
);

/** What the functions themselves refuse. */
const REFUSED = /not supported|not documented|assert\(\) failed|too long to compare/;

describe.each<[string, readonly ScalarFunction[]]>([
  ['conditional', conditional],
  ['dynamic', dynamic],
  ['series', series],
  ['geo', geo],
])('%s', (_family, functions) => {
  it.each(functions.map((fn) => [fn.name, fn] as const))('%s', async (_name, fn) => {
    await fc.assert(
      fc.asyncProperty(fc.array(given, { minLength: 1, maxLength: 6 }), async (args) => {
        const context = new TestContext();
        let sql: string;
        try {
          sql = fn.emit(
            args.map((item, i) => ({
              sql: `c${i}`,
              type: item.type,
              constant: i > 0 && i % 2 === 1 ? item.value : undefined,
            })),
            'dynamic',
            context,
          );
        } catch {
          return;
        }
        const columns = args.map((item, i) => `${context.literal(item.value, item.type)} AS c${i}`);
        await answer(sql, `FROM (SELECT ${columns.join(', ')})`).catch((error: unknown) => {
          if (!(error instanceof Error) || !REFUSED.test(error.message)) throw error;
        });
      }),
      { numRuns: 20 },
    );
  });
});
