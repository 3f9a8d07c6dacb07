import { diffWords } from 'diff';
import type { Detection } from '../detection/detection.js';
import type { DetectionComparison } from './result.js';
import type { Side } from './sides.js';

/** What became of a detection. */
export interface Pair {
  readonly change: DetectionComparison['change'];
  readonly base?: Detection;
  readonly head?: Detection;
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  /** Ids of the detections that are the same in both. */
  readonly same: readonly string[];
}

/** Rules with at least this share of their words in common are taken for one that was renamed. */
const RENAMED = 0.6;

/** Which detections of two sides belong together: by id, else by the rule's own id or text. */
export function pairUp(base: Side, head: Side): Pairing {
  const [was] = base.detections;
  const [is] = head.detections;
  if (base.single && head.single && was !== undefined && is !== undefined) {
    return isSame(was, is) ? { pairs: [], same: [is.id] } : { pairs: [paired(was, is)], same: [] };
  }
  const gone = base.detections.filter(({ id }) => !head.detections.some((other) => other.id === id));
  const pairs: Pair[] = [];
  const same: string[] = [];
  for (const detection of head.detections) {
    const before = base.detections.find(({ id }) => id === detection.id) ?? takeRenamed(gone, detection);
    if (before === undefined) pairs.push({ change: 'added', head: detection });
    else if (isSame(before, detection)) same.push(detection.id);
    else pairs.push(paired(before, detection));
  }
  return { pairs: [...pairs, ...gone.map((detection): Pair => ({ change: 'deleted', base: detection }))], same };
}

function paired(base: Detection, head: Detection): Pair {
  return { change: base.id === head.id ? 'changed' : 'renamed', base, head };
}

/** Whether everything that decides alerts, and all that others depend on, is the same. */
function isSame(a: Detection, b: Detection): boolean {
  return decisive(a) === decisive(b);
}

function decisive({ id, environment, deployed, runs, grouping, claims }: Detection): string {
  const document = deployed.kind === 'kql' ? undefined : deployed.document.value;
  const parts = [id, environment, deployed.text, document, deployed.trigger, runs, grouping, claims];
  return JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

function takeRenamed(gone: Detection[], detection: Detection): Detection | undefined {
  const index = gone.findIndex(
    (candidate) => hasSameRuleId(candidate, detection) || likeness(candidate, detection) >= RENAMED,
  );
  return index === -1 ? undefined : gone.splice(index, 1)[0];
}

function hasSameRuleId(a: Detection, b: Detection): boolean {
  const idOf = ({ deployed }: Detection): string | undefined =>
    deployed.kind === 'kql' ? undefined : deployed.document.value.id;
  return idOf(a) !== undefined && idOf(a) === idOf(b);
}

/** Share of the words that two rules have in common, by length. */
function likeness({ deployed: { text: a } }: Detection, { deployed: { text: b } }: Detection): number {
  const common = diffWords(a, b)
    .filter(({ added, removed }) => !added && !removed)
    .reduce((sum, { value }) => sum + value.length, 0);
  return (2 * common) / Math.max(1, a.length + b.length);
}

/** A detection's rule in the words of the comparison. */
export function versionOf({ id, deployed }: Detection): { id: string; file: string; sha256: string } {
  return { id, file: deployed.file.replaceAll('\\', '/'), sha256: deployed.sha256 };
}
