import type { Detection } from '../detection/detection.js';
import type { Expr, Join, Plan, Span } from '../kql/plan/plan.js';
import { someExpr } from '../kql/plan/rewrite.js';
import { placeAt } from '../mutate/mutants.js';
import { type Clause, clauseOf } from '../trace/clauses.js';
import { plansIn, within } from '../trace/expressions.js';
import { columnsIn } from '../trace/row-rule.js';
import { meaningIn } from './exclusions.js';
import type { RatedClause } from './result.js';

/** A level of Summiting the Pyramid, with the reason; no level for what attackers have no part in. */
interface Rating {
  readonly level?: number;
  readonly why: string;
}

/**
 * Levels of what fields hold, by the first pattern that their name matches, as the Center for Threat-Informed Defense
 * orders observables ("Summiting the Pyramid", levels 1 to 5:
 * https://center-for-threat-informed-defense.github.io/summiting-the-pyramid/levels/).
 */
const FIELDS: readonly (readonly [RegExp, Rating])[] = [
  [
    /^(Timestamp|TimeGenerated|_TimeReceived|ReportId|Type|TenantId|SourceSystem|AppGuardContainerId)$/,
    { why: 'the time and number of an event are the sensor’s' },
  ],
  [/(SHA1|SHA256|MD5)$/, { level: 1, why: 'a hash changes with any bit of the file' }],
  [/^(RemoteUrl|AdditionalFields)$/, { level: 1, why: 'a name of a destination is one text in the malware' }],
  [/IPType$/, { level: 5, why: 'a dead drop is public by its nature, so the contact leaves the estate' }],
  [/^(RemoteIP|LocalIP|.*SessionIP)$/, { level: 1, why: 'an address changes with the server' }],
  [/Port$/, { level: 1, why: 'a port is a setting of the malware and its server' }],
  [/^(Protocol|ActionType)$/, { level: 5, why: 'whatever looks something up makes a connection of this kind' }],
  [
    /(SignerType|SignatureStatus|Signer)$/,
    { level: 3, why: 'a signature needs a key, or a signed program that is there already' },
  ],
  [
    /VersionInfo/,
    { level: 2, why: 'a file’s header is written by whoever builds the file: it holds for tools as they are brought' },
  ],
  [/CommandLine$/, { level: 2, why: 'arguments are those of the tool that is brought, or typed by the attacker' }],
  [/(FileName|FolderPath)$/, { level: 1, why: 'names and places of files are the attacker’s choice' }],
  [
    /(IntegrityLevel|TokenElevation|LogonType)$/,
    { level: 3, why: 'rights are granted by the system, not taken along' },
  ],
  [
    /(Account|Upn|Sid|ObjectId|LogonId|Device|Machine|SessionId|RemoteSession)/i,
    { level: 1, why: 'whose session and host it is changes from victim to victim' },
  ],
  [/(ProcessId|UniqueId|ParentId|CreationTime|FileSize)$/, { level: 1, why: 'it changes from run to run' }],
  [/^Registry/, { level: 4, why: 'the place in the registry is what some ways of the technique need' }],
];

const COMPUTED: Rating = {
  level: 4,
  why: 'it is worked out over several events: what some ways of the technique cannot but do',
};

const PRESENT: Rating = { why: 'it only asks that the sensor told something' };

const PAUSE: Rating = { level: 1, why: 'the pause between two events is a number in the malware' };

const TIME = /^(Timestamp|TimeGenerated)$/;

function asksForPresence(expr: Expr): boolean {
  return expr.kind === 'call' && /^is(not)?(empty|null)$/.test(expr.fn.name);
}

const TOGETHER: Rating = {
  level: 4,
  why: 'it takes two events that belong together, which ways that part them by process or time do not show',
};

/** Each clause that every alert has to pass, in the order of the text, with its level. */
export function ratedClauses(plan: Plan, detection: Detection, stored: ReadonlySet<string>): RatedClause[] {
  const meaning = meaningIn(plan);
  const found = new Map<string, RatedClause>();
  for (const node of plansIn(plan)) {
    for (const [expr, rating, fields] of ratedIn(node, meaning, stored)) {
      const { span } = expr;
      if (span === undefined) continue;
      const clause = toldAt(detection, span, rating, fields);
      found.set(`${clause.line}:${clause.column}:${clause.endLine}:${clause.endColumn}`, clause);
    }
  }
  return [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function ratedIn(
  node: Plan,
  meaning: ReadonlyMap<number, Expr>,
  stored: ReadonlySet<string>,
): [Expr, Rating, string[]][] {
  if (node.kind === 'filter') {
    const whole = clauseOf(node.predicate);
    const parts = whole.kind === 'all' ? whole.parts : [whole];
    return parts.map((part) => [part.expr, rate(part, meaning, stored), fieldsIn(part.expr, meaning, stored)]);
  }
  return node.kind === 'join' ? joined(node, meaning, stored) : [];
}

function joined(
  { on }: Join,
  meaning: ReadonlyMap<number, Expr>,
  stored: ReadonlySet<string>,
): [Expr, Rating, string[]][] {
  const [first] = on;
  if (first === undefined) return [];
  return [[first.left, TOGETHER, on.flatMap(({ left }) => fieldsIn(left, meaning, stored))]];
}

function rate(clause: Clause, meaning: ReadonlyMap<number, Expr>, stored: ReadonlySet<string>): Rating {
  switch (clause.kind) {
    // Of an `and` one part need be passed by; of an `or` all, so that the hardest decides.
    case 'all':
      return extreme(
        clause.parts.map((part) => rate(part, meaning, stored)),
        'least',
      );
    case 'any':
      return extreme(
        clause.parts.map((part) => rate(part, meaning, stored)),
        'most',
      );
    case 'not':
      return rate(clause.part, meaning, stored);
    default: {
      const { expr } = clause;
      const computed = expr.kind === 'column' && expr.type === 'bool' ? meaning.get(expr.column.id) : undefined;
      if (computed !== undefined) return rate(clauseOf(computed), meaning, stored);
      if (asksForPresence(expr)) return PRESENT;
      // What is asked of the whole estate is no value of one event.
      if (someExpr(expr, ({ kind }) => kind === 'in-query' || kind === 'scalar-query')) return COMPUTED;
      const fields = fieldsIn(expr, meaning, stored);
      if (fields.length === 0) return COMPUTED;
      if (fields.every((field) => TIME.test(field)) && columnsIn([expr]).length > 1) return PAUSE;
      return extreme(fields.map(ratingOf), 'least');
    }
  }
}

function ratingOf(field: string): Rating {
  return FIELDS.find(([pattern]) => pattern.test(field))?.[1] ?? COMPUTED;
}

function extreme(ratings: readonly Rating[], which: 'least' | 'most'): Rating {
  const [first, ...rest] = ratings.filter(({ level }) => level !== undefined);
  if (first === undefined) return ratings[0] ?? COMPUTED;
  return rest.reduce((best, rating) => {
    const higher = (rating.level ?? 0) > (best.level ?? 0);
    return higher === (which === 'most') && rating.level !== best.level ? rating : best;
  }, first);
}

/** The columns of tables that an expression comes from. */
function fieldsIn(expr: Expr, meaning: ReadonlyMap<number, Expr>, stored: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const seen = new Set<number>();
  const visit = (whole: Expr): void => {
    for (const part of within(whole)) {
      if (part.kind !== 'column' || seen.has(part.column.id)) continue;
      seen.add(part.column.id);
      const computed = meaning.get(part.column.id);
      if (computed !== undefined) visit(computed);
      else if (stored.has(part.column.name)) found.add(part.column.name);
    }
  };
  visit(expr);
  return [...found];
}

function toldAt({ deployed }: Detection, span: Span, rating: Rating, fields: readonly string[]): RatedClause {
  const { text, placeInFile } = deployed;
  const from = placeInFile(placeAt(text, span.start));
  const to = placeInFile(placeAt(text, span.start + span.length));
  return {
    text: text.slice(span.start, span.start + span.length).replace(/\s+/g, ' '),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    fields: [...fields],
    ...(rating.level !== undefined && { level: rating.level }),
    why: rating.why,
  };
}
