import type { Advice } from '../harness/advise/result.js';
import type { EvasionResult } from '../harness/evade/result.js';
import type { Guide } from '../harness/guide/result.js';
import type { MutationResult } from '../harness/mutate/result.js';
import type { Tuning } from '../harness/tune/result.js';

/** What other commands found about the detections of a measurement, by their ids. */
export interface Companions {
  readonly mutation: ReadonlyMap<string, MutationResult>;
  readonly tuning: ReadonlyMap<string, Tuning>;
  readonly evasion: ReadonlyMap<string, EvasionResult>;
  readonly advice: ReadonlyMap<string, Advice>;
  readonly guide: ReadonlyMap<string, Guide>;
}

export const NO_COMPANIONS: Companions = {
  mutation: new Map(),
  tuning: new Map(),
  evasion: new Map(),
  advice: new Map(),
  guide: new Map(),
};
