import type { Detection } from '../detection/detection.js';
import { Engine } from '../engine/index.js';
import type { Catalog } from '../tables/catalog.js';
import { type PlayedWorld, playWorld, type WorkloadChoice, workloadOf } from './play.js';
import { worldOf } from './world.js';

export interface WorldsOptions {
  /** Overrides what the detections say of their workloads. */
  readonly workload: WorkloadChoice;
  /** Told what is being done, for whoever waits, and which share of it is done, where that is known. */
  readonly onStage?: (stage: string, done?: number) => void;
}

/** Played worlds, so that detections over the same workload share one; the latest are kept. */
export class Worlds {
  private readonly options: WorldsOptions;
  private readonly capacity: number;
  /** In the order in which they were made. */
  private readonly made = new Map<string, { readonly engine: Engine; readonly played: PlayedWorld }>();

  /** @param capacity how many to keep: each holds all its events in memory */
  constructor(options: WorldsOptions, capacity = 1) {
    this.options = options;
    this.capacity = capacity;
  }

  /**
   * The world of a detection's workload, played unless it is there.
   *
   * @throws FileError when the workload or one of its scenarios is at fault
   */
  async of(detection: Detection, catalog: Catalog): Promise<PlayedWorld> {
    const workload = workloadOf(detection, this.options.workload);
    const key = JSON.stringify([detection.environment, workload]);
    const there = this.made.get(key);
    if (there !== undefined) return seenBy(there.played, catalog);
    while (this.made.size >= this.capacity) this.closeOldest();
    const { own } = this.options.workload;
    const events = own === undefined ? '' : 'reading events, and ';
    const stage = `${detection.id}: ${events}simulating ${workload.title}`;
    const { onStage } = this.options;
    onStage?.(stage, 0);
    const engine = await Engine.open();
    try {
      const played = await playWorld(engine, workload, catalog, own, (done) => onStage?.(stage, done));
      this.made.set(key, { engine, played });
      return played;
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  close(): void {
    while (this.made.size > 0) this.closeOldest();
  }

  private closeOldest(): void {
    const [oldest] = this.made;
    if (oldest === undefined) return;
    this.made.delete(oldest[0]);
    oldest[1].engine.close();
  }
}

/** A world as rules of one catalog see it: the rows from outside are a detection's own. */
function seenBy(played: PlayedWorld, catalog: Catalog): PlayedWorld {
  const { start, end } = played.world;
  return { ...played, world: worldOf(played.engine, catalog, start, end) };
}
