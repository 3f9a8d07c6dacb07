import type { Mutator } from '../mutator.js';
import { addEntry } from './add-entry.js';
import { alterEntry } from './alter-entry.js';
import { changeCase } from './change-case.js';
import { changeJoin } from './change-join.js';
import { changeMatch } from './change-match.js';
import { dropClause } from './drop-clause.js';
import { dropEntry } from './drop-entry.js';
import { dropJoinKey } from './drop-join-key.js';
import { dropSummarizeKey } from './drop-summarize-key.js';
import { dropWhere } from './drop-where.js';
import { flipOperator } from './flip-operator.js';
import { narrowPattern } from './narrow-pattern.js';
import { negateClause } from './negate-clause.js';
import { shiftBin } from './shift-bin.js';
import { shiftBoundary } from './shift-boundary.js';
import { shiftThreshold } from './shift-threshold.js';
import { shiftWindow } from './shift-window.js';
import { swapBranches } from './swap-branches.js';
import { swapLogic } from './swap-logic.js';
import { widenPattern } from './widen-pattern.js';

export const mutators: readonly Mutator[] = [
  addEntry,
  alterEntry,
  changeCase,
  changeJoin,
  changeMatch,
  dropClause,
  dropEntry,
  dropJoinKey,
  dropSummarizeKey,
  dropWhere,
  flipOperator,
  narrowPattern,
  negateClause,
  shiftBin,
  shiftBoundary,
  shiftThreshold,
  shiftWindow,
  swapBranches,
  swapLogic,
  widenPattern,
];
