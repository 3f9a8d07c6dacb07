import type { Detection } from '../detection/detection.js';
import { type Planned, plan } from '../kql/index.js';
import type { Catalog } from '../tables/catalog.js';
import { columnsOfData } from '../trace/columns-of-data.js';
import { Places } from '../trace/places.js';
import { rowRule } from '../trace/row-rule.js';
import type { PlacedEvent } from './event.js';
import { flipsOf } from './flips.js';
import { MOST_RELATED, type Related, relatedEvents } from './related.js';
import { EXPLANATION_VERSION, type ExplainedStep, type Explanation } from './result.js';
import { type Count, countWith, type Look, rowsWith } from './rows.js';
import { dropShared, holdShared } from './shared.js';
import { Steps } from './steps.js';
import { Study } from './study.js';

/**
 * What a detection's rule did with an event, step by step, and what would have had to be different.
 *
 * @throws KqlError when the rule does not bind or run
 */
export async function explain(detection: Detection, event: PlacedEvent, catalog: Catalog): Promise<Explanation> {
  const options = { names: catalog };
  const { deployed } = detection;
  const schemas = await columnsOfData(deployed.text, options, [(query) => event.engine.run(query, event.run)]);
  const planned = plan(deployed.text, { ...options, schemas });
  const held = await holdShared(event.engine, event.run, planned.plan, options);
  const looking = { ...options, held };
  const look: Look = (of, items) => rowsWith(event, of, items, looking);
  const count: Count = (of, items, wanted) => countWith(event, of, items, wanted, looking);
  const study = new Study(detection, new Places(deployed.text, catalog), planned);
  const steps = await new Steps(study, look, count, count).told();
  const returned = (await look(planned.plan, [])).length > 0;
  await dropShared(event.engine, held);
  const dropped = returned ? -1 : droppedAt(steps);
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
    ...(await flipped(event, returned, planned, detection, catalog)),
  };
}

/** What would turn the outcome: among the events of a file, or those of the workload that belong to the event. */
async function flipped(
  event: PlacedEvent,
  returned: boolean,
  planned: Planned,
  detection: Detection,
  catalog: Catalog,
): Promise<Pick<Explanation, 'flips' | 'partnerFlips' | 'among' | 'amongSome' | 'withoutFlips'>> {
  const single = rowRule(planned.plan) !== undefined;
  const related: Related =
    event.events !== undefined || single
      ? { events: event.events ?? { [event.table]: [event.fields] }, some: false }
      : await relatedEvents(event, planned.plan, catalog);
  const { events, some } = related;
  const { alerts, flips, partnerFlips } = await flipsOf(event, events, planned, detection, catalog);
  const found = { flips, ...(partnerFlips.length > 0 && { partnerFlips }) };
  if (event.events !== undefined || single) return found;
  const among = Object.values(events).flat().length;
  // What decides may lie among all the other events.
  if (alerts !== returned) {
    const seen = some ? `${among - 1} of the more than ${MOST_RELATED} events` : 'but the events';
    return { flips: [], withoutFlips: `the rule does something else with it when it sees ${seen} that belong to it` };
  }
  return { ...found, among, ...(some && { amongSome: true }) };
}

/** The index of the step at which an event dropped out; -1 where it is none of them. */
export function droppedAt(steps: readonly ExplainedStep[]): number {
  return steps.findIndex(stops);
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
