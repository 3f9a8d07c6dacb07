import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { query, refusal, type Setting } from '../query.js';

const visits: Setting = {
  tables: {
    Visit: {
      schema: 'N:long Host:string What:string',
      rows: [
        [1, 'a', 'open'],
        [2, 'b', 'open'],
        [3, 'a', 'read'],
        [4, 'a', 'read'],
        [5, 'b', 'close'],
        [6, 'a', 'close'],
        [7, 'a', 'open'],
      ],
    },
  },
};

describe('scan', () => {
  it('carries values from row to row', async () => {
    const { rows, lineage } = await query(
      'Visit | where N < 4 | sort by N asc | scan declare (sum: long = 100) with (step s: true => sum = N + s.sum;) | project N, sum',
      visits,
    );
    expect(rows).toEqual([
      [1, 101],
      [2, 103],
      [3, 106],
    ]);
    expect(lineage).toEqual([[1], [1, 2], [1, 2, 3]]);
  });

  it('moves a sequence from step to step and numbers it', async () => {
    const { columns, rows } = await query(
      `Visit | where Host == 'a' | sort by N asc | scan with_match_id=m declare (since: long) with (
         step opened: What == 'open';
         step used: What == 'read' => since = N - opened.N;
         step done: What == 'close' => since = N - opened.N;
       )`,
      visits,
    );
    expect(columns).toEqual(['N:long', 'Host:string', 'What:string', 'since:long', 'm:long']);
    expect(rows).toEqual([
      [1, 'a', 'open', null, 0],
      [3, 'a', 'read', 2, 0],
      [4, 'a', 'read', 3, 0],
      [6, 'a', 'close', 5, 0],
      [7, 'a', 'open', null, 1],
    ]);
  });

  it('gives the last of the matches of a step, or none', async () => {
    const { rows } = await query(
      `Visit | where Host == 'a' | sort by N asc | scan with (
         step opened output=none: What == 'open';
         step used output=last: What == 'read';
         step done: What == 'close';
       ) | project N`,
      visits,
    );
    expect(rows).toEqual([[6], [4]]);
  });

  it('keeps parts apart, by its own clause and within partition', async () => {
    const steps = "step o output=none: What == 'open'; step c: What == 'close' and N > o.N => from = o.N;";
    const clause = await query(
      `Visit | scan order by N asc partition by Host declare (from: long) with (${steps}) | project Host, from, N`,
      visits,
    );
    const within = await query(
      `Visit | partition hint.strategy=native by Host (sort by N asc | scan declare (from: long) with (${steps})) | project Host, from, N`,
      visits,
    );
    expect(clause.rows).toEqual([
      ['a', 1, 6],
      ['b', 2, 5],
    ]);
    expect(clause.lineage).toEqual([
      [1, 6],
      [2, 5],
    ]);
    expect(within.rows).toEqual(clause.rows);
  });

  it('is refused where its parts cannot be kept apart', async () => {
    const { code } = await refusal('print d = dynamic([1]) | mv-apply x = d on (scan with (step s: true;))');
    expect(code).toBe('unsupported-argument');
  });

  it('does what the documented logic does', async () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c', 'x'), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(letters, async (list) => {
        const text = `datatable(i:long, w:string)[${list.map((w, i) => `${i}, '${w}'`).join(', ')}] | sort by i asc
          | scan with_match_id=m declare (start: long) with (
              step s1: w == 'a' => start = i;
              step s2: w in ('a', 'b') and i - s1.i <= 3 => start = s1.start;
              step s3: w == 'c' => start = s1.start;
            ) | project i, start, m`;
        expect((await query(text)).rows).toEqual(model(list));
      }),
      { numRuns: 25 },
    );
  });
});

interface Sequence {
  readonly id: number;
  readonly start: number;
}

/** The scan of the property, by hand. */
function model(list: readonly string[]): unknown[][] {
  const at: (Sequence | undefined)[] = [undefined, undefined, undefined];
  const out: unknown[][] = [];
  let next = 0;
  const holds = (step: number, word: string, i: number, from: Sequence | undefined): boolean => {
    if (step === 0) return word === 'a';
    if (step === 1) return (word === 'a' || word === 'b') && from !== undefined && i - from.start <= 3;
    return word === 'c';
  };
  list.forEach((word, i) => {
    for (let step = 2; step >= 0; step--) {
      const before = at[step - 1];
      const here = at[step];
      if (before && holds(step, word, i, before)) {
        at[step] = before;
        at[step - 1] = undefined;
        out.push([i, before.start, before.id]);
      } else if ((here || step === 0) && holds(step, word, i, here)) {
        const sequence = step === 0 ? { id: here?.id ?? next++, start: i } : (here as Sequence);
        at[step] = sequence;
        out.push([i, sequence.start, sequence.id]);
      }
    }
  });
  return out;
}
