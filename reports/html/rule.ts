import { type DetectionMeasurement, isUnmeasured, type LiteralResult } from '../../harness/measure/measurement.js';
import type { MutationResult } from '../../harness/mutate/result.js';
import { count, number } from '../figures.js';
import { insteadOf } from '../refusals.js';
import { highlighted, type Token } from './kql.js';
import { html, type Markup } from './markup.js';
import { mutationWords, survivorsIn, unnoticed } from './mutation.js';

/** A stretch of a line that something is known about, in characters from the line's start. */
interface Mark {
  readonly from: number;
  readonly to: number;
  readonly kind: Worth | 'wrong' | 'untested';
  readonly title: string;
}

/**
 * The rule as deployed, with line numbers of its file, its list entries marked by what they bring, and the mistakes in it
 * that no test would notice.
 */
export function ruleSection(
  detection: DetectionMeasurement,
  anchor: string,
  mutation: MutationResult | undefined,
): Markup | undefined {
  const { source } = detection.rule;
  if (source === undefined) return undefined;
  const lines = highlighted(source.text);
  const plain = lines.map((line) => line.map(({ text }) => text).join(''));
  const marks = marksOf(detection, plain, mutation);
  const rows = lines.map((tokens, i) => {
    const line = source.line + i;
    const said = detection.diagnostics.filter((diagnostic) => diagnostic.line === line);
    return html`<li id="${anchor}-L${line}" value="${line}"><code>${marked(tokens, marks.get(i) ?? [])}</code>${said.map(
      (found) =>
        html`<p class="said ${found.severity}"><b>${found.code}</b> ${[found.message, ...insteadOf(found)].join(' ')}</p>`,
    )}${survivorsIn(mutation, line)}</li>`;
  });
  return html`<div class="scroll kql" tabindex="0" role="group" aria-label="Text of the rule"><ol>${rows}</ol></div>
    ${marks.size === 0 ? undefined : LEGEND}
    ${mutation && html`<p>Mutation: ${mutationWords(mutation)}.</p>`}`;
}

const LEGEND = html`<p class="note">Marked in the rule: <mark class="useful">brings true alerts</mark>, <mark class="quiets">holds back false ones</mark>, <mark class="noisy">brings only false ones, or holds back true ones</mark>, <mark class="idle">brings nothing in this workload</mark>, <mark class="wrong">refused</mark>, <mark class="untested">no test notices a mistake here</mark>.</p>`;

/** What a list entry is worth, by the alerts that depend on it. */
export type Worth = 'useful' | 'quiets' | 'noisy' | 'idle';

export function worthOf({ all, only }: LiteralResult): Worth {
  if (only.true > 0) return 'useful';
  if (only.false > 0) return 'noisy';
  if (only.true < 0 || only.false < 0) return only.true < 0 ? 'noisy' : 'quiets';
  if (all.true > 0) return 'useful';
  return all.false > 0 ? 'noisy' : 'idle';
}

/** The alerts that an entry alone brings or holds back, in words. */
export function effectOf({ only }: LiteralResult): string {
  if (only.true < 0 || only.false < 0) {
    return `Alone it holds back ${count(-only.true, 'true alert')} and ${number(-only.false)} false.`;
  }
  return `Alone it brings ${count(only.true, 'true alert')} and ${number(only.false)} false.`;
}

/** Marks by index of line. */
function marksOf(
  detection: DetectionMeasurement,
  lines: readonly string[],
  mutation: MutationResult | undefined,
): ReadonlyMap<number, readonly Mark[]> {
  const { literals, diagnostics, rule } = detection;
  const marks = new Map<number, Mark[]>();
  const add = (place: { line: number; column: number }, kind: Mark['kind'], title: string): void => {
    const { line = 1, column = 1 } = rule.source ?? {};
    const index = place.line - line;
    const text = lines[index];
    const from = place.column - column;
    if (text === undefined || from < 0 || from >= text.length) return;
    const to = from + (WORD.exec(text.slice(from))?.[0].length ?? 1);
    marks.set(index, [...(marks.get(index) ?? []), { from, to, kind, title }]);
  };
  for (const literal of isUnmeasured(literals) ? [] : literals) {
    const worth = worthOf(literal);
    add(literal, worth, worth === 'idle' ? 'Brings nothing in this workload.' : effectOf(literal));
  }
  for (const diagnostic of diagnostics) add(diagnostic, 'wrong', diagnostic.message);
  for (const { line, column, endLine, endColumn, does, status } of unnoticed(mutation)) {
    if (status !== 'survived') continue;
    const { line: first = 1, column: begins = 1 } = rule.source ?? {};
    const text = lines[line - first];
    const from = column - begins;
    if (text === undefined || from < 0 || from >= text.length) continue;
    const to = endLine === line ? Math.min(text.length, Math.max(from + 1, endColumn - begins)) : text.length;
    marks.set(line - first, [
      ...(marks.get(line - first) ?? []),
      { from, to, kind: 'untested', title: `No test notices when a mistake here ${does}.` },
    ]);
  }
  return marks;
}

/** A string literal of KQL, or a name, or a single character. */
const WORD = /^(?:[hH]?@"[^"]*"|[hH]?@'[^']*'|[hH]?"(?:[^"\\]|\\.)*"|[hH]?'(?:[^'\\]|\\.)*'|\w+|.)/;

/** The tokens of a line, cut where marks begin and end. */
function marked(tokens: readonly Token[], marks: readonly Mark[]): Markup[] {
  let at = 0;
  return tokens.flatMap(({ text, kind }) => {
    const start = at;
    at += text.length;
    const edges = marks.flatMap(({ from, to }) => [from - start, to - start]);
    const cuts = [...new Set([0, ...edges.filter((edge) => edge > 0 && edge < text.length), text.length])].sort(
      (a, b) => a - b,
    );
    return cuts.slice(1).map((to, i) => {
      const from = cuts[i] ?? 0;
      const piece = text.slice(from, to);
      const coloured = kind === undefined ? html`${piece}` : html`<span class="${kind}">${piece}</span>`;
      const mark = marks.find((each) => each.from <= start + from && start + to <= each.to);
      return mark === undefined ? coloured : html`<mark class="${mark.kind}" title="${mark.title}">${coloured}</mark>`;
    });
  });
}
