import type { DuckDBConnection } from '@duckdb/node-api';
import type { Deadline } from '../kql/bounds.js';
import { Refusal } from '../kql/errors.js';
import type { Bound } from '../kql/types.js';

/** How often the program looks after a query that runs, in milliseconds. */
const EVERY_MS = 10;

/** By how much a query may exceed its memory before it is stopped: where DuckDB keeps to it, the process does, too. */
const TOLERANCE = 1.05;

/** Queries that run at this moment: they share the memory of the process. */
let running = 0;

/**
 * Looks after a query while it runs, and stops it where it takes too long or too much.
 *
 * DuckDB keeps its own count of memory, but not of what its functions work on, of lists that grow, or of what the
 * program holds for it: that is seen in what the process takes more than before.
 */
export class Watch {
  private readonly before = process.memoryUsage.rss();
  private readonly timer: NodeJS.Timeout;
  private why: string | undefined;
  private checked = 0;

  constructor(
    private readonly connection: DuckDBConnection,
    readonly deadline: Deadline,
    private readonly memory: Bound,
  ) {
    running++;
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  /** Why the query was stopped, where it was. */
  get stopped(): string | undefined {
    return this.why;
  }

  /**
   * For those who hold the thread on behalf of the query, where no timer runs.
   *
   * @throws Refusal where the query takes too long or too much
   */
  check(): void {
    if (performance.now() > this.checked + EVERY_MS) this.look();
    if (this.why !== undefined) throw new Refusal('resource-limit', this.why);
  }

  end(): void {
    running--;
    clearInterval(this.timer);
  }

  private look(): void {
    this.checked = performance.now();
    if (performance.now() > this.deadline.at) this.why ??= this.deadline.message;
    else if (process.memoryUsage.rss() - this.before > this.memory.most * TOLERANCE * running)
      this.why ??= tooMuchMemory(this.memory);
    // Again and again: a query that is between two steps does not hear it.
    if (this.why !== undefined) this.connection.interrupt();
  }
}

/** What is said of a query that needs too much memory. */
export function tooMuchMemory({ raise }: Bound): string {
  return `The query needs more memory than it is given. ${raise}`;
}
