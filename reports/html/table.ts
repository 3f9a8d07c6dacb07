import { type Content, html, type Markup } from './markup.js';

/** A cell; `key` is what the table is sorted by where that is not the shown text. */
export interface Cell {
  readonly content: Content;
  readonly key?: number | string;
  readonly class?: string;
}

export interface Head {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly numeric?: boolean;
}

/** Fewer rows than this need no filter. */
const FILTERED_FROM = 8;

/** A table that the page's script lets people sort and filter; without the script it is a table all the same. */
export function table(name: string, heads: readonly Head[], rows: readonly (readonly Cell[])[]): Markup {
  const filter = html`<p class="filter" hidden><label>Filter <input type="search" aria-label="Filter ${name}" autocomplete="off"></label> <output role="status"></output></p>`;
  return html`<div class="sortable">${rows.length < FILTERED_FROM ? undefined : filter}<div class="scroll" tabindex="0" role="group" aria-label="${name}"><table>
<thead><tr>${heads.map(({ title, numeric }) => html`<th scope="col"${numeric ? CLASS_NUMBER : undefined}>${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => tableCell(cell, heads[i]))}</tr>\n`)}</tbody></table></div></div>`;
}

const CLASS_NUMBER = html` class="number"`;

function tableCell({ content, key, class: own }: Cell, head: Head | undefined): Markup {
  const classes = [head?.numeric ? 'number' : '', own ?? ''].filter((name) => name !== '').join(' ');
  return html`<td${classes === '' ? undefined : html` class="${classes}"`}${key === undefined ? undefined : html` data-key="${key}"`}>${content}</td>`;
}
