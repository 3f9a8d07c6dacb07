import type { Detection } from '../detection/detection.js';
import { formatDuration } from '../detection/duration.js';
import type { Trigger } from '../detection/rule.js';
import type { Names } from '../kql/index.js';
import { piecesOf } from './pieces.js';
import type { DetectionComparison, RuleChange } from './result.js';
import { type Candidate, type ChangedEvent, nothing, type Runner } from './runner.js';
import { diffTexts, type TextChange, type TextDiff } from './text-diff.js';

export type Causes = Pick<DetectionComparison, 'changes' | 'together'>;

/** Versions of a rule that are run over all events to find out what each change did. */
const MOST_RUNS = 200;

/** A difference between two versions of a detection: of their texts, or of how they are run. */
type Cause = Omit<RuleChange, 'events'> & { readonly of: ReadonlySet<TextChange> | 'setting' };

/**
 * What each change between two versions did to the events that were gained and lost.
 *
 * Each change is taken back from the newer version, and made to the older one alone. An event counts for the changes
 * without which it would be as before; where there is none, for those that are enough by themselves.
 *
 * @param runner of both versions; a text where they cannot both be run, which says why
 */
export async function causesOf(
  base: Detection,
  head: Detection,
  names: Names,
  runner: Runner | string,
): Promise<Causes> {
  const diff = diffTexts(piecesOf(base.deployed.text, names), piecesOf(head.deployed.text, names));
  const causes = [...textCauses(diff, base, head), ...settingCauses(base, head)];
  const listed = (reason: string): Causes => ({
    changes: causes.map(({ of: _, ...cause }) => ({ ...cause, events: { unmeasured: reason } })),
    together: nothing(),
  });
  if (typeof runner === 'string') return listed(runner);
  if (!runner.rowByRow && 2 * causes.length > MOST_RUNS) {
    return listed(`${causes.length} changes would take ${2 * causes.length} runs over all events`);
  }
  const version = (made: ReadonlySet<TextChange>, run: Detection): Candidate => ({ text: diff.version(made), run });
  const all = new Set(diff.changes);
  const judge = async (cause: Cause): Promise<Judged> => {
    const { of } = cause;
    const alone = of === 'setting' ? version(new Set(), settingsOf(base, head)) : version(of, base);
    const without =
      of === 'setting'
        ? version(all, settingsOf(head, base))
        : version(new Set([...all].filter((it) => !of.has(it))), head);
    return { cause, alone: await runner.returned(alone), without: await runner.returned(without) };
  };
  const judged: Judged[] = [];
  for (const cause of causes) judged.push(await judge(cause));
  const entangled = judged.filter(({ alone, without }) => alone === undefined && without === undefined);
  const apart = judged.filter((each) => !entangled.includes(each));
  if (entangled.length > 1) apart.push(await judge(entangledCause(entangled.map(({ cause }) => cause))));
  else apart.push(...entangled);
  return attribute(apart, runner.events);
}

interface Judged {
  readonly cause: Cause;
  /** Of the changed events, those that the older version with only this change returns; nothing if it cannot be run. */
  readonly alone: ReadonlySet<bigint> | undefined;
  /** Those that the newer version without this change returns. */
  readonly without: ReadonlySet<bigint> | undefined;
}

function attribute(judged: readonly Judged[], events: readonly ChangedEvent[]): Pick<Causes, 'changes' | 'together'> {
  const swings = new Map(judged.map((each) => [each, nothing()]));
  const together = nothing();
  for (const { id, direction, truth } of events) {
    const gained = direction === 'gained';
    const needed = judged.filter(({ without }) => without !== undefined && without.has(id) !== gained);
    const enough = judged.filter(({ alone }) => alone !== undefined && alone.has(id) === gained);
    const causes = needed.length > 0 ? needed : enough;
    for (const cause of causes) (swings.get(cause) ?? together)[direction][truth] += 1;
    if (causes.length === 0) together[direction][truth] += 1;
  }
  const changes = judged.map((each): RuleChange => {
    const { of: _, ...cause } = each.cause;
    const known = each.alone !== undefined || each.without !== undefined;
    const swing = swings.get(each) ?? nothing();
    return { ...cause, events: known ? swing : { unmeasured: 'no version with or without it alone can be run' } };
  });
  return { changes, together };
}

function textCauses({ changes }: TextDiff, base: Detection, head: Detection): Cause[] {
  return changes.map((change): Cause => {
    const { kind, list, removed, added, clause, side, place } = change;
    const { line, column } = (side === 'base' ? base : head).deployed.placeInFile(place);
    const named = list === undefined ? {} : { list };
    return { kind, ...named, removed, added, clause, side, line, column, of: new Set([change]) };
  });
}

/** Changes that only stand together, such as a variable and its use. */
function entangledCause(causes: readonly Cause[]): Cause {
  const joined = (of: 'removed' | 'added'): string =>
    causes
      .map((cause) => cause[of])
      .filter((text) => text !== '')
      .join(' … ');
  const [first] = causes;
  const { clause = '', side = 'head', line = 0, column = 0 } = first ?? {};
  const texts = causes.flatMap(({ of }) => (of === 'setting' ? [] : [...of]));
  return {
    kind: 'clause',
    removed: joined('removed'),
    added: joined('added'),
    clause,
    side,
    line,
    column,
    of: new Set(texts),
  };
}

function settingCauses(base: Detection, head: Detection): Cause[] {
  const was = settingText(base);
  const is = settingText(head);
  if (was === is) return [];
  return [
    { kind: 'setting', removed: was, added: is, clause: 'schedule', side: 'head', line: 0, column: 0, of: 'setting' },
  ];
}

function settingText({ runs, deployed }: Detection): string {
  const lookback = runs.lookback === undefined ? '' : ` over ${formatDuration(runs.lookback)}`;
  const { operator, threshold }: Trigger = deployed.trigger ?? { operator: 'gt', threshold: 0 };
  return `every ${formatDuration(runs.every)}${lookback}, rows ${operator} ${threshold}`;
}

/** A detection run as another one is. */
function settingsOf(detection: Detection, other: Detection): Detection {
  const { trigger: _, ...rule } = detection.deployed;
  const { trigger } = other.deployed;
  return {
    ...detection,
    runs: other.runs,
    deployed: { ...rule, ...(trigger !== undefined && { trigger }) } as Detection['deployed'],
  };
}
