import { ANY, BOOLEAN, DuckDBScalarFunction } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../harness/engine/index.js';
import type { Value } from '../../harness/kql/functions/registry.js';
import { compile, type Names } from '../../harness/kql/index.js';
import { literal } from '../../harness/kql/sql/literal.js';
import { schema } from '../kql/query.js';

const SCHEMA = 'Place:long Text:string Given:dynamic';
const names: Names = { tables: new Map([['Events', schema(SCHEMA)]]), functions: new Map() };
const TIMES = 600;

/** Texts that readers of text stumble over, some of them often. */
const TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    'a',
    'A',
    '\0',
    'a\0b',
    '\n',
    'ſ',
    'İ',
    'ß',
    '💥',
    '{"a":[1,"x",null]}',
    '{"a":1,}',
    '[NaN]',
    'null',
    '1e400',
  ],
  ...[
    '10.0.0.1',
    '300.1.1.1',
    'C:\\Windows\\System32\\cmd.exe',
    'https://user@example.com:8080/a?b=c',
    'x'.repeat(300_000),
  ],
  ...[
    'drive.google.com',
    'Drive.GOOGLE.com/x',
    'mydrive.google.com',
    'drive_google.com',
    '2026-03-01T00:00:00Z',
    '-7',
    '0x1F',
  ],
  ...fc.sample(fc.string({ unit: 'binary', maxLength: 12 }), { numRuns: 200, seed: 7 }),
];

/** Predicates over one text that detections use, each in the forms that become different SQL. */
const PREDICATES: readonly string[] = [
  'Text has "google"',
  'Text has "drive.google.com"',
  'Text has_cs "GOOGLE"',
  'Text !has "cmd"',
  'Text hasprefix "dr"',
  'Text hassuffix_cs "com"',
  'Text has_any ("google", "cmd", "example.com", "a")',
  'Text has_all ("google", "com")',
  'Text contains "GOOGLE"',
  'Text contains_cs "a"',
  'Text startswith "drive"',
  'Text !endswith_cs ".com"',
  'Text matches regex @"(?i)drive\\.[a-z]+\\.com"',
  'Text matches regex @"\\d+\\.\\d+"',
  'Text matches regex @"^\\w+$"',
  'Text =~ "a"',
  'Text in~ ("A", "drive.google.com", "ß")',
  'tolower(Text) == "a"',
  'isempty(trim(@"\\s", Text))',
  'strlen(Text) > 3',
  'has_ipv4(Text, "10.0.0.1")',
  'extract(@"(\\d)", 1, Text) == "1"',
];

/** Further functions of one value, for which it matters whether their argument is held as one of few. */
const VALUES: readonly string[] = [
  'toupper(Text)',
  'tostring(parse_json(Text).a)',
  'parse_url(Text)',
  'split(Text, ".")',
  'replace_regex(Text, @"[a-z]", "*")',
  'base64_encode_tostring(Text)',
  'hash_sha256(Text)',
  'tolong(Text)',
  'todatetime(Text)',
  'reverse(substring(Text, 0, 20))',
  'tostring(Given)',
  'Given.a',
  'array_length(Given)',
  'isnull(Given)',
];

let many: Engine;
let few: Engine;

/** Each text as an event, so many times. */
async function fill(engine: Engine, times: number): Promise<void> {
  await engine.declare('Events', schema(SCHEMA));
  const rows = TEXTS.map((text, i) => {
    const given: Value =
      i % 5 === 0 ? null : new Map([['a', i % 3 === 0 ? [BigInt(i)] : text.slice(0, 10).toWellFormed()]]);
    return `(${literal(BigInt(i), 'long')}, ${literal(text.toWellFormed(), 'string')}, ${literal(given, 'dynamic')})`;
  });
  await engine.query(
    `INSERT INTO Events SELECT v.*, row_number() OVER () FROM (VALUES ${rows.join(', ')}) v, range(${times}) r
      WHERE r.range = 0 OR length(v.col1) < 1000`,
  );
  await engine.run(compile('Events | count', { names }), { now: 0n });
}

beforeAll(async () => {
  many = await Engine.open({ threads: 1 });
  few = await Engine.open({ threads: 1 });
  await fill(many, TIMES);
  await fill(few, 1);
});

afterAll(() => {
  many.close();
  few.close();
});

describe('many events', () => {
  it('have their texts held by distinct values', async () => {
    const held = `SELECT DISTINCT compression FROM pragma_storage_info('Events') WHERE column_name = 'Text' AND segment_type = 'VARCHAR'`;
    expect((await many.query(held)).flat()).toContain('DICT_FSST');
    expect((await few.query(held)).flat()).toEqual(['Uncompressed']);
  });

  it('give the answers of few', async () => {
    const shown = [...PREDICATES, ...VALUES].map((expr, i) => `v${i} = tostring(${expr})`).join(', ');
    const text = `Events | project Place, ${shown} | distinct *`;
    const answers = await Promise.all([many, few].map((engine) => engine.run(compile(text, { names }), { now: 0n })));
    const [ofMany, ofFew] = answers.map(({ rows }) => [...rows].sort((a, b) => Number(a[0]) - Number(b[0])));
    expect(ofMany).toHaveLength(TEXTS.length);
    expect(ofMany).toEqual(ofFew);
  });

  it('have a predicate evaluated once for each distinct text', async () => {
    // A function that counts the values that reach it sees whether the one within was evaluated for values or for rows.
    let seen = 0;
    many.connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: 'seen',
        parameterTypes: [ANY],
        returnType: BOOLEAN,
        specialHandling: true,
        mainFunction: (_info, input, output) => {
          seen += input.rowCount;
          for (let row = 0; row < input.rowCount; row++) output.setItem(row, true);
          output.flush();
        },
      }),
    );
    const calls = new Set<string>();
    for (const predicate of PREDICATES) {
      const { sql } = compile(`Events | where ${predicate} | project Place`, { names });
      for (const call of callsIn(sql.slice(sql.indexOf('WHERE')))) calls.add(call);
    }
    expect(calls.size).toBeGreaterThan(10);
    // Beside a text that is too long for a block, DuckDB leaves the others of its row group as they are.
    const [[apart]] = (await many.query(
      `SELECT sum(count)::INTEGER FROM pragma_storage_info('Events')
        WHERE column_name = 'Text' AND segment_type = 'VARCHAR' AND compression = 'Uncompressed'`,
    )) as [[number]];
    expect(apart).toBeLessThan((TEXTS.length * TIMES) / 4);
    for (const call of calls) {
      seen = 0;
      await many.query(`SELECT count(seen(${call})) FROM (SELECT "Text" AS t FROM Events)`);
      expect(`${call}: ${seen - apart <= TEXTS.length ? 'once for each text' : seen}`).toBe(
        `${call}: once for each text`,
      );
    }
  });
});

/** The innermost calls of SQL on a column, and the calls around those, the column being `t`. */
function callsIn(sql: string): string[] {
  const found: string[] = [];
  for (let at = sql.search(/c_Text_\d+/); at >= 0; ) {
    let [from, to] = [at, at + (/^\w+/.exec(sql.slice(at))?.[0].length ?? 0)];
    for (;;) {
      const around = enclosingCall(sql, from, to);
      if (around === undefined) break;
      [from, to] = around;
      found.push(sql.slice(from, to).replaceAll(/c_Text_\d+/g, 't'));
    }
    const next = sql.slice(to).search(/c_Text_\d+/);
    at = next < 0 ? next : to + next;
  }
  return found;
}

/** The call `name(…)` whose arguments a stretch of SQL is one of. */
function enclosingCall(sql: string, from: number, to: number): [number, number] | undefined {
  const name = /([a-z_0-9]+)\((?:'(?:[^']|'')*', )*$/.exec(sql.slice(0, from));
  const rest = /^(?:, (?:'(?:[^']|'')*'|-?\d+|\(-?\d+\)::BIGINT))*\)/.exec(sql.slice(to));
  if (!name || !rest || name[1] === undefined) return undefined;
  return [name.index, to + rest[0].length];
}
