/** What Assay offers to programs; the command line is built on the same parts. */
export { type Detection, findDetections, readDetection } from './detection/detection.js';
export { type Answer, Engine, type EngineOptions, type RunOptions } from './engine/index.js';
export { FileError, type FileProblem } from './files/errors.js';
export { type Compiled, type CompileOptions, compile, type Diagnostic, KqlError } from './kql/index.js';
export { DEFAULT_ATTACK_RATE, type MeasureOptions, measureDetections } from './measure/measure.js';
export { type DetectionMeasurement, type Measurement, measurementSchema } from './measure/measurement.js';
export { builtInCatalog, type Catalog, readCatalog } from './tables/catalog.js';
export type { Environment } from './tables/schema.js';
