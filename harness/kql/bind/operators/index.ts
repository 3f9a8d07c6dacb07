/** Every operator of the language that Assay runs, by the parser's class for it. What is not here is refused by name. */
import { applyOperators } from './apply.js';
import { columnOperators } from './columns.js';
import { evaluateOperators } from './evaluate.js';
import { expandOperators } from './expand.js';
import { graphOperators } from './graph.js';
import { joinOperators } from './join.js';
import { nestedOperators } from './nested.js';
import type { Operator } from './operator.js';
import { parseOperators } from './parse.js';
import { partitionOperators } from './partition.js';
import { rowOperators } from './rows.js';
import { scanOperators } from './scan.js';
import { schemaOperators } from './schema.js';
import { searchOperators } from './search.js';
import { seriesOperators } from './series.js';
import { sourceOperators } from './sources.js';
import { summarizeOperators } from './summarize.js';
import { unionOperators } from './union.js';

const families = [
  applyOperators,
  columnOperators,
  evaluateOperators,
  expandOperators,
  graphOperators,
  joinOperators,
  nestedOperators,
  parseOperators,
  partitionOperators,
  rowOperators,
  scanOperators,
  schemaOperators,
  searchOperators,
  seriesOperators,
  sourceOperators,
  summarizeOperators,
  unionOperators,
];

export const operators: ReadonlyMap<string, Operator> = new Map(
  families.flat().map((operator) => [operator.node, operator]),
);
