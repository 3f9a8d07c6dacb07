import { styleText } from 'node:util';
import { type Printable, printable, styled, withoutEscapes } from '../harness/files/printable.js';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns that a line may fill. */
  readonly width: number;
}

type Colour = 'bold' | 'dim' | 'green' | 'red' | 'yellow';
export type Paint = (colour: Colour, text: string) => string;

/** A report for a terminal. The document is laid out without escapes of its own, so that those that stay are ours. */
export function painted<T>(
  document: T,
  { color }: TerminalOptions,
  lay: (document: T, paint: Paint) => string,
): Printable {
  if (!color) return printable(lay(document, (_, text) => text));
  return styled(lay(withoutEscapes(document), (colour, text) => styleText(colour, text, { validateStream: false })));
}
