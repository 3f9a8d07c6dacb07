import { readFileSync } from 'node:fs';
import { Engine } from '../harness/engine/engine.js';
import { plan, print } from '../harness/kql/index.js';
import { differences } from '../harness/mutate/differences.js';
import { mutantsOf } from '../harness/mutate/mutants.js';
import { type Mutator, replacing } from '../harness/mutate/mutator.js';
import { entryList, isText } from '../harness/mutate/mutators/entries.js';
import { mutators } from '../harness/mutate/mutators/index.js';
import { builtInCatalog } from '../harness/tables/catalog.js';
import { rowRule } from '../harness/trace/row-rule.js';
import { makeEvents, NOW } from './events.js';
import { type Result, race } from './race.js';

const RULE = new URL('../detections/dead-drop-repaired/rule.kql', import.meta.url);
const MUTANTS = 300;

/** More mutants of the same rule: each entry of a list misspelt in two ways. */
const misspell: Mutator = {
  name: 'misspell',
  about: 'misspells an entry of a list',
  edits: (node, text) =>
    (entryList(node)?.entries ?? []).filter(isText).flatMap((entry) => {
      const written = text.slice(entry.TextStart, entry.End);
      return [`"x${written.slice(1)}`, `${written.slice(0, -2)}"`].map((other) => replacing(entry, other, 'misspells'));
    }),
};

/** 300 mutants of the repaired rule over a million events, against the rule alone over the same. */
export async function benchMutate(rows = 1_000_000): Promise<Result> {
  const names = builtInCatalog('defender-xdr');
  const text = readFileSync(RULE, 'utf8');
  const planned = plan(text, { names });
  const rule = rowRule(planned.plan);
  const mutants = mutantsOf(text, names, [...mutators, misspell])
    .slice(0, MUTANTS)
    .flatMap((mutant) => rowRule(plan(mutant.text, { names }).plan) ?? []);
  if (rule === undefined || mutants.length < MUTANTS)
    throw new Error(`Only ${mutants.length} mutants look at one event at a time.`);
  const compiled = print(planned, { names, lineage: true });
  const engine = await Engine.open({ memory: 8 * 1024 ** 3 });
  try {
    await makeEvents(engine.connection, 'DeviceNetworkEvents', names.tables.get('DeviceNetworkEvents') ?? [], rows);
    await engine.seal();
    const run = { now: NOW, time: { most: 600, raise: '' } };
    return await race(
      { name: '300 mutants, a million events', ours: 'all mutants', theirs: 'the rule', atMost: 25 },
      () => differences(rule, mutants, engine, { names }, run),
      () => engine.materialize(compiled, 'theirs', run),
      3,
    );
  } finally {
    engine.close();
  }
}
