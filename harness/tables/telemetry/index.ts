export { OWN_SCENARIO } from './labels.js';
export {
  type LoadedFile,
  type MergedTelemetry,
  type OwnScenario,
  type ReadTelemetry,
  readTelemetry,
  type TelemetryChoice,
} from './telemetry.js';
