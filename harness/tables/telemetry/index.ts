export { OWN_SCENARIO } from './labels.js';
export type { MergedTelemetry, OwnScenario } from './merge.js';
export type { LoadedFile } from './read.js';
export { type ReadTelemetry, readTelemetry, type TelemetryChoice } from './telemetry.js';
