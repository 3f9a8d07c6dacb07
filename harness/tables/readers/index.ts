export { type FileFormat, type LoadOptions, loadFile, loadRows, loadSource, openExport } from './load.js';
export { DATE_ORDERS, type DateOrder } from './local-times.js';
export type { LoadReport, RejectedRow } from './report.js';
export { rowsOf, type Source } from './source.js';
