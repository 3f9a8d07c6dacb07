import type { Element } from '../check/tree.js';

/** One change of a rule's text. */
export interface Edit {
  /** The stretch that is replaced, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What it does, in words: `drops 'pastebin.com'`. */
  readonly does: string;
}

/** A kind of mistake that a rule may hold, made wherever the rule's syntax has a place for it. */
export interface Mutator {
  readonly name: string;
  /** What it changes, for the list of mutators. */
  readonly about: string;
  /** The changes that it makes at one node of the syntax. */
  edits(node: Element, text: string): readonly Edit[];
}

/** A change of a whole element. */
export function replacing(element: Element, text: string, does: string): Edit {
  return { start: element.TextStart, end: element.End, text, does };
}

/** The text of an element on one line. */
export function shown(text: string, element: Element): string {
  return text.slice(element.TextStart, element.End).replace(/\s+/g, ' ');
}
