import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with the scenarios, organisations and workloads that ship with the project. */
export function contentFolder(): string {
  return dirname(fileURLToPath(import.meta.url));
}
