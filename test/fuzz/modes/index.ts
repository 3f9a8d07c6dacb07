import { ANONYMIZE } from './anonymize.js';
import { EVENTS } from './events.js';
import { KQL } from './kql.js';
import type { Mode } from './mode.js';
import { REPOSITORY } from './repository.js';
import { TEXTS, YAML } from './texts.js';

export const MODES: readonly Mode[] = [KQL, ...EVENTS, YAML, ...TEXTS, ANONYMIZE, REPOSITORY];
