import { afterEach, describe, expect, it } from 'vitest';
import { answerJson, cellJson, cellText, compileOver, Engine } from '../../harness/engine/index.js';
import { compile, KqlError, type Names } from '../../harness/kql/index.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { fill, schema } from '../kql/query.js';

const names: Names = {
  tables: new Map([['Events', schema('Time:datetime Name:string name:string')]]),
  functions: new Map(),
};
const NOW = { now: parseDatetime('2026-03-01T12:00:00Z') ?? 0n };
const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

async function open(options: Parameters<typeof Engine.open>[0] = {}): Promise<Engine> {
  const engine = await Engine.open(options);
  engines.push(engine);
  return engine;
}

async function filled(): Promise<Engine> {
  const engine = await open();
  const rows = [
    ['2026-03-01T11:00:00Z', 'a', 'A'],
    ['2026-03-01T11:30:00Z', 'b', 'B'],
  ];
  await fill(engine, 'Events', { schema: 'Time:datetime Name:string name:string', rows }, 7);
  await engine.seal();
  return engine;
}

describe('the engine', () => {
  it('gives rows with the events behind them', async () => {
    const engine = await filled();
    const compiled = compile('Events | where Name == "b" | project name, Time', { names, lineage: true });
    expect(await engine.run(compiled, NOW)).toEqual({
      columns: [
        { name: 'name', type: 'string' },
        { name: 'Time', type: 'datetime' },
      ],
      rows: [['B', parseDatetime('2026-03-01T11:30:00Z')]],
      lineage: [[8n]],
    });
  });

  it('gives no lineage unless asked', async () => {
    const engine = await filled();
    const answer = await engine.run(compile('Events | count', { names }), NOW);
    expect(answer).toEqual({ columns: [{ name: 'Count', type: 'long' }], rows: [[2n]] });
  });

  it('takes a table that nobody filled for an empty one', async () => {
    const engine = await open();
    expect((await engine.run(compile('Events | count', { names }), NOW)).rows).toEqual([[0n]]);
  });

  it('runs one compiled query under any clock', async () => {
    const engine = await filled();
    const compiled = compile('Events | where Time > ago(45m) | count', { names });
    expect((await engine.run(compiled, NOW)).rows).toEqual([[1n]]);
    expect((await engine.run(compiled, { now: NOW.now - 36_000_000_000n })).rows).toEqual([[2n]]);
    expect((await engine.run(compiled, { now: NOW.now + 36_000_000_000n })).rows).toEqual([[0n]]);
  });

  it('keeps a compiled query as plain data', async () => {
    const engine = await filled();
    const compiled = compile('Events | where Name has "a" | extend h = hash_sha256(Name)', { names, lineage: true });
    expect((await engine.run(JSON.parse(JSON.stringify(compiled)), NOW)).rows).toHaveLength(1);
  });

  it('puts an answer into a table of its own', async () => {
    const engine = await filled();
    const compiled = compile('Events | sort by Name desc', { names, lineage: true });
    expect(await engine.materialize(compiled, 'answer', NOW)).toBe(2);
    expect(await engine.query('SELECT c1, _lineage::VARCHAR, _row FROM answer ORDER BY _row')).toEqual([
      ['b', '[8]', 0n],
      ['a', '[7]', 1n],
    ]);
    expect(await engine.materialize(compile('print x = 1', { names, lineage: true }), 'answer', NOW)).toBe(1);
  });

  it('asks the data for columns that depend on it', async () => {
    const engine = await filled();
    const text = 'Events | project d = bag_pack(Name, 1) | evaluate bag_unpack(d) | sort by a asc nulls last';
    const compiled = await compileOver(engine, text, { names }, NOW);
    expect(compiled.columns.map((column) => column.name)).toEqual(['a', 'b']);
    expect((await engine.run(compiled, NOW)).rows).toEqual([
      [1n, null],
      [null, 1n],
    ]);
  });

  it('stops in time, and goes on to answer the next query', { timeout: 30_000 }, async () => {
    const engine = await filled();
    const endless =
      'range x from 1 to 9000000 step 1 | extend k = 1 | join kind=inner (range y from 1 to 9000000 step 1 | extend k = 1) on k | count';
    const failure = await engine
      .run(compile(endless, { names }), { ...NOW, time: { most: 0.5, raise: '' } })
      .catch((error) => error);
    expect(failure).toBeInstanceOf(KqlError);
    expect(failure.diagnostics[0]).toMatchObject({
      code: 'resource-limit',
      message: expect.stringContaining('0.5 seconds'),
    });
    expect((await engine.run(compile('Events | count', { names }), NOW)).rows).toEqual([[2n]]);
  });

  it('stops between two calls of a function that DuckDB cannot interrupt', async () => {
    const engine = await open();
    const text = 'range x from 1 to 2000 step 1 | extend y = range(0, 500000 + x, 1) | summarize sum(array_length(y))';
    const failure = await engine
      .run(compile(text, { names }), { ...NOW, time: { most: 1, raise: '' } })
      .catch((error) => error);
    expect(failure.diagnostics[0]).toMatchObject({ code: 'resource-limit' });
  });

  it('keeps within its memory', async () => {
    const engine = await open({ memory: 100e6, threads: 1 });
    await engine.seal();
    const text =
      'range x from 1 to 9000000 step 1 | summarize make_list(strcat("some longer text ", tostring(x)), 9000000)';
    const failure = await engine.run(compile(text, { names }), NOW).catch((error) => error);
    expect(failure.diagnostics[0]).toMatchObject({ code: 'resource-limit' });
  });
});

describe('a cell', () => {
  it.each<[Parameters<typeof cellJson>[0], Parameters<typeof cellJson>[1], string, string]>([
    [true, 'bool', 'true', 'true'],
    [-(2n ** 63n), 'long', '-9223372036854775808', '-9223372036854775808'],
    [0.1, 'real', '0.1', '0.1'],
    [Number.NaN, 'real', '"NaN"', 'NaN'],
    [-Infinity, 'real', '"-Infinity"', '-Infinity'],
    ['1.5', 'decimal', '"1.5"', '1.5'],
    ['a"b', 'string', '"a\\"b"', 'a"b'],
    [null, 'string', '""', ''],
    [null, 'long', 'null', ''],
    [
      parseDatetime('2026-03-01T11:30:00.1234567Z'),
      'datetime',
      '"2026-03-01T11:30:00.1234567Z"',
      '2026-03-01T11:30:00.1234567Z',
    ],
    [-864_000_000_001n, 'timespan', '"-1.00:00:00.0000001"', '-1.00:00:00.0000001'],
    [new Map([['k', [1n, null]]]), 'dynamic', '{"k":[1,null]}', '{"k":[1,null]}'],
    ['text', 'dynamic', '"text"', '"text"'],
  ])('%o of type %s', (value, type, json, text) => {
    expect(cellJson(value, type)).toBe(json);
    expect(cellText(value, type)).toBe(text);
  });

  it('stands in an answer of one line', () => {
    const answer = { columns: [{ name: 'x', type: 'long' as const }], rows: [[2n ** 62n], [null]] };
    expect(answerJson(answer, { id: 'q1' })).toBe(
      '{"id":"q1","columns":[{"name":"x","type":"long"}],"rows":[[4611686018427387904],[null]]}',
    );
  });
});
