/** `npm run bench [NAME…]`: the main figures as ratios measured in one run. Exits 1 when a bound is not held. */
import { benchMutate } from './mutate.js';
import { line, type Result } from './race.js';
import { benchReport } from './report.js';
import { benchRule } from './rule.js';
import { benchShapes } from './shapes.js';
import { benchSimulate } from './simulate.js';
import { benchStart } from './start.js';

const BENCHES: Readonly<Record<string, () => Promise<Result | readonly Result[]>>> = {
  mutate: benchMutate,
  report: benchReport,
  rule: benchRule,
  shapes: benchShapes,
  simulate: benchSimulate,
  start: benchStart,
};

async function main(names: readonly string[]): Promise<void> {
  let held = true;
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`There is no benchmark '${name}': choose from ${Object.keys(BENCHES).join(', ')}.`);
    for (const result of [await bench()].flat()) {
      process.stdout.write(`${line(result)}\n`);
      if ((result.atMost ?? Number.POSITIVE_INFINITY) < result.ratio || (result.atLeast ?? 0) > result.ratio)
        held = false;
    }
  }
  process.exitCode = held ? 0 : 1;
}

await main(process.argv.slice(2));
