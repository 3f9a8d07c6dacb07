/** `npm run docs`: makes what is generated in the documents anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { documents, generated } from './documents.js';

for (const file of documents()) {
  const text = await generated(file);
  if (text === readFileSync(file, 'utf8')) continue;
  writeFileSync(file, text);
  process.stdout.write(`${file}\n`);
}
