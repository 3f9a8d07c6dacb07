/** Two ways to the same result, run in turn, so that whatever else the machine does falls on both. */
export interface Race {
  readonly name: string;
  /** What the ratio is of, in words. */
  readonly ours: string;
  readonly theirs: string;
  /** Most that the ratio may be. */
  readonly atMost?: number;
  /** Least that the ratio may be, where more is better. */
  readonly atLeast?: number;
}

export interface Result extends Race {
  readonly ratio: number;
  readonly oursMs: number;
  readonly theirsMs: number;
}

/** Runs both so many times in turn and compares the fastest run of each: ratio = ours / theirs. */
export async function race(
  what: Race,
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  rounds = 5,
): Promise<Result> {
  let oursMs = Number.POSITIVE_INFINITY;
  let theirsMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    oursMs = Math.min(oursMs, await clocked(ours));
    theirsMs = Math.min(theirsMs, await clocked(theirs));
  }
  return { ...what, ratio: oursMs / theirsMs, oursMs, theirsMs };
}

export async function clocked(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

/** A line for a person: the ratio, its bound, and both times. */
export function line(result: Result): string {
  const { name, ratio, atMost, atLeast, ours, theirs, oursMs, theirsMs } = result;
  const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  const held = (atMost === undefined || ratio <= atMost) && (atLeast === undefined || ratio >= atLeast);
  return `${held ? '✔' : '✘'} ${name.padEnd(34)} ${ratio.toFixed(2)} (${bound})  ${ours} ${oursMs.toFixed(0)} ms, ${theirs} ${theirsMs.toFixed(0)} ms`;
}
