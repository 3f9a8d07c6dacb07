import { printable } from './output.js';

export interface Progress {
  /** Shows what is being done now, in place of what was before. */
  stage(text: string): void;
  /** Takes the line away. */
  end(): void;
}

let quiet = false;

/** Whether nobody wants to be told what is being done. */
export function setQuiet(value: boolean): void {
  quiet = value;
}

/** One line on a terminal that tells what is being done; nothing where nobody watches. */
export function progress(stream: NodeJS.WriteStream): Progress {
  if (quiet || stream.isTTY !== true) return { stage: () => undefined, end: () => undefined };
  const clear = '\r\u001b[2K';
  return {
    stage: (text) => void stream.write(`${clear}${printable(text).slice(0, stream.columns - 1)}`),
    end: () => void stream.write(clear),
  };
}
