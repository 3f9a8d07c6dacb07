import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { andNot, bits, every, members, or, setBit, xor } from '../../harness/trace/bits.js';
import { decide, type Formula } from '../../harness/trace/leaves.js';

const setOf = (indexes: readonly number[], size: number): Uint32Array => {
  const set = bits(size);
  for (const index of indexes) setBit(set, index);
  return set;
};

describe('sets of rows', () => {
  it('give their members back in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(200)), (indexes) => {
        expect([...members(setOf(indexes, 201))]).toEqual([...indexes].sort((a, b) => a - b));
      }),
    );
  });

  it('hold every row and none beyond the last', () => {
    for (const size of [0, 1, 31, 32, 33, 64, 65]) {
      expect([...members(every(size))]).toEqual(Array.from({ length: size }, (_, i) => i));
    }
  });

  it('join and part as sets do', () => {
    const [a, b] = [setOf([1, 40, 63], 64), setOf([40, 2], 64)];
    expect([...members(or(a, b))]).toEqual([1, 2, 40, 63]);
    expect([...members(xor(a, b))]).toEqual([1, 2, 63]);
    expect([...members(andNot(a, b))]).toEqual([1, 63]);
  });
});

/** Three-valued logic as a table, for one row. */
function plain(formula: Formula, leaves: readonly (boolean | null)[]): boolean | null {
  switch (formula.op) {
    case 'leaf':
      return leaves[formula.leaf] ?? null;
    case 'constant':
      return formula.value;
    case 'not': {
      const value = plain(formula.part, leaves);
      return value === null ? null : !value;
    }
    default: {
      const parts = formula.parts.map((part) => plain(part, leaves));
      const end = formula.op === 'any';
      if (parts.includes(end)) return end;
      return parts.includes(null) ? null : !end;
    }
  }
}

describe('a formula', () => {
  const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
    formula: fc.oneof(
      { depthSize: 'small' },
      fc.record({ op: fc.constant('leaf' as const), leaf: fc.nat(2) }),
      fc.record({ op: fc.constant('constant' as const), value: fc.boolean() }),
      fc.record({ op: fc.constant('not' as const), part: tie('formula') }),
      fc.record({
        op: fc.constantFrom('all' as const, 'any' as const),
        parts: fc.array(tie('formula'), { maxLength: 3 }),
      }),
    ),
  }));

  it('is decided for all rows as for each by itself, nulls included', () => {
    const row = fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(true, false, null)));
    fc.assert(
      fc.property(formula, fc.array(row, { maxLength: 40 }), (of, rows) => {
        const leaves = [0, 1, 2].map((leaf) => ({
          yes: setOf(
            rows.flatMap((values, i) => (values[leaf] === true ? [i] : [])),
            rows.length,
          ),
          no: setOf(
            rows.flatMap((values, i) => (values[leaf] === false ? [i] : [])),
            rows.length,
          ),
        }));
        const { yes, no } = decide(of, leaves, rows.length);
        const expected = rows.map((values) => plain(of, values));
        expect([...members(yes)]).toEqual(expected.flatMap((value, i) => (value === true ? [i] : [])));
        expect([...members(no)]).toEqual(expected.flatMap((value, i) => (value === false ? [i] : [])));
      }),
    );
  });
});
