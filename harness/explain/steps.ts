import type { Value } from '../kql/functions/registry.js';
import type { Aggregate, Column, Expr, Item, Join, Plan, Span } from '../kql/plan/plan.js';
import { writtenCell } from '../measure/cells.js';
import { bits, hasBit, setBit, type Truth } from '../trace/bits.js';
import { exprsOf } from '../trace/expressions.js';
import { decide, type Formula } from '../trace/leaves.js';
import type { Part } from '../trace/parts.js';
import type { Site } from '../trace/sites.js';
import { leafIn } from '../trace/words.js';
import { otherSide } from './partners.js';
import type {
  ConditionStep,
  ExplainedPart,
  ExplainedStep,
  Fields,
  GroupStep,
  JoinStep,
  MissingPartners,
  Stretch,
} from './result.js';
import { type Count, type Look, shown, type TracedRow } from './rows.js';
import type { Study } from './study.js';

/** Tells the steps of a rule as they were for one event. */
export class Steps {
  /** @param further counts for what is told of partners that an event did not meet; nothing to leave it out */
  constructor(
    private readonly study: Study,
    private readonly look: Look,
    private readonly count: Count,
    private readonly further?: Count,
  ) {}

  /** In the order in which rows pass them. */
  async told(): Promise<ExplainedStep[]> {
    const { order, joins } = this.study;
    const steps: ExplainedStep[] = [];
    const done = new Set<Plan>();
    for (const node of order) {
      if (node.kind === 'aggregate') {
        // The names that the rule gives to what it groups come with the next node.
        const named = order.find((above) => above.kind === 'project' && above.input === node);
        steps.push(await this.group(node, named ?? node));
      }
      if (node.kind === 'join') steps.push(...(await this.join(node, joins.get(node))));
      if (!('input' in node) || done.has(node.input)) continue;
      done.add(node.input);
      for (const site of this.study.sitesAt(node.input)) steps.push(await this.condition(site));
    }
    return steps;
  }

  private async condition(site: Site): Promise<ConditionStep> {
    const { clause, kind, input } = site;
    const { leaves, whole, parts, read, items } = this.study.condition(site);
    const rows = await this.look(input, items);
    const truths = leaves.map((_, leaf): Truth => {
      const truth = { yes: bits(rows.length), no: bits(rows.length) };
      for (const [index, { cells }] of rows.entries()) {
        const value = leafIn(cells.slice(read.length), leaf);
        if (value !== null) setBit(value ? truth.yes : truth.no, index);
      }
      return truth;
    });
    const of = (formula: Formula): Truth => decide(formula, truths, rows.length);
    // The row that went furthest tells more than one that was stopped.
    const index = Math.max(
      0,
      rows.findIndex((_, row) => hasBit(of(whole).yes, row)),
    );
    const value = (formula: Formula): boolean | null => {
      if (rows.length === 0) return null;
      const { yes, no } = of(formula);
      return hasBit(yes, index) ? true : hasBit(no, index) ? false : null;
    };
    const told = (part: Part): ExplainedPart[] => {
      const held = value(part.held);
      if (part.span === undefined || (part.kind === 'entry' && held !== true)) return [];
      const decides = rows.length > 0 && (value(whole) === true) !== (value(part.without) === true);
      return [
        { ...this.study.stretch(part.span), kind: part.kind, text: this.study.text(part.span), value: held, decides },
      ];
    };
    return {
      ...this.placed(input, clause.expr.span, rows, read, index),
      kind,
      ...(site.column !== undefined && { makes: site.column }),
      value: value(whole),
      parts: parts.flatMap(told),
    };
  }

  private async group(node: Aggregate, named: Plan): Promise<GroupStep> {
    const rows = await this.look(named, named.columns.map(shown));
    const step = this.placed(node, around(exprsOf(node)), rows, named.columns, 0);
    return { ...step, kind: 'group', events: rows[0]?.events ?? 0 };
  }

  private async join(node: Join, place: Span | undefined): Promise<JoinStep[]> {
    const steps: JoinStep[] = [];
    for (const side of ['left', 'right'] as const) {
      const [own, other] = side === 'left' ? [node.left, node.right] : [node.right, node.left];
      const keys = this.study.keysOf(node, side);
      const rows = await this.look(own, keys);
      const [first] = rows;
      if (first === undefined) continue;
      const opposite = this.study.keysOf(node, side === 'left' ? 'right' : 'left');
      const partners = await this.count(other, opposite, first.cells);
      const columns = keys.map(({ column }) => column);
      const step = this.placed(own, place ?? around(node.on.map((pair) => pair.left)), rows, columns, 0);
      const kind = node.unique ? 'innerunique' : node.join;
      const missing = partners === 0 ? await this.missing(other, opposite, first.cells) : undefined;
      steps.push({ ...step, kind: 'join', join: kind, side, partners, ...(missing !== undefined && { missing }) });
    }
    return steps;
  }

  private async missing(
    side: Plan,
    keys: readonly Item[],
    wanted: readonly Value[],
  ): Promise<MissingPartners | undefined> {
    if (this.further === undefined) return undefined;
    const { keptOut, ...other } = await otherSide(side, keys, wanted, this.further);
    if (keptOut === undefined) return other;
    const { span, rows } = keptOut;
    return { ...other, keptOut: { ...this.study.stretch(span), text: this.study.text(span), rows } };
  }

  private placed(
    from: Plan,
    span: Span | undefined,
    rows: readonly TracedRow[],
    columns: readonly Column[],
    index: number,
  ): Stretch & Pick<ExplainedStep, 'text' | 'rows' | 'values' | 'tables'> {
    const cells = rows[index]?.cells ?? [];
    const values =
      rows.length === 0 ? [] : columns.map(({ name, type }, i) => [name, written(cells[i], type)] as const);
    return {
      ...this.study.stretch(span),
      text: this.study.text(span),
      rows: rows.length,
      values: Object.fromEntries(values),
      tables: [...this.study.tablesOf(from)],
    };
  }
}

/** The stretch from the first to the last of several expressions; a literal may stand where a `let` names it. */
function around(exprs: readonly Expr[]): Span | undefined {
  const spans = exprs.flatMap((expr) => (expr.kind !== 'literal' && expr.span !== undefined ? [expr.span] : []));
  if (spans.length === 0) return undefined;
  const start = Math.min(...spans.map((span) => span.start));
  return { start, length: Math.max(...spans.map((span) => span.start + span.length)) - start };
}

function written(value: Value | undefined, type: Column['type']): Fields[string] {
  return writtenCell(value ?? null, type);
}
