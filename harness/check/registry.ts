import type { Check } from './finding.js';
import { brokenHunt, staleGuide } from './rules/companions.js';
import {
  defenderAlert,
  defenderAsset,
  defenderColumns,
  defenderContinuous,
  defenderOneEvent,
} from './rules/defender.js';
import { brokenException, expiredException, openException, staleBlock } from './rules/exceptions.js';
import { coveredEntry, joinedStrings, matchesEverything, neverMatches } from './rules/lists.js';
import {
  sentinelColumns,
  sentinelEntities,
  sentinelId,
  sentinelKind,
  sentinelQuery,
  sentinelSchedule,
  sentinelSeverity,
  sentinelTrigger,
} from './rules/sentinel.js';
import { unfitTactic, unknownTactic, unknownTechnique } from './rules/techniques.js';

/** All that `assay check` looks for beyond what the parser and binder say. */
export const CHECKS: readonly Check[] = [
  joinedStrings,
  matchesEverything,
  neverMatches,
  coveredEntry,
  defenderColumns,
  defenderAsset,
  defenderOneEvent,
  defenderContinuous,
  defenderAlert,
  sentinelId,
  sentinelKind,
  sentinelSeverity,
  sentinelSchedule,
  sentinelTrigger,
  sentinelQuery,
  sentinelEntities,
  sentinelColumns,
  unknownTactic,
  unknownTechnique,
  unfitTactic,
  staleBlock,
  brokenException,
  expiredException,
  openException,
  staleGuide,
  brokenHunt,
];
