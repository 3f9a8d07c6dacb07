import { ASSAY_VERSION } from '../version.js';
import { schemaFiles } from './schemas.js';
import { templateFiles } from './template.js';

/** The files of a detections repository that works: a rule, its tests, a workload, CI, and schemas for editors. */
export function repositoryFiles(): Map<string, string> {
  return new Map([...templateFiles('repository', { version: ASSAY_VERSION }), ...schemaFiles('schemas')]);
}
