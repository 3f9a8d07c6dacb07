import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MutationResult } from '../../harness/mutate/result.js';
import { strykerDocument } from './stryker.js';

/** Results as one page that needs nothing else: the document, and the element that shows it. */
export function mutationHtml(results: readonly MutationResult[]): string {
  const element = createRequire(import.meta.url).resolve('mutation-testing-elements/dist/mutation-test-elements.js');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mutation testing: ${results.map(({ detection }) => escaped(detection)).join(', ')}</title>
<style>body:has(mutation-test-report-app[theme="dark"]) { background: #18181b; }</style>
<script>${inScript(readFileSync(element, 'utf8'))}</script>
</head>
<body>
<mutation-test-report-app title-postfix="Assay"></mutation-test-report-app>
<script>
document.querySelector('mutation-test-report-app').report = ${inScript(JSON.stringify(strykerDocument(results)))};
</script>
</body>
</html>
`;
}

/** What would end a script within one is written so that it does not: the same text to the script's language. */
function inScript(text: string): string {
  return text.replace(/<(\/script|!--)/gi, '<\\$1');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
