import { watch as watchFiles } from 'chokidar';
import { type Report, Rounds, type RoundsOptions } from './rounds.js';

export interface Watch {
  /** Fails when something goes wrong that no saved file can mend. */
  readonly failed: Promise<never>;
  /** Settles when everything that is known to have changed has been run. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Editors save in several steps: what changes within this time is one change. */
const SETTLE_MS = 40;

/** Files whose change means something; a baseline is written by Assay itself. */
const MEANINGFUL = /\.(ya?ml|kql)$/i;

/**
 * Runs everything once, then again whatever a saved file affects: tests first, since they answer at once, and then the
 * measurements, unless another file is saved meanwhile.
 *
 * @param report told of every result as soon as it is there
 */
export async function watch(options: RoundsOptions, report: (report: Report) => void): Promise<Watch> {
  const rounds = await Rounds.open(options);
  let onFault: (fault: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    onFault = reject;
  });
  // Whoever waits for it is told; who does not must not be stopped by it.
  failed.catch(() => undefined);
  const queue = new Queue(rounds, report, onFault);
  const watcher = watchFiles([...options.paths, options.content], {
    ignoreInitial: true,
    ignored: (path, stats) =>
      /(^|[\\/])(node_modules|\.git)([\\/]|$)/.test(path) || (stats?.isFile() === true && !MEANINGFUL.test(path)),
  });
  watcher.on('all', (_, path) => {
    if (MEANINGFUL.test(path)) queue.changed(path);
  });
  await new Promise<void>((ready) => watcher.once('ready', ready));
  queue.run(rounds.all());
  return {
    failed,
    idle: () => queue.idle(),
    close: async () => {
      await watcher.close();
      await queue.idle();
      rounds.close();
    },
  };
}

/** Files that changed lately, and the two lanes in which they are dealt with: a long measurement holds up no test. */
class Queue {
  private readonly rounds: Rounds;
  private readonly files = new Set<string>();
  private readonly tests: Lane;
  private readonly measurements: Lane;
  private readonly onFault: (fault: unknown) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(rounds: Rounds, report: (report: Report) => void, onFault: (fault: unknown) => void) {
    this.rounds = rounds;
    this.onFault = onFault;
    this.tests = new Lane(async (folder) => report(await rounds.test(folder)), onFault);
    this.measurements = new Lane(async (folder) => {
      const measured = await rounds.measure(folder);
      // What was saved meanwhile is measured next; this one is of a rule that is no more.
      if (!this.measurements.waits(folder)) report(measured);
    }, onFault);
  }

  changed(file: string): void {
    this.files.add(file);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const files = [...this.files];
      this.files.clear();
      try {
        this.run(this.rounds.affectedBy(files));
      } catch (error) {
        this.onFault(error);
      }
    }, SETTLE_MS);
  }

  run(folders: readonly string[]): void {
    const tested = folders.map((folder) => this.tests.add(folder));
    // Tests answer first: measuring would slow them down.
    void Promise.all(tested).then(() => {
      for (const folder of folders) void this.measurements.add(folder);
    });
  }

  async idle(): Promise<void> {
    do {
      await new Promise((done) => setTimeout(done, SETTLE_MS));
      await this.tests.idle();
      await this.measurements.idle();
    } while (this.timer !== undefined || this.tests.busy || this.measurements.busy);
  }
}

/** Does one thing at a time, each once however often it was asked for meanwhile. */
class Lane {
  private readonly work: (folder: string) => Promise<void>;
  private readonly onFault: (fault: unknown) => void;
  private readonly waiting = new Map<string, Promise<void>>();
  private tail: Promise<void> = Promise.resolve();

  constructor(work: (folder: string) => Promise<void>, onFault: (fault: unknown) => void) {
    this.work = work;
    this.onFault = onFault;
  }

  get busy(): boolean {
    return this.waiting.size > 0;
  }

  waits(folder: string): boolean {
    return this.waiting.has(folder);
  }

  /** Settles when it is done. */
  add(folder: string): Promise<void> {
    const there = this.waiting.get(folder);
    if (there !== undefined) return there;
    const done = this.tail
      .then(() => {
        this.waiting.delete(folder);
        return this.work(folder);
      })
      .catch(this.onFault);
    this.waiting.set(folder, done);
    this.tail = done;
    return done;
  }

  async idle(): Promise<void> {
    await this.tail;
  }
}
