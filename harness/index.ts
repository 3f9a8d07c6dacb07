/** What Assay offers to programs; the command line is built on the same parts. */

export { coverageOf } from './coverage/coverage.js';
export type { Coverage } from './coverage/result.js';
export { type Detection, findDetections, readDetection } from './detection/detection.js';
export { type Answer, Engine, type EngineOptions, type RunOptions } from './engine/index.js';
export { eventInFile, type PlacedEvent } from './explain/event.js';
export { explain } from './explain/explain.js';
export type { Explanation } from './explain/result.js';
export { FileError, type FileProblem } from './files/errors.js';
export { type Compiled, type CompileOptions, compile, type Diagnostic, KqlError } from './kql/index.js';
export { DEFAULT_ATTACK_RATE, type MeasureOptions, measureDetections } from './measure/measure.js';
export { type DetectionMeasurement, type Measurement, measurementSchema } from './measure/measurement.js';
export { type MutateOptions, mutate, UnfitTests } from './mutate/mutate.js';
export type { MutationResult } from './mutate/result.js';
export { builtInCatalog, type Catalog, readCatalog } from './tables/catalog.js';
export type { Environment } from './tables/schema.js';
