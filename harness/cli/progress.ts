import { printable, visible } from '../files/printable.js';
import { type LineStream, replaceLine } from './console.js';

export interface Progress {
  /**
   * Shows what is being done now, in place of what was before.
   *
   * @param done share of it that is done, where that is known
   */
  stage(text: string, done?: number): void;
  /** Takes the line away. */
  end(): void;
}

/** Where progress is shown. */
export interface Watched extends LineStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

let quiet = false;

/** Whether nobody wants to be told what is being done. */
export function setQuiet(value: boolean): void {
  quiet = value;
}

const BAR = 24;
/** A narrower terminal shows no bar. */
const LEAST_WIDTH = 50;

/** One line on a terminal that tells what is being done and how much of it is; nothing where nobody watches. */
export function progress(stream: Watched): Progress {
  if (quiet || stream.isTTY !== true) return { stage: () => undefined, end: () => undefined };
  let shown = '';
  const show = (line: string): void => {
    if (line === shown) return;
    shown = line;
    replaceLine(stream, printable(line));
  };
  return {
    stage: (text, done) => show(lineOf(visible(text.replace(/\s+/g, ' ')), done, stream.columns ?? 80)),
    end: () => show(''),
  };
}

function lineOf(text: string, done: number | undefined, columns: number): string {
  const width = columns - 1;
  if (done === undefined || columns < LEAST_WIDTH) return cut(text, width);
  const share = Math.min(1, Math.max(0, done));
  const full = Math.round(share * BAR);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${String(Math.floor(share * 100)).padStart(3)}%`;
  return `${bar}  ${cut(text, width - bar.length - 2)}`;
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
