import fc from 'fast-check';

const ESCAPE = '\u001b';

/** Pieces that a terminal or a build server would obey, and what may set them off. */
const PIECES = [
  ...['::error::x', '::add-mask::a', '::', ':', '##[error]', '##[', '##vso[task.setvariable x=y]', '##VSO[', '#', '['],
  ...[`${ESCAPE}[31m`, `${ESCAPE}]0;title\u0007`, `${ESCAPE}[2K`, '\u009b31m', '\u0000', '\b', '\r', '\n', '\t', ' '],
  ...['\u0085', '\u00a0', '\u00ad', '\u200b', '\u2028', '\u2029', '\u202e', '\u2066', '\u3000', '\ufeff', '\u{e0041}'],
  ...["'", '"', '`', '\\', '|', '%0A', ',', '🦊', 'é', 'word'],
];

/** Texts of an attacker. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.constantFrom('\n::error::x', ' ::stop-commands::t', 'a ##[add-path]/x', 'a ##vso[x.y]z', `${ESCAPE}[31mred`),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
);

/** What a terminal or a build server would obey in a text, besides line ends and tabs; nothing where it is safe. */
export function obeyed(text: string): string[] {
  const controls = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu;
  return [
    ...[...text.matchAll(controls)].map(([found]) => JSON.stringify(found)),
    ...text.split(/[\n\r\u2028\u2029\u0085]/).filter((line) => line.trimStart().startsWith('::')),
    ...[...text.matchAll(/##\w*\[/g)].map(([found]) => found),
  ];
}
