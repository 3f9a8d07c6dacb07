import { createCssVariablesTheme, createHighlighterCoreSync, type HighlighterCore } from '@shikijs/core';
import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import kusto from '@shikijs/langs/kusto';

/** Text of one kind; `kind` is a class of the style sheet, or nothing for plain text. */
export interface Token {
  readonly text: string;
  readonly kind?: string;
}

const PREFIX = '--';
const THEME = 'variables';
/** A longer line is shown without colours: it is no text that a person wrote. */
const LONGEST_LINE = 5_000;

let highlighter: HighlighterCore | undefined;

/** The lines of a KQL text as tokens. */
export function highlighted(text: string): Token[][] {
  highlighter ??= createHighlighterCoreSync({
    themes: [createCssVariablesTheme({ name: THEME, variablePrefix: PREFIX })],
    langs: [kusto],
    engine: createJavaScriptRegexEngine(),
  });
  const lines = highlighter.codeToTokensBase(text, {
    lang: 'kusto',
    theme: THEME,
    tokenizeMaxLineLength: LONGEST_LINE,
  });
  return lines.map((line) => line.map(({ content, color }) => ({ text: content, ...kindOf(color) })));
}

/** The theme colours by variable (`var(--token-string)`); the page's policy wants classes. */
function kindOf(color: string | undefined): { readonly kind?: string } {
  const kind = /^var\(--(token-[a-z-]+)\)$/.exec(color ?? '')?.[1];
  return kind === undefined ? {} : { kind };
}
