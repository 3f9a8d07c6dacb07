import { createRequire } from 'node:module';

interface Manifest {
  readonly version: string;
}

const load = createRequire(import.meta.url);

/** The version of this package. */
export const ASSAY_VERSION = (load('assay/package.json') as Manifest).version;

/** The version of Microsoft's parser, read without loading it. */
export function parserVersion(): string {
  return (load('@kusto/language-service-next/package.json') as Manifest).version;
}
