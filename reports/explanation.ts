import type {
  ConditionStep,
  ExplainedPart,
  Explanation,
  Fields,
  JoinStep,
  PartnerFlip,
} from '../harness/explain/result.js';
import { jsonText, type Printable } from '../harness/files/printable.js';
import { type Paint, painted, type TerminalOptions } from './paint.js';
import { oneLine } from './text.js';

/** A note below a line of the rule. */
interface Note {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** What a rule did with an event: the rule's text, below each clause what it said, and what would turn the outcome. */
export function explanationTerminal(explanation: Explanation, options: TerminalOptions): Printable {
  return painted(explanation, options, (shown, paint) => laidOut(shown, paint, options.width));
}

function laidOut(explanation: Explanation, paint: Paint, width: number): string {
  const { rule, event, returned } = explanation;
  const mark = returned ? paint('green', '✔') : paint('red', '✘');
  const head = `${mark} ${paint('bold', oneLine(explanation.detection))}  ${outcome(explanation)}`;
  const fields = Object.entries(event.fields).map(
    ([name, value]) => `  ${paint('dim', oneLine(name))} ${shown(value)}`,
  );
  const cut = (text: string): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);
  return `${[
    cut(head),
    ...fields.map(cut),
    '',
    ...annotated(rule.text, rule.line, rule.column, notesOf(explanation, paint), paint),
    '',
    ...flipLines(explanation, paint).map(cut),
  ].join('\n')}\n`;
}

export function explanationJson(explanation: Explanation): Printable {
  return jsonText(explanation, 2);
}

function outcome({ returned, droppedAt, steps, event }: Explanation): string {
  if (returned) return `returns a row for this event of ${event.table}`;
  const step = droppedAt === undefined ? undefined : steps[droppedAt];
  if (step !== undefined)
    return `drops this event of ${event.table} at ${step.line}:${step.column}, ${oneLine(step.text)}`;
  return steps.every(({ rows }) => rows === 0)
    ? `never sees this event of ${event.table}`
    : `returns no row for this event of ${event.table}`;
}

/** The rule with line numbers, and notes below the lines that they are about. */
function annotated(text: string, line: number, indent: number, notes: readonly Note[], paint: Paint): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((source, i) => {
      const number = line + i;
      const own = notes.filter((note) => note.line === number).sort((a, b) => a.column - b.column);
      return [
        `${paint('dim', String(number).padStart(4))}  ${oneLineKeepingIndent(source)}`,
        ...own.map(({ column, text: note }) => `      ${' '.repeat(Math.max(0, column - indent))}${note}`),
      ];
    });
}

function notesOf({ steps, droppedAt, event }: Explanation, paint: Paint): Note[] {
  return steps.flatMap((step, index): Note[] => {
    if (step.line === 0) return [];
    const { line, column } = step;
    if (step.rows === 0) {
      const far = step.tables.includes(event.table) ? 'the event did not come this far' : 'asked of other events';
      return [{ line, column, text: paint('dim', `· ${far}`) }];
    }
    switch (step.kind) {
      case 'group': {
        const values = valuesText(step.values);
        return [{ line, column, text: `▲ in a group of ${counted(step.events, 'event')}: ${values}` }];
      }
      case 'join': {
        const met = `from the ${step.side} of a join (${step.join}) it met ${counted(step.partners, 'row')}`;
        const end = index === droppedAt ? paint('bold', ' ← here it dropped out') : '';
        return [
          { line, column, text: `▲ ${met} with ${keysText(step.values)}${end}` },
          ...missingNotes(step).map((text) => ({ line, column, text: `  ${text}` })),
        ];
      }
      default:
        return conditionNotes(step, index === droppedAt, paint);
    }
  });
}

/** Which partners were missing, and what there was instead. */
function missingNotes({ missing }: JoinStep): string[] {
  if (missing === undefined) return [];
  const { tables, rows, keys, keptOut } = missing;
  const have = keys.map(({ name, rows: found }) => `${found} with this ${oneLine(name)}`);
  const there = `the other side holds ${counted(rows, 'row')} of ${tables.map(oneLine).join(', ')}`;
  const dropped =
    keptOut === undefined
      ? []
      : [
          `${counted(keptOut.rows, 'row')} with all of these dropped out on ${keptOut.rows === 1 ? 'its' : 'their'} way at ${keptOut.line}:${keptOut.column}, ${oneLine(keptOut.text)}`,
        ];
  return [rows === 0 || keys.length === 0 ? there : `${there}: ${have.join(', ')}`, ...dropped];
}

/** A note for each clause; the entries of lists that hold stand in the note of their clause. */
function conditionNotes(step: ConditionStep, dropped: boolean, paint: Paint): Note[] {
  const clauses = step.parts.filter(({ kind }) => kind === 'clause');
  const makes = step.makes === undefined ? '' : `${step.makes}: `;
  const last = dropped ? (clauses.findLast(({ decides }) => decides) ?? lastOf(clauses)) : undefined;
  return clauses.map((clause): Note => {
    const entries = entriesOf(step, clause);
    const held = entries.length === 0 ? '' : `, by ${entries.map(({ text }) => oneLine(text)).join(', ')}`;
    const values = valuesText(ofClause(step, clause));
    const end = clause === last ? paint('bold', ' ← here it dropped out') : '';
    return {
      line: clause.line,
      column: clause.column,
      text: `${sign(clause.value, paint)} ${makes}${values}${held}${end}`,
    };
  });
}

/** The last clause that did not hold. */
function lastOf(clauses: readonly ExplainedPart[]): ExplainedPart | undefined {
  return clauses.findLast(({ value }) => value !== true) ?? clauses.at(-1);
}

/** The entries follow the clause that they belong to. */
function entriesOf(step: ConditionStep, clause: ExplainedPart): readonly ExplainedPart[] {
  const rest = step.parts.slice(step.parts.indexOf(clause) + 1);
  const end = rest.findIndex(({ kind }) => kind === 'clause');
  return end < 0 ? rest : rest.slice(0, end);
}

/** The values that a clause names. */
function ofClause(step: ConditionStep, clause: ExplainedPart): Fields {
  const named = Object.entries(step.values).filter(([name]) => clause.text.includes(name));
  return named.length === 0 ? step.values : Object.fromEntries(named);
}

function flipLines(explanation: Explanation, paint: Paint): string[] {
  const { flips, partnerFlips = [], withoutFlips, among, amongSome, returned } = explanation;
  const wanted = returned ? 'no alert' : 'an alert';
  if (withoutFlips !== undefined) return [`No single change was looked for: ${withoutFlips}.`];
  const others = (among ?? 1) - 1;
  const met = amongSome === true ? `${others} of the events` : `the ${counted(others, 'event')}`;
  const within = others === 0 ? '' : ` beside ${met} that it met`;
  if (flips.length + partnerFlips.length === 0) return [`No single change that was tried${within} makes it ${wanted}.`];
  return [
    `${paint('bold', `It would be ${wanted}`)}${within} if`,
    ...flips.map(
      ({ column, from, to }) => `  ${oneLine(column)} were ${shown(to)} ${paint('dim', `rather than ${shown(from)}`)}`,
    ),
    ...partnerFlips.map((flip) => `  ${partnerText(flip, paint)}`),
  ];
}

/** What would have to be different about the events beside it. */
function partnerText(flip: PartnerFlip, paint: Paint): string {
  if (flip.what === 'again') {
    const times = flip.times === 1 ? 'once' : `${flip.times} times`;
    const other = flip.times === 1 ? 'with' : 'each time with';
    return `the event came ${times} more${flip.column === undefined ? '' : `, ${other} another ${oneLine(flip.column)}`}`;
  }
  const at = flip.at === undefined ? '' : ` (${oneLine(flip.at)})`;
  const partner = `event ${flip.place} of ${oneLine(flip.table)}${at}`;
  if (flip.what === 'absent') return `${partner} were not there`;
  const { column, from, to } = flip;
  return `${oneLine(column)} of ${partner} were ${shown(to)} ${paint('dim', `rather than ${shown(from)}`)}`;
}

function sign(value: boolean | null, paint: Paint): string {
  if (value === null) return paint('yellow', '? null:');
  return value ? paint('green', '✔ true:') : paint('red', '✘ false:');
}

function valuesText(values: Fields): string {
  const told = Object.entries(values).map(([name, value]) => `${oneLine(name)} is ${shown(value)}`);
  return told.length === 0 ? 'no columns' : told.join(', ');
}

function keysText(values: Fields): string {
  const told = Object.entries(values).map(([name, value]) => `${oneLine(name)} ${shown(value)}`);
  return told.length === 0 ? 'no key' : told.join(', ');
}

function shown(value: Fields[string]): string {
  const text = oneLine(JSON.stringify(value) ?? 'null');
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function oneLineKeepingIndent(source: string): string {
  return (/^\s*/.exec(source)?.[0] ?? '').replaceAll('\t', ' ') + oneLine(source);
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
