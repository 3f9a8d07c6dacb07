import type { EventExplanation, Evidence } from '../../harness/evidence/result.js';
import type { ConditionStep, ExplainedPart, ExplainedStep } from '../../harness/explain/result.js';
import { count } from '../figures.js';
import { html, type Markup } from './markup.js';

/** The id of the template that holds an explanation. */
export function explanationId(anchor: string, index: number): string {
  return `${anchor}-x${index}`;
}

/** What the rule did with events, each a page of the dialog. */
export function explanationTemplates({ explanations }: Evidence, anchor: string, detection: string): Markup[] {
  return explanations.map(
    (explanation, i) => html`<template id="${explanationId(anchor, i)}"><h2>${titleOf(explanation)}</h2>
<ol class="steps">${explanation.steps.map((step, at) => stepItem(step, at === explanation.droppedAt))}</ol>
<p class="note">With the values of each clause, and the change that would turn it: <code>assay explain ${detection} --event ID</code></p></template>\n`,
  );
}

function titleOf({ returned, droppedAt, steps }: EventExplanation): string {
  if (returned) return 'The rule returns a row for this event';
  const step = droppedAt === undefined ? undefined : steps[droppedAt];
  if (step !== undefined) return `The rule drops this event in line ${step.line}`;
  return steps.every(({ rows }) => rows === 0) ? 'The rule never sees this event' : 'The rule returns no row for it';
}

function stepItem(step: ExplainedStep, dropped: boolean): Markup {
  const place = html`<small>line ${step.line}</small>`;
  if (step.rows === 0)
    return html`<li class="unseen">${place} <code>${step.text}</code> <small>not reached</small></li>`;
  switch (step.kind) {
    case 'group':
      return html`<li>${place} in a group of ${count(step.events, 'event')}: <code>${step.text}</code></li>`;
    case 'join':
      return html`<li>${place} from the ${step.side} of a join (${step.join}) it met ${count(step.partners, 'row')} by <code>${step.text}</code>${end(dropped)}</li>`;
    default:
      return html`<li>${place} ${step.makes === undefined ? undefined : html`<code>${step.makes}</code>`}${clauses(step)}${end(dropped)}</li>`;
  }
}

function end(dropped: boolean): Markup | undefined {
  return dropped ? html`<p class="ended">Here it dropped out.</p>` : undefined;
}

/** Each clause with the entries of its lists that hold, which follow it. */
function clauses({ parts }: ConditionStep): Markup {
  const items: { readonly clause: ExplainedPart; readonly entries: ExplainedPart[] }[] = [];
  for (const part of parts) {
    if (part.kind === 'clause') items.push({ clause: part, entries: [] });
    else items.at(-1)?.entries.push(part);
  }
  return html`<ul>${items.map(
    ({ clause, entries }) =>
      html`<li>${sign(clause.value)} <code>${clause.text}</code>${
        entries.length === 0 ? undefined : html` by ${entries.map(({ text }) => html`<code>${text}</code> `)}`
      }${clause.decides ? html` <small>decides</small>` : undefined}</li>`,
  )}</ul>`;
}

function sign(value: boolean | null): Markup {
  if (value === null) return html`<span class="tag idle">null</span>`;
  return value ? html`<span class="tag passed">true</span>` : html`<span class="tag failed">false</span>`;
}
