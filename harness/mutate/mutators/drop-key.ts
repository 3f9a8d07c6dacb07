import type { Element } from '../../check/tree.js';
import { type Edit, shown } from '../mutator.js';

/** The changes that take one of several elements out of a list with commas. */
export function dropped(listed: readonly Element[], text: string, verb: string): Edit[] {
  return listed.map((element, i) => {
    const before = listed[i - 1];
    const after = listed[i + 1];
    const [start, end] =
      after !== undefined
        ? [element.TextStart, after.TextStart]
        : [before === undefined ? element.TextStart : before.End, element.End];
    return { start, end, text: '', does: `${verb} ${shown(text, element)}` };
  });
}
