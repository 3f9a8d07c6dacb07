import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Content, html, jsonMarkup, Markup } from './markup.js';

/** What a page holds besides what all pages have. */
export interface Page {
  readonly title: string;
  readonly main: Content;
  readonly foot: string;
  /** Rows of tables of which only those in sight are drawn, by the name that they have in the page. */
  readonly grids?: object;
}

/** A page as one file that opens from disk: it asks for nothing, and its policy allows no script or style but its own. */
export function page({ title, main, foot, grids = {} }: Page): string {
  const style = asset('report.css');
  const script = asset('report.js');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Assay: ${title}</title>
<style>${Markup.of(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><p class="brand">Assay</p><h1>${title}</h1></header>
<main id="main">
${main}
</main>
<footer><p>${foot}</p></footer>
<dialog id="details" aria-label="Details"><form method="dialog"><button class="close" aria-label="Close">×</button></form><div class="body"></div></dialog>
<script type="application/json" id="grids">${jsonMarkup(grids)}</script>
<script>${Markup.of(script)}</script>
</body>
</html>
`.text;
}

function asset(name: string): string {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
}

/** The policy names what may run by its digest. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
