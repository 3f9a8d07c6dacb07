import { constructFromEvents, type Event, parseEvents, YAMLException } from 'js-yaml';
import type { z } from 'zod';
import { FileError } from './errors.js';
import { type Place, type PlacedNode, placeAt, placeNodes } from './places.js';
import { problemsOf } from './problems.js';
import { readTextFile } from './text.js';

export { FileError, type FileProblem, formatProblem } from './errors.js';
export type { Place } from './places.js';

/** A path of keys and indexes into a document, outermost first. */
export type YamlPath = readonly PropertyKey[];

/** A YAML file that passed its schema, and where each of its values stands. */
export interface YamlDocument<T> {
  readonly file: string;
  readonly value: T;
  /**
   * The place of the value at `path`; of the nearest enclosing value when the path is not in the file.
   * Of a literal block (`query: |`) it is the first character of the text, past the indentation.
   */
  placeOf(path: YamlPath): Place;
  /** The place of the key that names the value at `path`. */
  placeOfKey(path: YamlPath): Place;
}

/**
 * Reads a YAML file through a zod schema.
 *
 * @throws FileError naming every problem with file, line, column and, for a misspelt name, the nearest valid one
 */
export function readYaml<T>(path: string, schema: z.ZodType<T>): T {
  return readYamlDocument(path, schema).value;
}

/** As `readYaml`, with the places of the values. */
export function readYamlDocument<T>(path: string, schema: z.ZodType<T>): YamlDocument<T> {
  return parseYaml(readTextFile(path), path, schema);
}

/**
 * Parses the text of one YAML document (YAML 1.2, duplicate keys refused) through a zod schema.
 *
 * @param file the name that problems are reported under
 * @throws FileError as `readYaml`
 */
export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>): YamlDocument<T> {
  const { raw, root } = parse(text, file);
  const find = (path: YamlPath): PlacedNode | undefined => nodeAt(root, path);
  const place = (offset: number | undefined): Place => placeAt(text, offset ?? 0);
  const result = schema.safeParse(raw, { reportInput: true });
  if (!result.success) {
    throw new FileError(
      problemsOf(result.error, schema, {
        file,
        document: raw,
        value: (path) => place(find(path)?.start),
        key: (path) => place(find(path)?.keyStart),
      }),
    );
  }
  return {
    file,
    value: result.data,
    placeOf: (path) => place(find(path)?.start),
    placeOfKey: (path) => place(find(path)?.keyStart),
  };
}

function parse(text: string, file: string): { raw: unknown; root: PlacedNode | undefined } {
  try {
    const events: Event[] = parseEvents(text, { filename: file });
    const documents = constructFromEvents(events, { source: text, filename: file });
    if (documents.length !== 1) {
      const message =
        documents.length === 0
          ? 'The file is empty; expected one YAML document.'
          : `Expected one YAML document, found ${documents.length} (they are separated by '---').`;
      throw new FileError([{ file, line: 1, column: 1, message }]);
    }
    return { raw: documents[0], root: placeNodes(events, text) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = (error.mark?.line ?? 0) + 1;
    const column = (error.mark?.column ?? 0) + 1;
    throw new FileError([{ file, line, column, message: `The YAML is broken: ${error.reason}.` }]);
  }
}

function nodeAt(root: PlacedNode | undefined, path: YamlPath): PlacedNode | undefined {
  let node = root;
  for (const key of path) {
    const child = node?.children.get(String(key));
    if (child === undefined) return node;
    node = child;
  }
  return node;
}
