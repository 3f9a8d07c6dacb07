import { constructFromEvents, type Event, parseEvents, YAMLException } from 'js-yaml';
import type { z } from 'zod';
import { FileError } from './errors.js';
import { howToRaise, limit } from './limits.js';
import { type Place, type PlacedNode, placeNodes, placesIn } from './places.js';
import { problemsOf } from './problems.js';
import { tooDeep, unfitness } from './shape.js';
import { fault } from './system.js';
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
  return parseYaml(readTextFile(path, 'yaml-size'), path, schema);
}

/**
 * Parses the text of one YAML document (YAML 1.2, duplicate keys refused) through a zod schema.
 *
 * @param file the name that problems are reported under
 * @throws FileError as `readYaml`
 */
export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>): YamlDocument<T> {
  const { raw, events } = parse(text, file);
  let root: PlacedNode | undefined;
  const find = (path: YamlPath): PlacedNode | undefined => {
    root ??= placeNodes(events, text);
    return nodeAt(root, path);
  };
  const places = placesIn(text);
  const place = (offset: number | undefined): Place => places(offset ?? 0);
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

function parse(text: string, file: string): { raw: unknown; events: readonly Event[] } {
  const { documents, events } = build(text, file);
  if (documents.length === 1) return { raw: documents[0], events };
  const message =
    documents.length === 0
      ? 'The file is empty; expected one YAML document.'
      : `Expected one YAML document, found ${documents.length} (they are separated by '---').`;
  throw new FileError([{ file, line: 1, column: 1, message }]);
}

/**
 * All documents of a YAML text, through no schema.
 *
 * @throws FileError for YAML that is broken, or beyond what may be built
 */
export function parseYamlDocuments(text: string, file: string): unknown[] {
  return build(text, file).documents;
}

function build(text: string, file: string): { documents: unknown[]; events: readonly Event[] } {
  // Its parser needs a hundred times the memory.
  if (text.length > limit('yaml-size'))
    throw fault(file, `The YAML is too large to be read. ${howToRaise('yaml-size')}`);
  try {
    const events = parseEvents(text, { filename: file, maxDepth: limit('yaml-depth') + 1 });
    const unfit = unfitness(events, text);
    if (unfit !== undefined) throw new FileError([{ file, ...placesIn(text)(unfit.offset), message: unfit.message }]);
    return { documents: constructFromEvents(events, { source: text, filename: file }), events };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = (error.mark?.line ?? 0) + 1;
    const column = (error.mark?.column ?? 0) + 1;
    const message = error.reason.startsWith('nesting exceeded') ? tooDeep() : `The YAML is broken: ${error.reason}.`;
    throw new FileError([{ file, line, column, message }]);
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
