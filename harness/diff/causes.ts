import type { Detection } from '../detection/detection.js';
import { formatDuration } from '../detection/duration.js';
import { literalLists } from '../detection/lists.js';
import type { Trigger } from '../detection/rule.js';
import { KqlError, type Names } from '../kql/index.js';
import { idsOf } from '../measure/counts.js';
import type { PlayedWorld } from '../measure/play.js';
import { runScheduled } from '../measure/runs.js';
import { playedTables } from '../measure/workload.js';
import { type Kept, keepEvents } from '../measure/world.js';
import { piecesOf } from './pieces.js';
import type { DetectionComparison, EntrySwing, RuleChange, Swing } from './result.js';
import { CHANGED_EVENTS } from './swings.js';
import { diffTexts, type TextChange, type TextDiff } from './text-diff.js';

export type Causes = Pick<DetectionComparison, 'changes' | 'entries' | 'together'>;

/** Versions of a rule that are run over all events to find out what each change did. */
const MOST_RUNS = 200;

/** A difference between two versions of a detection: of their texts, or of how they are run. */
type Cause = Omit<RuleChange, 'events'> & { readonly of: ReadonlySet<TextChange> | 'setting' };

interface Candidate {
  readonly text: string;
  readonly run: Detection;
}

/**
 * What each change between two versions did to the events that were gained and lost.
 *
 * Each change is taken back from the newer version, and made to the older one alone. An event counts for the changes
 * without which it would be as before; where there is none, for those that are enough by themselves.
 *
 * @param attributable why no version between the two can be run; absent where it can
 */
export async function causesOf(
  base: Detection,
  head: Detection,
  names: Names,
  played: PlayedWorld,
  unattributable?: string,
): Promise<Causes> {
  const diff = diffTexts(piecesOf(base.deployed.text, names), piecesOf(head.deployed.text, names));
  const causes = [...textCauses(diff, base, head), ...settingCauses(base, head)];
  const listed = (reason: string): Causes => ({
    changes: causes.map(({ of: _, ...cause }) => ({ ...cause, events: { unmeasured: reason } })),
    entries: { unmeasured: reason },
    together: nothing(),
  });
  if (unattributable !== undefined) return listed(unattributable);
  const events = await changedEvents(played);
  const runner = await Runner.over(played, base, head, names);
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
  return { ...attribute(apart, events), entries: await entriesOf(base, head, names, runner, events) };
}

interface ChangedEvent {
  readonly id: bigint;
  readonly direction: 'gained' | 'lost';
  readonly truth: 'true' | 'false';
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

function nothing(): Swing {
  return { gained: { true: 0, false: 0 }, lost: { true: 0, false: 0 } };
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

async function changedEvents({ world }: PlayedWorld): Promise<ChangedEvent[]> {
  const rows = await world.query(`SELECT id, direction, label FROM ${CHANGED_EVENTS}`);
  return rows.map((row) => ({
    id: row['id'] as bigint,
    direction: row['direction'] === 'gained' ? 'gained' : 'lost',
    truth: row['label'] === 'malicious' ? 'true' : 'false',
  }));
}

/** Runs versions for the changed events that they return. */
class Runner {
  private readonly played: PlayedWorld;
  private readonly tables: readonly string[];
  /** The changed events alone, where no version looks at others. */
  private readonly kept: Kept | undefined;

  private constructor(played: PlayedWorld, tables: readonly string[], kept: Kept | undefined) {
    this.played = played;
    this.tables = tables;
    this.kept = kept;
  }

  static async over(played: PlayedWorld, base: Detection, head: Detection, names: Names): Promise<Runner> {
    const { world } = played;
    const tables = new Set([base, head].flatMap(({ deployed }) => playedTables(world.compile(deployed.text), played)));
    const alone = [base, head].every(
      ({ deployed }) => deployed.trigger === undefined && literalLists(deployed.text, names).rowByRow,
    );
    const ids = `SELECT id FROM ${CHANGED_EVENTS}`;
    return new Runner(played, [...tables], alone ? await keepEvents(world, [...tables], ids, 'changed') : undefined);
  }

  get rowByRow(): boolean {
    return this.kept !== undefined;
  }

  /** The changed events that a version returns; nothing where it does not run. */
  async returned({ text, run }: Candidate): Promise<ReadonlySet<bigint> | undefined> {
    const { world } = this.played;
    try {
      const compiled = world.compile(text);
      if (compiled.lineage === 'none') return undefined;
      const used = playedTables(compiled, this.played);
      const tables = this.tables.filter((table) => used.includes(table));
      const rule = { compiled: { ...compiled, sql: `SELECT _lineage FROM (${compiled.sql})` }, tables };
      const made = await runScheduled(world, rule, run.runs, run.deployed.trigger, this.kept);
      const rows = await world.query(
        `SELECT DISTINCT id FROM (${idsOf(made)}) AS hit(id) SEMI JOIN ${CHANGED_EVENTS} USING (id)`,
      );
      return new Set(rows.map((row) => row['id'] as bigint));
    } catch (error) {
      if (error instanceof KqlError) return undefined;
      throw error;
    }
  }
}

/** The list entries through which gained events came in, by the newer rule, and lost ones had come in, by the older. */
async function entriesOf(
  base: Detection,
  head: Detection,
  names: Names,
  runner: Runner,
  events: readonly ChangedEvent[],
): Promise<Causes['entries']> {
  if (!runner.rowByRow) return { unmeasured: 'the rule looks at several rows at a time' };
  const found = new Map<string, EntrySwing>();
  for (const [direction, detection] of [
    ['gained', head],
    ['lost', base],
  ] as const) {
    const changed = events.filter((event) => event.direction === direction);
    if (changed.length === 0) continue;
    for (const list of literalLists(detection.deployed.text, names).lists) {
      const emptied = await runner.returned({ text: list.keeping([]), run: detection });
      // Only a list that lets events in has entries that they came in through.
      if (emptied === undefined || changed.every(({ id }) => emptied.has(id))) continue;
      for (const entry of list.entries) {
        const kept = await runner.returned({ text: list.keeping([entry]), run: detection });
        const through = changed.filter(({ id }) => kept?.has(id) === true && !emptied.has(id));
        if (through.length === 0) continue;
        const key = JSON.stringify([list.name, entry.value]);
        const place = detection.deployed.placeInFile({ line: entry.line, column: entry.column });
        const swing = found.get(key) ?? { list: list.name, entry: entry.value, ...place, events: nothing() };
        for (const { truth } of through) swing.events[direction][truth] += 1;
        found.set(key, swing);
      }
    }
  }
  return [...found.values()];
}
