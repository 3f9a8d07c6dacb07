import { afterEach, beforeEach, expect, it } from 'vitest';
import { Engine } from '../../harness/engine/index.js';
import { dropShared, holdShared } from '../../harness/explain/shared.js';
import { plan, print } from '../../harness/kql/index.js';
import type { Names } from '../../harness/kql/syntax.js';

const NAMES: Names = {
  tables: new Map([
    [
      'Contacts',
      [
        { name: 'Host', type: 'string' },
        { name: 'Hits', type: 'long' },
      ],
    ],
  ]),
  functions: new Map(),
  sources: new Map(),
};

/** `Many` is made of `Busy`, and both are used twice. */
const RULE = `let Busy = Contacts | where Hits > 1 and now() > datetime(2020-01-01) | summarize by Host, Hits;
let Many = Busy | summarize Times = count() by Host;
Busy | join kind=inner Many on Host | where Host in ((Many | where Times > 1 | project Host)) | project Host, Hits, Times`;

const RUN = { now: 638_000_000_000_000_000n };

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.open({ threads: 1 });
  await engine.declare('Contacts', NAMES.tables.get('Contacts') ?? []);
  await engine.query(`INSERT INTO "Contacts" VALUES ('a', 2, 1), ('a', 3, 2), ('b', 5, 3), ('a', 1, 4)`);
});
afterEach(() => engine.close());

it('gives the rows of a rule, and the events behind them, without running again what is held', async () => {
  const options = { names: NAMES };
  const planned = plan(RULE, options);
  const sorted = async (held: ReadonlyMap<number, string>, lineage: boolean): Promise<unknown[]> => {
    const answer = await engine.run(print(planned, { ...options, lineage, held }), RUN);
    const rows = answer.rows.map((row, i) => [...row, [...new Set(answer.lineage?.[i])].sort()].join(' '));
    return rows.sort();
  };
  const held = await holdShared(engine, RUN, planned.plan, options);
  const rows = await sorted(new Map(), true);
  expect(rows).toEqual(['a 2 2 1,2', 'a 3 2 1,2']);
  expect(await sorted(held, true)).toEqual(rows);
  expect(await sorted(held, false)).toEqual(await sorted(new Map(), false));
  await engine.query('DELETE FROM "Contacts"');
  expect(await sorted(held, true)).toEqual(rows);
  await dropShared(engine, held);
  expect(await engine.query("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '_shared%'")).toEqual([]);
});
