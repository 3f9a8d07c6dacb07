/** Every operator of the language that Assay runs, by the parser's class for it. What is not here is refused by name. */
import { columnOperators } from './columns.js';
import { joinOperators } from './join.js';
import type { Operator } from './operator.js';
import { rowOperators } from './rows.js';
import { sourceOperators } from './sources.js';
import { summarizeOperators } from './summarize.js';
import { unionOperators } from './union.js';

export const operators: ReadonlyMap<string, Operator> = new Map(
  [...columnOperators, ...joinOperators, ...rowOperators, ...sourceOperators, ...summarizeOperators, ...unionOperators].map((operator) => [
    operator.node,
    operator,
  ]),
);
