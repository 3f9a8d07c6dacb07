import type { DateOrder } from '../tables/readers/local-times.js';
import type { Environment } from '../tables/schema.js';

/** What `assay query` is told. */
export interface QueryFlags {
  readonly batch?: string;
  readonly data?: readonly string[];
  readonly source?: readonly string[];
  readonly dates?: DateOrder;
  readonly tables?: string;
  readonly environment: Environment;
  readonly missingSources: 'refuse' | 'empty';
  readonly now?: string;
  readonly timeout?: string;
  readonly json?: boolean;
  readonly support?: 'table' | 'markdown' | 'json' | true;
}
