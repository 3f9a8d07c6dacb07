import { FileError } from '../files/errors.js';
import { howToRaise, limit } from '../files/limits.js';
import { didYouMean } from '../files/nearest.js';
import { own } from '../files/own.js';
import type { Place, YamlPath } from '../files/yaml.js';
import type { Row, TestCase, WrittenRow, WrittenTest } from './tests-schema.js';

/** A test as it runs, and where what it holds is written. */
export interface SpelledTest {
  readonly test: TestCase;
  /** The path of a value in the test as written: rows that came of one `each` lead to that one. */
  written(path: YamlPath): YamlPath;
}

type Samples = Readonly<Record<string, WrittenRow>>;
type PlaceOf = (path: YamlPath) => Place & { readonly file: string };

/**
 * Spells out the rows of tests: what a sample gives them (`like`), and one row for each value (`each`).
 *
 * @param placeOf where something in the file stands
 * @throws FileError for a sample that is not there or is like itself, and for too many rows
 */
export function spellOut(tests: readonly WrittenTest[], samples: Samples, placeOf: PlaceOf): SpelledTest[] {
  const known = new Map<string, Row>();
  for (const name of Object.keys(samples)) withSample(name, samples, placeOf, known);
  let total = 0;
  return tests.map((test, index) => {
    const spelled = new Map<string, readonly Spelled[]>();
    const rowsAt = (path: YamlPath, rows: readonly WrittenRow[]): Row[] => {
      const all = rows.flatMap((row, from) => rowsOf(row, known, ['tests', index, ...path, from], placeOf, from));
      if (all.length > limit('list-rows')) throw tooMany(placeOf(['tests', index, ...path]), all.length, 'list-rows');
      total += all.length;
      if (total > limit('test-rows')) throw tooMany(placeOf(['tests', index, ...path]), total, 'test-rows');
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
  const { like, each, ...columns } = written;
  const given = namesIn(like).map((name) => {
    const sample = samples.get(name);
    if (sample === undefined) throw unknown(name, samples.keys(), placeOf([...path, 'like']));
    return sample;
  });
  const row: Row = Object.assign({}, ...given, columns);
  const lists = Object.entries(each ?? {});
  const count = lists.reduce((product, [, values]) => product * values.length, 1);
  if (count > limit('list-rows')) throw tooMany(placeOf([...path, 'each']), count, 'list-rows');
  return lists
    .reduce<Row[]>(
      (rows, [column, values]) => rows.flatMap((one) => values.map((value) => ({ ...one, [column]: value }))),
      [row],
    )
    .map((one) => ({ row: one, from }));
}

/** The columns of a sample, with those of the samples that it is like. */
function withSample(
  name: string,
  samples: Samples,
  placeOf: PlaceOf,
  known: Map<string, Row>,
  within: readonly string[] = [],
): Row {
  const there = known.get(name);
  if (there !== undefined) return there;
  const { like, each: _, ...columns } = own(samples, name) ?? {};
  const place = placeOf(['samples', name, 'like']);
  if (within.length > limit('like-depth'))
    throw new FileError([
      { ...place, message: `Samples are like each other in too long a chain here. ${howToRaise('like-depth')}` },
    ]);
  const given = namesIn(like).map((other) => {
    if (own(samples, other) === undefined) throw unknown(other, Object.keys(samples), place);
    if (other === name || within.includes(other))
      throw new FileError([{ ...place, message: `The sample '${other}' is like itself.` }]);
    return withSample(other, samples, placeOf, known, [...within, name]);
  });
  const row: Row = Object.assign({}, ...given, columns);
  known.set(name, row);
  return row;
}

function namesIn(like: WrittenRow['like']): readonly string[] {
  return like === undefined ? [] : [like].flat();
}

function unknown(name: string, known: Iterable<string>, place: ReturnType<PlaceOf>): FileError {
  const suggestion = didYouMean(name, known);
  const message = `There is no sample '${name}' under 'samples'.`;
  return new FileError([{ ...place, message, ...(suggestion !== undefined && { suggestion }) }]);
}

function tooMany(place: ReturnType<PlaceOf>, count: number, name: 'list-rows' | 'test-rows'): FileError {
  return new FileError([{ ...place, message: `The rows come to ${count} here. ${howToRaise(name)}` }]);
}
