import { Worker } from 'node:worker_threads';

/** An input is taken to hang when nothing has happened for so long. */
const HANG_MS = 180_000;

const WATCHER = `
  const { workerData: { shared, limit } } = require('node:worker_threads');
  let last = -1, since = Date.now();
  setInterval(() => {
    const now = Atomics.load(shared, 0);
    if (now !== last) { last = now; since = Date.now(); }
    else if (Date.now() - since > limit) {
      require('node:fs').writeSync(2, 'input ' + now + ' hangs\\n');
      process.kill(process.pid, 'SIGKILL');
    }
  }, 1000);`;

/**
 * Ends the process, naming the input, when it no longer moves on: the compiler runs on the thread of the program and
 * cannot be interrupted from there.
 *
 * @returns what to call with each input before it
 */
export function watch(): (input: number) => void {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(WATCHER, { eval: true, workerData: { shared, limit: HANG_MS } });
  worker.unref();
  return (input) => Atomics.store(shared, 0, input);
}
