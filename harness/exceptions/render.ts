import { join } from 'node:path';
import type { Allowlist } from '../detection/allowlist-schema.js';
import { allowlistSchema } from '../detection/allowlist-schema.js';
import type { Detection } from '../detection/detection.js';
import type { Rule } from '../detection/rule.js';
import { FileError } from '../files/errors.js';
import { didYouMean } from '../files/nearest.js';
import { type Place as FilePlace, readYamlDocument } from '../files/yaml.js';
import type { Names } from '../kql/syntax.js';
import { BlockError, blockOf, blockWith, splitBlock } from './block.js';
import { type Condition, ConditionError, readConditions } from './conditions.js';
import { type Place, placesIn } from './places.js';
import { watchlistCsv, watchlistFile, watchlistOperators, watchlistRows } from './watchlist.js';

/** A rule's exceptions where they belong in its text. */
export interface Exceptions {
  readonly place: Place;
  readonly conditions: readonly Condition[];
  /** The rule's text with the block as it must be. */
  readonly text: string;
  /** The file that holds them for a watchlist, and what it must be. */
  readonly watchlist?: { readonly alias: string; readonly file: string; readonly csv: string };
}

/**
 * The exceptions of a detection, read against its rule.
 *
 * @param allowlist instead of the detection's own
 * @returns nothing for a rule without exceptions and without a block
 * @throws FileError at the entry or the line at fault
 */
export function exceptionsOf(
  detection: Detection,
  names: Names,
  allowlist = detection.allowlist,
): Exceptions | undefined {
  const { text } = detection.deployed;
  const { block } = inFile(detection.deployed, () => splitBlock(text));
  if (allowlist.exceptions.length === 0 && block === undefined) return undefined;
  if (allowlist.watchlist !== undefined && !names.functions.has('_GetWatchlist')) {
    const file = join(detection.folder, 'allowlist.yaml');
    throw new FileError([{ file, line: 0, column: 0, message: NO_WATCHLISTS }]);
  }
  const place = placeFor(detection, names, allowlist.place);
  const conditions = conditionsOf(detection, allowlist, place, names);
  const alias = allowlist.watchlist;
  return {
    place,
    conditions,
    text: withBlock(text, place, allowlist, conditions),
    ...(alias !== undefined && {
      watchlist: {
        alias,
        file: join(detection.folder, watchlistFile(alias)),
        csv: watchlistCsv(allowlist.exceptions, conditions),
      },
    }),
  };
}

const NO_WATCHLISTS =
  'Watchlists are of Sentinel; this rule runs elsewhere, where exceptions stand in the rule itself.';

/** What keeps the exceptions of a detection from being read. */
export interface Fault {
  readonly message: string;
  /** The entry at fault, by its place; absent where it is the rule. */
  readonly exception?: number;
}

/** Why the exceptions of a detection cannot be read against its rule; nothing when they can. */
export function faultsOf(detection: Detection, names: Names): Fault[] {
  const { allowlist, deployed } = detection;
  try {
    if (allowlist.exceptions.length === 0 && splitBlock(deployed.text).block === undefined) return [];
    if (allowlist.watchlist !== undefined && !names.functions.has('_GetWatchlist')) return [{ message: NO_WATCHLISTS }];
    const place = placeFor(detection, names, allowlist.place);
    return allowlist.exceptions.flatMap(({ condition }, exception) => {
      const message = faultIn(condition, place, names, allowlist.watchlist);
      return message === undefined ? [] : [{ message, exception }];
    });
  } catch (error) {
    if (error instanceof BlockError) return [{ message: error.message }];
    if (error instanceof FileError) return error.problems.map(({ message }) => ({ message }));
    throw error;
  }
}

function faultIn(condition: string, place: Place, names: Names, watchlist: string | undefined): string | undefined {
  try {
    const read = readConditions([condition], place, names);
    if (watchlist !== undefined) read.forEach(watchlistRows);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionError) return error.message;
    throw error;
  }
}

/** A rule's text with a block for exceptions at a place, in place of the block that it has. */
export function withBlock(
  text: string,
  { offset }: Place,
  { exceptions, watchlist }: Allowlist,
  conditions: readonly Condition[],
): string {
  const { before, block, after } = splitBlock(text);
  const bare = before + after;
  const head = bare.slice(0, offset);
  const indent = block === undefined ? indentOf(head) : (/^[ \t]*/.exec(block)?.[0] ?? '');
  const lines =
    watchlist === undefined
      ? blockOf(
          exceptions.map((exception, i) => ({ ...exception, nullable: conditions[i]?.nullable ?? true })),
          indent,
        )
      : blockWith(watchlistOperators(watchlist, conditions), indent);
  const joined = head === '' || head.endsWith('\n') ? head : `${head}\n`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return joined + lines.replaceAll('\n', eol) + bare.slice(offset);
}

/** What stands before the operators of the pipeline that a text ends in. */
function indentOf(text: string): string {
  const lines = text.trimEnd().split('\n');
  return /^[ \t]*/.exec(lines.findLast((line) => /^[ \t]*\|/.test(line)) ?? lines.at(-1) ?? '')?.[0] ?? '';
}

/**
 * The place in a rule for exceptions: that of its block, the one that is named, or the only one.
 *
 * @throws FileError when there is none, none of the name, or several and no name
 */
export function placeFor(detection: Detection, names: Names, name?: string): Place {
  const { deployed } = detection;
  const places = inFile(deployed, () => placesIn(deployed.text, names));
  const [only, second] = places;
  const hasBlock = inFile(deployed, () => splitBlock(deployed.text)).block !== undefined;
  if (only !== undefined && (hasBlock || (second === undefined && name === undefined))) return only;
  const known = places.map((place) => place.name);
  const found = places.find((place) => place.name === name);
  if (found !== undefined) return found;
  const file = deployed.file;
  const nowhere = { file, line: 0, column: 0 };
  if (only === undefined) {
    const message = hasBlock
      ? 'The block of exceptions stands where no operator can: no pipeline ends before it.'
      : 'The rule has no place for exceptions: no table that it names stands alone at the head of a pipeline.';
    throw new FileError([{ ...nowhere, message }]);
  }
  if (name === undefined) {
    const message = `The rule has several places for exceptions: ${known.join(', ')}. Say which with 'place:' in allowlist.yaml, or with --place.`;
    throw new FileError([{ ...nowhere, message }]);
  }
  const suggestion = didYouMean(name, known);
  const message = `The rule has no place '${name}' for exceptions; it has ${known.join(', ')}.`;
  throw new FileError([{ ...nowhere, message, ...(suggestion !== undefined && { suggestion }) }]);
}

function conditionsOf(
  detection: Detection,
  { exceptions, watchlist }: Allowlist,
  place: Place,
  names: Names,
): Condition[] {
  const problems = exceptions.flatMap(({ condition }, index) => {
    const message = faultIn(condition, place, names, watchlist);
    return message === undefined ? [] : [{ ...entryPlace(detection, index, 'condition'), message }];
  });
  if (problems.length > 0) throw new FileError(problems);
  return readConditions(
    exceptions.map(({ condition }) => condition),
    place,
    names,
  );
}

/** Where an entry stands in `allowlist.yaml`; the file as a whole for one that is not in it yet. */
export function entryPlace(
  { folder, allowlist }: Pick<Detection, 'folder' | 'allowlist'>,
  index: number,
  key?: keyof Allowlist['exceptions'][number],
): FilePlace & { readonly file: string } {
  const file = join(folder, 'allowlist.yaml');
  if (index >= allowlist.exceptions.length) return { file, line: 0, column: 0 };
  const document = readYamlDocument(file, allowlistSchema);
  const path = ['exceptions', index, ...(key === undefined ? [] : [key])];
  return { file, ...document.placeOf(path) };
}

function inFile<T>(rule: Rule, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    const place = rule.placeInFile({ line: error.line, column: 1 });
    throw new FileError([{ file: rule.file, ...place, message: error.message }]);
  }
}
