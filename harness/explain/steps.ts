import type { Detection } from '../detection/detection.js';
import type { Value } from '../kql/functions/registry.js';
import type { Planned } from '../kql/index.js';
import type { Aggregate, Column, Expr, Item, Join, Plan, Span } from '../kql/plan/plan.js';
import { writtenCell } from '../measure/cells.js';
import { placeAt } from '../mutate/mutants.js';
import { bits, hasBit, setBit, type Truth } from '../trace/bits.js';
import { traceColumn } from '../trace/columns.js';
import { exprsOf, plansIn } from '../trace/expressions.js';
import { decide, type Formula, Leaves } from '../trace/leaves.js';
import { type Part, partsOf } from '../trace/parts.js';
import type { Places } from '../trace/places.js';
import { columnsIn } from '../trace/row-rule.js';
import { type Site, sitesOf } from '../trace/sites.js';
import { leafIn, wordsOf } from '../trace/words.js';
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

/** Tells the steps of a rule as they were for one event. */
export class Steps {
  /** @param further counts for what is told of partners that an event did not meet; nothing to leave it out */
  constructor(
    private readonly detection: Detection,
    private readonly places: Places,
    private readonly look: Look,
    private readonly count: Count,
    private readonly further?: Count,
  ) {}

  /** In the order in which rows pass them. */
  async of({ plan }: Planned): Promise<ExplainedStep[]> {
    const sites = new Map<Plan, Site[]>();
    for (const site of sitesOf(plan)) sites.set(site.input, [...(sites.get(site.input) ?? []), site]);
    const steps: ExplainedStep[] = [];
    const done = new Set<Plan>();
    const order = inOrder(plan);
    const joins = this.places.joinsOf(plan);
    for (const node of order) {
      if (node.kind === 'aggregate') {
        // The names that the rule gives to what it groups come with the next node.
        const named = order.find((above) => above.kind === 'project' && above.input === node);
        steps.push(await this.group(node, named ?? node));
      }
      if (node.kind === 'join') steps.push(...(await this.join(node, joins.get(node))));
      if (!('input' in node) || done.has(node.input)) continue;
      done.add(node.input);
      for (const site of sites.get(node.input) ?? []) steps.push(await this.condition(site));
    }
    return steps;
  }

  private async condition(site: Site): Promise<ConditionStep> {
    const { clause, kind, input } = site;
    const leaves = new Leaves();
    const whole = leaves.formula(clause);
    const parts = partsOf(clause, leaves, this.places, kind === 'where');
    const read = columnsIn([clause.expr]);
    const words = wordsOf(leaves.exprs);
    const rows = await this.look(input, [...read.map(shown), ...words]);
    const truths = leaves.exprs.map((_, leaf): Truth => {
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
      return [{ ...this.stretch(part.span), kind: part.kind, text: this.text(part.span), value: held, decides }];
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
      const keys = (of: 'left' | 'right'): Item[] =>
        node.on.map((pair, i) => ({ column: traceColumn(i, nameOf(pair[of]), pair[of].type), expr: pair[of] }));
      const rows = await this.look(own, keys(side));
      const [first] = rows;
      if (first === undefined) continue;
      const opposite = side === 'left' ? 'right' : 'left';
      const partners = await this.count(other, keys(opposite), first.cells);
      const columns = keys(side).map(({ column }) => column);
      const step = this.placed(own, place ?? around(node.on.map((pair) => pair.left)), rows, columns, 0);
      const kind = node.unique ? 'innerunique' : node.join;
      const missing = partners === 0 ? await this.missing(other, keys(opposite), first.cells) : undefined;
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
    return { ...other, keptOut: { ...this.stretch(span), text: this.text(span), rows } };
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
    const tables = plansIn(from).flatMap((plan) => (plan.kind === 'table' ? [plan.table] : []));
    return {
      ...this.stretch(span),
      text: this.text(span),
      rows: rows.length,
      values: Object.fromEntries(values),
      tables: [...new Set(tables)],
    };
  }

  private text(span: Span | undefined): string {
    if (span === undefined) return '';
    const { text } = this.detection.deployed;
    return text.slice(span.start, span.start + span.length).replace(/\s+/g, ' ');
  }

  private stretch(span: Span | undefined): Stretch {
    if (span === undefined) return { line: 0, column: 0, endLine: 0, endColumn: 0 };
    const { text, placeInFile } = this.detection.deployed;
    const from = placeInFile(placeAt(text, span.start));
    const to = placeInFile(placeAt(text, span.start + span.length));
    return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }
}

/** The nodes of a plan, each after those that it takes its rows from. */
function inOrder(plan: Plan): Plan[] {
  return [...plansIn(plan)].reverse();
}

/** The stretch from the first to the last of several expressions; a literal may stand where a `let` names it. */
function around(exprs: readonly Expr[]): Span | undefined {
  const spans = exprs.flatMap((expr) => (expr.kind !== 'literal' && expr.span !== undefined ? [expr.span] : []));
  if (spans.length === 0) return undefined;
  const start = Math.min(...spans.map((span) => span.start));
  return { start, length: Math.max(...spans.map((span) => span.start + span.length)) - start };
}

function nameOf(expr: Expr): string {
  return expr.kind === 'column' ? expr.column.name : 'key';
}

function written(value: Value | undefined, type: Column['type']): Fields[string] {
  return writtenCell(value ?? null, type);
}
