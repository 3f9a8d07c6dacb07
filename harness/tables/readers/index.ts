export { type FileFormat, type LoadOptions, loadFile, loadRows } from './load.js';
export type { LoadReport, RejectedRow } from './report.js';
