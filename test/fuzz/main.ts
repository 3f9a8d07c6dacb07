/**
 * Fuzzes the compiler: `npm run fuzz -- --count 100000 --seed 1`. Every text must compile, or be refused with diagnostics
 * that have a code and a place within the text; a share of them runs as well, on small tables of odd values in a sealed
 * engine. Input `i` of a seed is the same everywhere: `--only i` repeats it alone.
 */
import { Worker } from 'node:worker_threads';
import { Command } from 'commander';
import { randomText } from './generate.js';
import { Judge } from './judge.js';
import { Random } from './random.js';

interface Flags {
  readonly count: string;
  readonly seed: string;
  readonly share: string;
  readonly only?: string;
}

/** A text is taken to hang when nothing has happened for so long. */
const HANG_MS = 180_000;

const flags = new Command()
  .option('--count <number>', 'how many inputs', '100000')
  .option('--seed <number>', 'what the inputs follow from', '1')
  .option('--share <number>', 'run one of so many inputs, besides compiling it', '8')
  .option('--only <number>', 'one input alone, printed with what became of it')
  .parse()
  .opts<Flags>();

/** Stops the process, naming the input, where it no longer moves on: the compiler runs on this thread and cannot be interrupted. */
function watch(): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData: { shared, limit } } = require('node:worker_threads');
     let last = -1, since = Date.now();
     setInterval(() => {
       const now = Atomics.load(shared, 0);
       if (now !== last) { last = now; since = Date.now(); }
       else if (Date.now() - since > limit) {
         require('node:fs').writeSync(2, 'input ' + now + ' hangs\\n');
         process.kill(process.pid, 'SIGKILL');
       }
     }, 1000);`,
    { eval: true, workerData: { shared, limit: HANG_MS } },
  );
  worker.unref();
  return shared;
}

const seed = Number(flags.seed);
const count = Number(flags.count);
const at = watch();
const judge = await Judge.open();
const ends = new Map<string, number>();
const faults = new Map<
  string,
  { readonly input: number; readonly fault: string; readonly text: string; times: number }
>();
const started = performance.now();
const first = flags.only === undefined ? 0 : Number(flags.only);
const last = flags.only === undefined ? count : first + 1;
for (let i = first; i < last; i++) {
  Atomics.store(at, 0, i);
  const text = randomText(new Random(seed * 1_000_003 + i));
  const runs = flags.only !== undefined || i % Number(flags.share) === 0;
  const { end, fault } = await judge.judge(text, runs);
  if (flags.only !== undefined) process.stdout.write(`${text}\n=> ${end}\n`);
  ends.set(end, (ends.get(end) ?? 0) + 1);
  if (fault !== undefined) {
    const kind = fault.split('\n')[0]?.replace(/[0-9"'].*$/, '') ?? '';
    const known = faults.get(kind);
    if (known) known.times++;
    else {
      faults.set(kind, { input: i, fault, text, times: 1 });
      process.stderr.write(`input ${i}: ${fault.slice(0, 600)}\n${text}\n\n`);
    }
  }
  if ((i + 1) % 5000 === 0) {
    const rate = (i + 1 - first) / ((performance.now() - started) / 1000);
    process.stderr.write(`${i + 1} of ${count}, ${Math.round(rate)} a second, ${faults.size} kinds of fault\n`);
  }
}
judge.close();
process.stdout.write(`${last - first} inputs of seed ${seed}\n`);
for (const [end, times] of [...ends].sort((a, b) => b[1] - a[1])) process.stdout.write(`  ${end}: ${times}\n`);
for (const { input, fault, times } of faults.values()) {
  process.stdout.write(`fault, ${times} times, first at input ${input}: ${fault.split('\n')[0]}\n`);
}
process.exitCode = faults.size > 0 ? 1 : 0;
