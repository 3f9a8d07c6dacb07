import { basename, join } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { FileError } from '../files/errors.js';
import { isThere } from '../files/inside.js';
import { howToRaise, limit } from '../files/limits.js';
import { unfitText } from '../files/shape.js';
import { readTextFile } from '../files/text.js';
import type { Place } from '../files/yaml.js';

/** A row by column: the column's type decides what a value means, and refuses what does not fit. */
export const rowSchema = z.record(z.string(), z.json());

/**
 * Rows in place of what the product takes from elsewhere, by what a rule takes them from (`FileProfile`,
 * `_GetWatchlist:VIP`, `externaldata:https://…`, the name of a saved function): rows, or a CSV file of the folder.
 */
export const sourcesSchema = z.record(z.string().min(1), z.union([z.array(rowSchema), z.string().min(1)]));

/** The rows of one source. */
export interface Source {
  readonly key: string;
  readonly rows: readonly z.infer<typeof rowSchema>[];
  /** Whether all cells are text, as a CSV file has them. */
  readonly text: boolean;
  /** Where the source, or a value of one of its rows, is written. */
  placeOf(path?: readonly (string | number)[]): Place & { readonly file: string };
}

/**
 * Reads what `sources` says.
 *
 * @param placeOf where something below `sources` stands
 * @throws FileError for a CSV file that is not in the folder or cannot be read, and for too many rows
 */
export function readSources(
  sources: z.infer<typeof sourcesSchema>,
  folder: string,
  placeOf: (path: readonly (string | number)[]) => Place & { readonly file: string },
): Source[] {
  return Object.entries(sources).map(([key, given]) => {
    const place = placeOf([key]);
    const source =
      typeof given === 'string'
        ? fromCsv(key, folder, given, place)
        : { key, rows: given, text: false, placeOf: (path = []) => placeOf([key, ...path]) };
    if (source.rows.length <= limit('source-rows')) return source;
    const message = `'${key}' has too many rows. ${howToRaise('source-rows')}`;
    throw new FileError([{ ...place, message }]);
  });
}

function fromCsv(key: string, folder: string, name: string, place: Place & { readonly file: string }): Source {
  const file = join(folder, name);
  // A detection comes from a pull request: what it names must lie beside it.
  if (name !== basename(name) || !name.endsWith('.csv') || !isThere(file))
    throw new FileError([{ ...place, message: `'${name}' is not a CSV file beside ${basename(place.file)}.` }]);
  const problem = (line: number, message: string): FileError => new FileError([{ file, line, column: 1, message }]);
  try {
    // The header and one row beyond the limit are enough to refuse a file; parsed, its rows take many times its size.
    const to = limit('source-rows') + 2;
    const [names = [], ...rows] = parse(readTextFile(file), { bom: true, skip_empty_lines: true, to });
    const seen = new Set<string>();
    const wrong = names.find((column) => column === '' || seen.size === seen.add(column).size);
    const unfit = names.map((column) => unfitText(column, true)).find((each) => each !== undefined);
    if (unfit !== undefined) throw problem(1, unfit);
    if (wrong === '') throw problem(1, 'A column has no name.');
    if (wrong !== undefined) throw problem(1, `Two columns are named '${wrong}'.`);
    return {
      key,
      rows: rows.map((row) => Object.fromEntries(names.map((column, i) => [column, row[i] ?? '']))),
      text: true,
      placeOf: () => ({ file, line: 1, column: 1 }),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw problem(Number(error['lines'] ?? 1), `The file is not CSV: ${error.message}.`);
  }
}
