/** What is said of a query that does not run, as far as it tells what to write instead. */
export interface Refused {
  readonly code: string;
  readonly suggestion?: string | undefined;
}

/** Codes of names that the language has and Assay does not run. */
const UNSUPPORTED = ['statement', 'operator', 'function', 'aggregate', 'plugin'].map((kind) => `unsupported-${kind}`);

/** What to write instead, in sentences: the nearest name, and where all that runs is listed. */
export function insteadOf({ code, suggestion }: Refused): string[] {
  return [
    ...(suggestion === undefined ? [] : [`Did you mean '${suggestion}'?`]),
    ...(UNSUPPORTED.includes(code) ? ['`assay query --support` lists what runs.'] : []),
  ];
}

/** The same as one text, for formats that tell it apart; nothing where nothing is known. */
export function remedyOf(found: Refused): { readonly remedy?: string } {
  const instead = insteadOf(found);
  return instead.length === 0 ? {} : { remedy: instead.join(' ') };
}
