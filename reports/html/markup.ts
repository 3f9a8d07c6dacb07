/** HTML that is safe to put into a page. Only `html` makes it. */
export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  static of(text: string): Markup {
    return new Markup(text);
  }
}

export type Content = string | number | Markup | undefined | readonly Content[];

/**
 * HTML from a template. Every value is escaped, in text and within quoted attributes alike, unless it is markup itself;
 * lists are joined, and what is undefined leaves nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return Markup.of(parts.reduce((text, part, i) => `${text}${rendered(values[i - 1])}${part}`));
}

function rendered(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  return typeof value === 'object' ? value.map(rendered).join('') : escaped(String(value));
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that a page must not hold, or that reorder what stands around them: they are shown as what they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** Text with every unseen character written out as `\u0000`. */
export function visible(text: string): string {
  return text.toWellFormed().replace(UNSEEN, unicode);
}

/** Foreign text with every character that HTML acts upon as a reference, and every unseen one written out. */
export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (char) => REFERENCES[char] ?? char);
}

/** Data for a script element of type JSON, which no text in it can close. */
export function jsonMarkup(value: unknown): Markup {
  return Markup.of(JSON.stringify(value).replace(/[<\u2028\u2029]/g, unicode));
}

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
