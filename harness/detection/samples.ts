import { FileError } from '../files/errors.js';
import { didYouMean } from '../files/nearest.js';
import type { Place, YamlPath } from '../files/yaml.js';
import type { Row, TestCase, WrittenRow, WrittenTest } from './tests-schema.js';

/** A test as it runs, and where what it holds is written. */
export interface SpelledTest {
  readonly test: TestCase;
  /** The path of a value in the test as written: rows that came of one `each` lead to that one. */
  written(path: YamlPath): YamlPath;
}

/** Most rows that a list of a test may come to. */
const MOST_ROWS = 10_000;

type Samples = Readonly<Record<string, WrittenRow>>;
type PlaceOf = (path: YamlPath) => Place & { readonly file: string };

/**
 * Spells out the rows of tests: what a sample gives them (`like`), and one row for each value (`each`).
 *
 * @param placeOf where something in the file stands
 * @throws FileError for a sample that is not there or is like itself, and for too many rows
 */
export function spellOut(tests: readonly WrittenTest[], samples: Samples, placeOf: PlaceOf): SpelledTest[] {
  const known = new Map(Object.keys(samples).map((name) => [name, withSample(name, samples, placeOf)]));
  return tests.map((test, index) => {
    const spelled = new Map<string, readonly Spelled[]>();
    const rowsAt = (path: YamlPath, rows: readonly WrittenRow[]): Row[] => {
      const all = rows.flatMap((row, from) => rowsOf(row, known, ['tests', index, ...path, from], placeOf, from));
      if (all.length > MOST_ROWS) throw tooMany(placeOf(['tests', index, ...path]), all.length);
      spelled.set(path.join('\0'), all);
      return all.map(({ row }) => row);
    };
    const { events, expect, ...rest } = test;
    const { rows, ...counted } = expect;
    return {
      test: {
        ...rest,
        ...(events !== undefined && {
          events: Object.fromEntries(
            Object.entries(events).map(([table, own]) => [table, rowsAt(['events', table], own)]),
          ),
        }),
        expect: { ...counted, ...(rows !== undefined && { rows: rowsAt(['expect', 'rows'], rows) }) },
      },
      written: ([first, second, place, ...inner]) => {
        if (first === undefined || second === undefined) return first === undefined ? [] : [first];
        const from = spelled.get(`${String(first)}\0${String(second)}`)?.[Number(place)]?.from ?? place;
        return [first, second, ...(from === undefined ? [] : [from]), ...inner];
      },
    };
  });
}

interface Spelled {
  readonly row: Row;
  /** The place of the row that it came of. */
  readonly from: number;
}

function rowsOf(
  written: WrittenRow,
  samples: ReadonlyMap<string, Row>,
  path: YamlPath,
  placeOf: PlaceOf,
  from: number,
): Spelled[] {
  const { like, each, ...own } = written;
  const given = namesIn(like).map((name) => {
    const sample = samples.get(name);
    if (sample === undefined) throw unknown(name, samples.keys(), placeOf([...path, 'like']));
    return sample;
  });
  const row: Row = Object.assign({}, ...given, own);
  const lists = Object.entries(each ?? {});
  const count = lists.reduce((product, [, values]) => product * values.length, 1);
  if (count > MOST_ROWS) throw tooMany(placeOf([...path, 'each']), count);
  return lists
    .reduce<Row[]>(
      (rows, [column, values]) => rows.flatMap((one) => values.map((value) => ({ ...one, [column]: value }))),
      [row],
    )
    .map((one) => ({ row: one, from }));
}

/** The columns of a sample, with those of the samples that it is like. */
function withSample(name: string, samples: Samples, placeOf: PlaceOf, within: readonly string[] = []): Row {
  const { like, each: _, ...own } = samples[name] ?? {};
  const place = placeOf(['samples', name, 'like']);
  const given = namesIn(like).map((other) => {
    if (samples[other] === undefined) throw unknown(other, Object.keys(samples), place);
    if (other === name || within.includes(other))
      throw new FileError([{ ...place, message: `The sample '${other}' is like itself.` }]);
    return withSample(other, samples, placeOf, [...within, name]);
  });
  return Object.assign({}, ...given, own);
}

function namesIn(like: WrittenRow['like']): readonly string[] {
  return like === undefined ? [] : [like].flat();
}

function unknown(name: string, known: Iterable<string>, place: ReturnType<PlaceOf>): FileError {
  const suggestion = didYouMean(name, known);
  const message = `There is no sample '${name}' under 'samples'.`;
  return new FileError([{ ...place, message, ...(suggestion !== undefined && { suggestion }) }]);
}

function tooMany(place: ReturnType<PlaceOf>, count: number): FileError {
  return new FileError([{ ...place, message: `These come to ${count} rows; a list has at most ${MOST_ROWS}.` }]);
}
