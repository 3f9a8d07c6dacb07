import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../harness/engine/index.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { parseDynamic } from '../../harness/kql/values/dynamic.js';
import { alertsOf, rowShortfall, shortfall } from '../../harness/measure/expectation.js';

const answer: Answer = {
  columns: [
    { name: 'Host', type: 'string' },
    { name: 'Hits', type: 'long' },
    { name: 'At', type: 'datetime' },
    { name: 'Bag', type: 'dynamic' },
  ],
  rows: [
    ['a', 2n, parseDatetime('2026-01-02T03:04:05Z'), parseDynamic('{"k":[1,"x"]}') ?? null],
    ['b', 1n, null, null],
    ['a', 5n, null, null],
  ],
};

describe('alertsOf', () => {
  it('counts by row, by run and by entity', () => {
    expect(alertsOf(answer, 'per-row')).toBe(3);
    expect(alertsOf(answer, 'per-run')).toBe(1);
    expect(alertsOf(answer, { perEntity: ['Host'] })).toBe(2);
  });

  it('raises nothing below the trigger', () => {
    expect(alertsOf(answer, 'per-row', { operator: 'gt', threshold: 3 })).toBe(0);
    expect(alertsOf({ ...answer, rows: [] }, 'per-run')).toBe(0);
  });
});

describe('shortfall', () => {
  it('is silent when the number of alerts is the one demanded', () => {
    expect(shortfall({ alerts: 3 }, answer, 3)).toBeUndefined();
    expect(shortfall({ alerts: { atLeast: 1 } }, answer, 3)).toBeUndefined();
  });

  it('says what was demanded, what came and shows a row', () => {
    expect(shortfall({ alerts: 0 }, answer, 3)).toBe(
      'expected 0 alerts, got 3, the first with Host="a", Hits=2, At=2026-01-02T03:04:05.0000000Z, Bag={"k":[1,"x"]}',
    );
    expect(shortfall({ alerts: { atLeast: 4, atMost: 6 } }, answer, 3)).toMatch(
      'expected at least 4 and at most 6 alerts',
    );
  });
});

describe('rowShortfall', () => {
  it('compares the named columns by their type, in any order', () => {
    const rows = [{ Host: 'b' }, { Host: 'a', Hits: 5 }, { At: '2026-01-02 03:04:05', Bag: { k: [1, 'x'] } }];
    expect(rowShortfall(rows, answer)).toBeUndefined();
  });

  it('finds a way to match rows that several would satisfy', () => {
    const rows = [{ Host: 'a' }, { Hits: 1 }, { Host: 'a', Hits: 2 }];
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 3 }), (shuffled) => {
        expect(rowShortfall(shuffled, answer)).toBeUndefined();
      }),
    );
  });

  it('names the columns that differ in the nearest row', () => {
    expect(rowShortfall([{ Host: 'a', Hits: 9 }], answer)).toBe(
      'expected a row with {"Host":"a","Hits":9}; in the nearest row Hits is 2',
    );
  });

  it('does not let one returned row serve two expected ones, nor leave one over', () => {
    expect(rowShortfall([{ Host: 'b' }, { Host: 'b' }], answer)).toMatch('expected a row with {"Host":"b"}');
    expect(rowShortfall([{ Host: 'b' }], answer)).toMatch('expected 1 row, got 3');
  });

  it('suggests the column that was meant', () => {
    expect(rowShortfall([{ Hit: 1 }], answer)).toBe("the rule returns no column 'Hit'. Did you mean 'Hits'?");
  });

  it('tells text from numbers', () => {
    expect(rowShortfall([{ Hits: '2' }, {}, {}], answer)).toMatch('Hits is 2');
  });
});
