/** What the string operators say of each other's operands, provable from the operands alone. */

/** Whether the operator tells upper from lower case. */
export function isCaseSensitive(operator: string): boolean {
  return operator === '==' || operator === 'in' || operator.endsWith('_cs');
}

/**
 * Whether every text that matches `narrow` under the operator matches `wide` too. Says no where it is in doubt: beyond
 * ASCII, and about underscores, which may or may not part terms.
 */
export function implies(operator: string, narrow: string, wide: string): boolean {
  const [n, w] = isCaseSensitive(operator) ? [narrow, wide] : [lower(narrow), lower(wide)];
  if (n === w) return true;
  switch (operator.replace(/_cs$/, '')) {
    case 'contains':
      return n.includes(w);
    case 'startswith':
      return n.startsWith(w);
    case 'endswith':
      return n.endsWith(w);
    case 'has':
    case 'has_any':
    case 'has_all':
      return holds(n, w, isEdge, isEdge);
    case 'hasprefix':
      return holds(n, w, isEdge, () => true);
    case 'hassuffix':
      return holds(n, w, () => true, isEdge);
    default:
      return false;
  }
}

/** Only ASCII letters: whether `É` equals `é` is the engine's affair. */
export function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

type Edge = (outside: string | undefined, inside: string) => boolean;

/** A term begins or ends here: the text does, or one of the two characters is neither a letter nor a digit. */
const isEdge: Edge = (outside, inside) => outside === undefined || isMark(outside) || isMark(inside);

function isMark(char: string): boolean {
  return /^[!-/:-@[-^`{-~ \t\r\n]$/.test(char);
}

/** Whether `part` stands in `whole` with the edges that it needs. */
function holds(whole: string, part: string, before: Edge, after: Edge): boolean {
  const first = part[0];
  const last = part.at(-1);
  if (first === undefined || last === undefined) return false;
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    if (before(whole[at - 1], first) && after(whole[at + part.length], last)) return true;
  }
  return false;
}

/** Whether the empty text as an operand matches every text. */
export function emptyMatchesAll(operator: string): boolean {
  return /^(has|contains|startswith|endswith)/.test(operator);
}
