import { Engine } from '../harness/engine/engine.js';
import { compile } from '../harness/kql/index.js';
import { builtInCatalog } from '../harness/tables/catalog.js';
import { makeEvents, NOW } from './events.js';
import { type Result, race } from './race.js';

interface Shape {
  readonly name: string;
  readonly kql: string;
  /** The same in DuckDB's SQL, column by column. */
  readonly sql: string;
  /** The column that holds a set, in whatever order: its place. */
  readonly set?: number;
}

/** `has_any`: a whole term, of whatever script, however written. */
function hasAny(column: string, terms: readonly string[]): string {
  const choice = terms.map((term) => term.replaceAll('.', '\\.')).join('|');
  return `regexp_matches(${column}, '(^|[^\\p{L}\\p{Nd}])(${choice})($|[^\\p{L}\\p{Nd}])', 'i')`;
}

/**
 * Five shapes of real rules, each with the SQL that a person would write for it who knows the KQL: terms are letters and
 * digits of all scripts, text that is not JSON has no members, and what is no array expands to itself. What no event of
 * the benchmark has (bags in place of arrays, commas before brackets) that person leaves out.
 */
const SHAPES: readonly Shape[] = [
  {
    name: 'has_any filter',
    kql: `DeviceNetworkEvents | where RemoteUrl has_any ("drive.google.com", "reddit.com", "pastebin.com") | project Timestamp, DeviceName, RemoteUrl`,
    sql: `SELECT Timestamp, DeviceName, RemoteUrl FROM DeviceNetworkEvents
      WHERE ${hasAny('RemoteUrl', ['drive.google.com', 'reddit.com', 'pastebin.com'])}`,
  },
  {
    name: 'join within a time window',
    kql: `let lookups = DeviceNetworkEvents | where RemoteUrl has "raw.githubusercontent.com" | project DeviceName, At = Timestamp;
      DeviceNetworkEvents | where RemotePort == 80 | project DeviceName, Timestamp, RemoteIP
      | join kind=inner lookups on DeviceName | where Timestamp between (At .. 1m) | project DeviceName, At, Timestamp, RemoteIP`,
    sql: `SELECT e.DeviceName, l.Timestamp AS At, e.Timestamp, e.RemoteIP FROM DeviceNetworkEvents e JOIN DeviceNetworkEvents l
      ON e.DeviceName = l.DeviceName AND e.Timestamp BETWEEN l.Timestamp AND l.Timestamp + 600000000
      WHERE e.RemotePort = 80 AND ${hasAny('l.RemoteUrl', ['raw.githubusercontent.com'])}`,
  },
  {
    name: 'summarize make_set and dcount',
    kql: `DeviceNetworkEvents | summarize Hosts = make_set(RemoteUrl), Addresses = dcount(RemoteIP), Events = count() by DeviceName`,
    sql: `SELECT DeviceName, to_json(list(DISTINCT RemoteUrl)) AS Hosts, count(DISTINCT RemoteIP) AS Addresses, count(*) AS Events
      FROM DeviceNetworkEvents GROUP BY DeviceName`,
    set: 1,
  },
  {
    name: 'mv-expand of JSON',
    kql: `DeviceNetworkEvents | extend tags = parse_json(AdditionalFields).tags | mv-expand tag = tags to typeof(string) | summarize count() by tag`,
    sql: `SELECT coalesce(tag, '') AS tag, count(*) FROM (SELECT unnest(CASE
        WHEN NOT json_valid(AdditionalFields) THEN [NULL]
        WHEN json_type(AdditionalFields, '$.tags') = 'ARRAY' THEN json_extract_string(AdditionalFields, '$.tags[*]')
        ELSE [json_extract_string(AdditionalFields, '$.tags')] END) AS tag FROM DeviceNetworkEvents) GROUP BY 1`,
  },
  {
    name: 'regex extraction',
    kql: `DeviceNetworkEvents | extend id = extract(@"--id=([0-9]+)", 1, InitiatingProcessCommandLine) | summarize count() by id`,
    sql: `SELECT regexp_extract(InitiatingProcessCommandLine, '--id=([0-9]+)', 1) AS id, count(*) FROM DeviceNetworkEvents GROUP BY id`,
  },
];

/** Fewer events while working on the compiler: `SHAPES_ROWS=1000000 npm run bench shapes`. */
const ROWS = Number(process.env['SHAPES_ROWS'] ?? 10_000_000);

/** Each shape over 10 million events against hand-written SQL; what DuckDB is given keeps the process below 4 GB. */
export async function benchShapes(rows = ROWS): Promise<Result[]> {
  const catalog = builtInCatalog('defender-xdr');
  const engine = await Engine.open({ memory: 3.2 * 1024 ** 3 });
  try {
    await makeEvents(engine.connection, 'DeviceNetworkEvents', catalog.tables.get('DeviceNetworkEvents') ?? [], rows);
    const results: Result[] = [];
    for (const shape of SHAPES) {
      const compiled = compile(shape.kql, { names: catalog });
      results.push(
        await race(
          {
            name: `${shape.name}, ${rows / 1e6} million events`,
            ours: 'compiled',
            theirs: 'hand-written',
            atMost: 1.3,
          },
          () => engine.materialize(compiled, 'ours', { now: NOW, time: { most: 600, raise: '' } }),
          () => engine.connection.run(`CREATE OR REPLACE TEMP TABLE theirs AS ${shape.sql}`),
          3,
        ),
      );
      await compare(engine, shape, compiled.columns.length);
    }
    const peak = process.resourceUsage().maxRSS / 2 ** 20;
    process.stdout.write(`  the process took ${peak.toFixed(1)} GB of memory at its most\n`);
    return results;
  } finally {
    engine.close();
  }
}

/** Both answers have the same rows, in whatever order, or the comparison is none. */
async function compare(engine: Engine, { name, set }: Shape, width: number): Promise<void> {
  const columns = Array.from({ length: width }, (_, i) =>
    i === set ? `list_sort(json_extract_string(c${i}, '$[*]'))` : `c${i}`,
  );
  const names = columns.map((_, i) => `c${i}`).join(', ');
  const sums = ['ours', 'theirs'].map(
    (table) => `(SELECT (count(*), sum(hash(${columns.join(', ')})::HUGEINT))::VARCHAR
      FROM (SELECT COLUMNS(lambda c: c NOT IN ('_lineage', '_row')) FROM ${table}) AS t(${names}))`,
  );
  const [[ours, theirs]] = (await engine.query(`SELECT ${sums.join(', ')}`)) as [[string, string]];
  if (ours !== theirs || ours.startsWith('(0,'))
    throw new Error(`${name}: the two queries differ, ${ours} against ${theirs}.`);
}
