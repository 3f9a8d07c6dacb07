declare const mark: unique symbol;

/** Text that no terminal obeys and no build server takes for a command. Only this file makes it. */
export type Printable = string & { readonly [mark]: true };

/** Control characters but for tab and newline, what reorders text, and what takes no room but for joiners. */
const OBEYED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb](?<!\u200c|\u200d|[\ufe00-\ufe0f])/gu;

/** The codes that Assay colours its own words with, as `styleText` and the tables write them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape begins with one
const STYLE = /(\u001b\[(?:0|1|2|22|31|32|33|39)m)/;

/** A colon that begins `::`, a command of GitHub, at the start of a line or behind its white space and styles. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape begins with one
const COLON = /^((?:[^\S\n]|\u001b\[\d+m)*):(?=:)/gm;

/** What begins a command anywhere in a line: `##[` of GitHub, `##vso[` of Azure, `##teamcity[`. */
const HASHES = /##(?=\w*\[)/g;

/** The text with every character that a terminal would obey written out as `\u001b`; in JSON the value stays. */
export function visible(text: string): string {
  return text.replace(OBEYED, escaped);
}

/**
 * The text as it may be printed: `visible`, and without what a build server takes for a command. JSON stays JSON of the
 * same value.
 */
export function printable(text: string): Printable {
  return withoutCommands(visible(text));
}

/**
 * As `printable`, of text that Assay coloured: its codes stay.
 *
 * @param text made of data `withoutEscapes`
 */
export function styled(text: string): Printable {
  // Split at a group, the codes stand at the odd places.
  return withoutCommands(
    text
      .split(STYLE)
      .map((part, i) => (i % 2 === 1 ? part : visible(part)))
      .join(''),
  );
}

/** A value as JSON text and a line end. */
export function jsonText(value: unknown, indent = 0): Printable {
  return printable(`${JSON.stringify(value, null, indent)}\n`);
}

/** Plain data in whose texts and keys no escape begins, so that those in what is made of it are ours; else the same. */
export function withoutEscapes<T>(data: T): T {
  return walked(data) as T;
}

function walked(data: unknown): unknown {
  if (typeof data === 'string') return data.replaceAll('\u001b', escaped);
  if (Array.isArray(data)) return data.map(walked);
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [walked(key), walked(value)]));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [walked(key), walked(value)]));
}

function withoutCommands(text: string): Printable {
  return text.replace(COLON, '$1\\u003a').replace(HASHES, '\\u0023#') as Printable;
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
