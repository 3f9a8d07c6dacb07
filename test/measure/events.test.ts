import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../harness/engine/index.js';
import { compile } from '../../harness/kql/index.js';
import { KQL_TYPES } from '../../harness/kql/types.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { cellMatches } from '../../harness/measure/cells.js';
import { EventError, insertions } from '../../harness/measure/events.js';
import { answerEvents } from '../../harness/measure/unit-tests.js';
import { builtInCatalog, extend } from '../../harness/tables/catalog.js';

const SCHEMA = [
  { name: 'Timestamp', type: 'datetime' } as const,
  ...KQL_TYPES.map((type) => ({ name: `a_${type}`, type })),
];
const CATALOG = extend(builtInCatalog('defender-xdr'), { tables: [['Everything', SCHEMA]] });
const NOW = parseDatetime('2026-03-02T12:00:00Z') ?? 0n;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => engine.close());

const answer = (row: Record<string, unknown>): ReturnType<typeof answerEvents> =>
  answerEvents(engine, compile('Everything', { names: CATALOG }), CATALOG, { Everything: [row as never] }, NOW);

describe('inline events', () => {
  it('arrive as they were written down, whatever their type', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const row = fc.record({
      a_bool: fc.boolean(),
      a_int: fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
      a_long: fc.maxSafeInteger(),
      a_real: fc.double({ noNaN: true, noDefaultInfinity: true }),
      a_string: text,
      a_datetime: fc
        .date({ min: new Date('0100-01-01'), max: new Date('9000-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      a_timespan: fc.integer({ min: 0, max: 86_399 }).map((seconds) => `${seconds}s`),
      a_guid: fc.uuid(),
      a_dynamic: fc.oneof(
        fc.array(fc.integer()),
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          fc.boolean(),
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(row, async (given) => {
        const { columns, rows } = await answer(given);
        for (const [name, expected] of Object.entries(given)) {
          const at = columns.findIndex((column) => column.name === name);
          const type = columns[at]?.type ?? 'string';
          expect(
            cellMatches(expected, rows[0]?.[at] ?? null, type),
            `${name}: ${JSON.stringify(expected)} became ${rows[0]?.[at]}`,
          ).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('hold nothing where they say nothing, but for their time', async () => {
    const { rows } = await answer({});
    const filled = SCHEMA.filter((_, at) => rows[0]?.[at] !== null && rows[0]?.[at] !== '').map(({ name }) => name);
    expect(filled).toEqual(['Timestamp']);
    expect(rows[0]?.[0]).toBe(NOW - 600_000_000n);
    expect((await answer({ Timestamp: null })).rows[0]?.[0]).toBeNull();
  });

  it('are refused where they do not fit, by path', () => {
    const refused = (table: string, row: Record<string, unknown>): EventError => {
      try {
        insertions({ [table]: [{}, row as never] }, CATALOG, NOW);
      } catch (error) {
        if (error instanceof EventError) return error;
      }
      throw new Error('The event was taken.');
    };
    expect(refused('Everything', { a_int: 2 ** 31 }).path).toEqual(['Everything', 1, 'a_int']);
    expect(refused('Everything', { a_bool: 'true' }).message).toBe(
      `'a_bool' is of type bool: "true" is neither true nor false.`,
    );
    expect(refused('Everything', { a_datetime: 'noon' }).message).toContain('no time such as 2026-03-02T12:00:00Z');
    expect(refused('Everything', { a_string: 1 }).message).toContain('no text (quote it)');
    expect(refused('DeviceNetworkEvent', {}).message).toBe(
      "There is no table 'DeviceNetworkEvent' in this environment. Did you mean 'DeviceNetworkEvents'?",
    );
  });
});
