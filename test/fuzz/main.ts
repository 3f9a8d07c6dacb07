/**
 * Fuzzes what strangers can hand in: `npm run fuzz -- --mode yaml --count 100000 --seed 1`. Every input must give an
 * answer or a named error. Input `i` of a mode and a seed is the same everywhere: `--only i` repeats it alone.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { MODES } from './modes/index.js';
import type { Fuzzer } from './modes/mode.js';
import { Random } from './random.js';
import { watch } from './watch.js';

interface Flags {
  readonly mode: string;
  readonly count: string;
  readonly seed: string;
  readonly share: string;
  readonly jobs: string;
  readonly part?: string;
  readonly only?: string;
}

/** What became of inputs: how often each end, and each kind of fault with its first input. */
interface Findings {
  readonly ends: Record<string, number>;
  readonly faults: Record<string, { input: number; times: number; fault: string }>;
}

const flags = new Command()
  .addOption(
    new Option('--mode <name>', 'what is made and who reads it').choices(MODES.map(({ name }) => name)).default('kql'),
  )
  .option('--count <number>', 'how many inputs', '100000')
  .option('--seed <number>', 'what the inputs follow from', '1')
  .option('--share <number>', 'try one of so many inputs at length: run it, besides compiling it', '8')
  .option('--jobs <number>', 'processes', String(Math.min(availableParallelism(), 4)))
  .option('--part <number>', 'every so-manieth input, from this one on, as a process among others')
  .option('--only <number>', 'one input alone, printed with what became of it')
  .parse()
  .opts<Flags>();

const count = Number(flags.count);
const jobs = Number(flags.jobs);

function randomOf(input: number): Random {
  return new Random(Number(flags.seed) * 1_000_003 + input);
}

function open(share: number): Promise<Fuzzer> {
  const mode = MODES.find(({ name }) => name === flags.mode);
  if (mode === undefined) throw new Error(`There is no mode ${flags.mode}.`);
  return mode.open(share);
}

/** Judges every `jobs`-th input from `part` on. */
async function judgePart(part: number): Promise<Findings> {
  const findings: Findings = { ends: {}, faults: {} };
  const fuzzer = await open(Number(flags.share));
  const tell = watch();
  const started = performance.now();
  for (let input = part, done = 1; input < count; input += jobs, done++) {
    tell(input);
    const { end, fault, input: text } = await fuzzer.judge(randomOf(input));
    findings.ends[end] = (findings.ends[end] ?? 0) + 1;
    if (fault !== undefined) note(findings, input, fault, text);
    if (done % 2500 === 0) {
      const rate = Math.round(done / ((performance.now() - started) / 1000));
      process.stderr.write(`${done} of ${Math.ceil(count / jobs)}, ${rate} a second\n`);
    }
  }
  fuzzer.close();
  return findings;
}

function note({ faults }: Findings, input: number, fault: string, text: string): void {
  const [head = ''] = fault.split('\n');
  const kind = head.replace(/[0-9"'].*$/, '');
  const known = faults[kind];
  if (known) known.times++;
  else {
    faults[kind] = { input, times: 1, fault: head };
    process.stderr.write(`input ${input}: ${fault.slice(0, 600)}\n${text}\n\n`);
  }
}

/** A part in a process of its own. */
function inChild(part: number): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--part', String(part)]);
    let findings: Findings | undefined;
    child.on('message', (message) => {
      findings = message as Findings;
    });
    child.on('exit', (code, signal) => {
      if (findings) resolve(findings);
      else reject(new Error(`A process ended with ${signal ?? code} before its inputs did.`));
    });
  });
}

function merged(parts: readonly Findings[]): Findings {
  const all: Findings = { ends: {}, faults: {} };
  for (const { ends, faults } of parts) {
    for (const [end, times] of Object.entries(ends)) all.ends[end] = (all.ends[end] ?? 0) + times;
    for (const [kind, found] of Object.entries(faults)) {
      const known = all.faults[kind];
      const first = known && known.input < found.input ? known : found;
      all.faults[kind] = { ...first, times: found.times + (known?.times ?? 0) };
    }
  }
  return all;
}

function print({ ends, faults }: Findings): void {
  process.stdout.write(`${count} inputs of mode ${flags.mode}, seed ${flags.seed}\n`);
  for (const [end, times] of Object.entries(ends).sort((a, b) => b[1] - a[1]))
    process.stdout.write(`  ${end}: ${times}\n`);
  for (const { input, fault, times } of Object.values(faults)) {
    process.stdout.write(`fault, ${times} times, first at input ${input}: ${fault}\n`);
  }
}

if (flags.only !== undefined) {
  const fuzzer = await open(1);
  const { end, fault, input } = await fuzzer.judge(randomOf(Number(flags.only)));
  process.stdout.write(`${input}\n=> ${end}\n${fault ?? ''}\n`);
  fuzzer.close();
  process.exitCode = fault === undefined ? 0 : 1;
} else if (flags.part !== undefined) {
  process.send?.(await judgePart(Number(flags.part)));
  process.disconnect();
} else {
  const parts = Array.from({ length: jobs }, (_, part) => part);
  const findings = merged(jobs === 1 ? [await judgePart(0)] : await Promise.all(parts.map(inChild)));
  print(findings);
  process.exitCode = Object.keys(findings.faults).length > 0 ? 1 : 0;
}
