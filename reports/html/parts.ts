import { html, type Markup } from './markup.js';

/** A titled part of what is said of a detection; nothing where there is no content. */
export function part(id: string, title: string, content: Markup | undefined): Markup | undefined {
  return content && html`<section id="${id}"><h3>${title}</h3>${content}</section>`;
}

/** Texts as a list; nothing where there are none. */
export function list(texts: readonly string[]): Markup | undefined {
  return texts.length === 0 ? undefined : html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** A figure that a decision is made on, with its range and its assumptions. */
export function card(name: string, value: string, note: string): Markup {
  return html`<div><dt>${name}</dt><dd><b>${value}</b><span>${note}</span></dd></div>`;
}

/** Names and values below each other. */
export function facts(rows: readonly (readonly [string, string])[]): Markup {
  return html`<dl class="ground">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
