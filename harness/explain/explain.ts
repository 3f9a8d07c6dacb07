import type { Detection } from '../detection/detection.js';
import { plan } from '../kql/index.js';
import type { Catalog } from '../tables/catalog.js';
import { rowRule } from '../trace/row-rule.js';
import type { PlacedEvent } from './event.js';
import { flipsOf } from './flips.js';
import { EXPLANATION_VERSION, type ExplainedStep, type Explanation } from './result.js';
import { rowsWith } from './rows.js';
import { Steps } from './steps.js';

/**
 * What a detection's rule did with an event, step by step, and what would have had to be different.
 *
 * @throws KqlError when the rule does not bind or run
 */
export async function explain(detection: Detection, event: PlacedEvent, catalog: Catalog): Promise<Explanation> {
  const options = { names: catalog };
  const { deployed } = detection;
  const planned = plan(deployed.text, options);
  const steps = await new Steps(detection, event, options).of(planned);
  const returned = (await rowsWith(event, planned.plan, [], options)).length > 0;
  const dropped = returned ? -1 : steps.findIndex(stops);
  const single = rowRule(planned.plan) !== undefined;
  const events = event.events ?? (single ? { [event.table]: [event.fields] } : undefined);
  const file = deployed.file.replaceAll('\\', '/');
  return {
    version: EXPLANATION_VERSION,
    detection: detection.id,
    title: detection.title,
    rule: { file, text: deployed.text, ...deployed.placeInFile({ line: 1, column: 1 }) },
    event: { table: event.table, fields: event.fields },
    returned,
    steps,
    ...(dropped >= 0 && { droppedAt: dropped }),
    flips: events === undefined ? [] : await flipsOf(event, events, planned, detection, catalog),
    ...(events === undefined && {
      withoutFlips: 'the rule looks at several events: put the event and those that belong to it into a file',
    }),
  };
}

/** Whether no row made of the event got past a step. */
function stops(step: ExplainedStep): boolean {
  if (step.rows === 0) return false;
  if (step.kind === 'where') return step.value !== true;
  if (step.kind !== 'join') return false;
  // Rows that met nothing go on from the side that an outer join keeps.
  const keeps = step.join === 'full' || step.join === step.side;
  return step.join === 'anti' ? step.side === 'right' || step.partners > 0 : step.partners === 0 && !keeps;
}
