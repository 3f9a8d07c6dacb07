import type { SensorPart } from '../../simulators/sensor-parts.js';
import type { Proportion, Range, Unmeasured } from '../measure/measurement.js';

/** What a rule is worth over what one sensor tells. */
export interface SensorOutcome {
  readonly recall: Proportion;
  readonly alertsPerDayPer1000Hosts: Range | Unmeasured;
  /** Claimed attacks that the rule catches here and not over what the workload's own sensor tells, and the other way around. */
  readonly gained: number;
  readonly lost: number;
}

/** What each part of the sensor costs a detection: the document of `assay sensor --json`. */
export interface SensorResult {
  readonly version: 1;
  readonly detection: { readonly id: string; readonly title: string };
  readonly workload: { readonly name: string; readonly hosts: number; readonly days: number; readonly seed: number };
  /** Over what the workload's own sensor tells. */
  readonly seen: SensorOutcome;
  readonly parts: readonly {
    readonly part: SensorPart;
    /** With this part alone switched off; nothing where the workload's sensor does without it. */
    readonly without?: SensorOutcome;
  }[];
  /** With all of them switched off: what the rule would be worth if nothing were lost. */
  readonly clear: SensorOutcome;
}
