/** The simulated world: what others use of it. */
export { loadScenarios, scenarioFolder } from './load.js';
export { loadOrganisation, type Organisation } from './organisation.js';
export {
  type Played,
  type PlayedScenario,
  type PlayOptions,
  playScenario,
  playWorkload,
} from './play.js';
export {
  type BenignScenario,
  CATEGORIES,
  type Category,
  EVENT_ROLES,
  type EventRole,
  type Label,
  type MaliciousScenario,
  RATES,
  type Rates,
  type Scenario,
} from './scenario.js';
export { loadWorkload, type Workload, workloadSchema } from './workload.js';
export { TELEMETRY_TABLES } from './world/spell.js';
