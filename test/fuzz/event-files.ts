/** Sound files of a few events, as text. */
import type { Random } from './random.js';

type Cell = string | number | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, Cell>>;

const VALUES: Readonly<Record<string, readonly Cell[]>> = {
  Timestamp: [
    '2026-03-02T10:00:00Z',
    '2026-03-02T10:00:00.1234567Z',
    '2026-03-02 10:00',
    '2026-03-02T10:00:00+02:00',
    '',
  ],
  DeviceName: ['pc-7', 'pc-8.corp.example', '', 'caf\u00e9', 'a,b', 'a"b', 'a\nb', 'null', ' x '],
  ReportId: [0, 7, -1, 4_624, '9223372036854775807', '17', ''],
  Size: [0, 443, -2_147_483_648, '2147483647', ''],
  Score: [0, 1.5, -2.25, 1e300, '0.1', 'NaN', ''],
  Ok: [true, false, 'true', 'False', 1, ''],
  Id: ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', ''],
  AdditionalFields: [{}, { a: 1 }, { a: { b: [1, 'x', null] } }, [], [1, 2], 'text', '{"a":1}', null],
  Extra: ['x'],
};

function rowsOf(random: Random): Row[] {
  const columns = Object.keys(VALUES).filter(() => !random.chance(5));
  return random.many(0, 6, () =>
    Object.fromEntries(
      columns.filter(() => !random.chance(9)).map((name) => [name, random.pick(VALUES[name] ?? [''])]),
    ),
  );
}

function csvOf(random: Random, rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const field = (cell: Cell | undefined): string => {
    const text =
      cell === undefined || cell === null ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
    return /[",\r\n]/.test(text) || random.chance(6) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const end = random.pick(['\n', '\n', '\r\n']);
  return [names.join(','), ...rows.map((row) => names.map((name) => field(row[name])).join(','))].join(end) + end;
}

function jsonOf(random: Random, rows: readonly Row[]): string {
  switch (random.below(5)) {
    case 0:
      return rows.map((row) => JSON.stringify(row, null, 2)).join('\n');
    case 1: {
      const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const columns = names.map((name) => ({ name, type: 'string' }));
      const table = { name: 'PrimaryResult', columns, rows: rows.map((row) => names.map((name) => row[name] ?? null)) };
      return JSON.stringify({ tables: [table] });
    }
    case 2:
      return JSON.stringify({
        schema: Object.keys(rows[0] ?? {}).map((name) => ({ name, type: 'String' })),
        results: rows,
      });
    default:
      return JSON.stringify(rows, null, random.pick([0, 2]));
  }
}

const TEXTS: Readonly<Record<string, (random: Random, rows: readonly Row[]) => string>> = {
  csv: csvOf,
  ndjson: (_, rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  json: jsonOf,
};

export const TEXT_FORMATS = Object.keys(TEXTS);

/** A sound file of up to six events in a format of `TEXT_FORMATS`. */
export function eventText(random: Random, format: string): string {
  const write = TEXTS[format];
  if (write === undefined) throw new Error(`There is no text format ${format}.`);
  return write(random, rowsOf(random));
}
