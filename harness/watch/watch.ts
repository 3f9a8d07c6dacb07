import { watch as watchFiles } from 'chokidar';
import { type Report, Rounds, type RoundsOptions } from './rounds.js';

export interface Watch {
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
  const queue = new Queue(rounds, report);
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
    idle: () => queue.idle(),
    close: async () => {
      await watcher.close();
      await queue.idle();
      rounds.close();
    },
  };
}

/** One run at a time; what is saved meanwhile goes first, and is measured with what was left. */
class Queue {
  private readonly rounds: Rounds;
  private readonly report: (report: Report) => void;
  private readonly files = new Set<string>();
  private readonly toTest = new Set<string>();
  private readonly toMeasure = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(rounds: Rounds, report: (report: Report) => void) {
    this.rounds = rounds;
    this.report = report;
  }

  changed(file: string): void {
    this.files.add(file);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const files = [...this.files];
      this.files.clear();
      this.run(this.rounds.affectedBy(files));
    }, SETTLE_MS);
  }

  run(folders: readonly string[]): void {
    for (const folder of folders) {
      this.toTest.add(folder);
      this.toMeasure.add(folder);
    }
    this.running ??= this.work().finally(() => {
      this.running = undefined;
    });
  }

  async idle(): Promise<void> {
    while (this.timer !== undefined || this.running !== undefined) {
      if (this.running !== undefined) await this.running;
      else await new Promise((done) => setTimeout(done, SETTLE_MS));
    }
  }

  private async work(): Promise<void> {
    for (;;) {
      const test = take(this.toTest);
      if (test !== undefined) {
        this.report(await this.rounds.test(test));
        continue;
      }
      const measure = take(this.toMeasure);
      if (measure === undefined) return;
      this.report(await this.rounds.measure(measure));
    }
  }
}

function take(set: Set<string>): string | undefined {
  const [first] = set;
  if (first !== undefined) set.delete(first);
  return first;
}
