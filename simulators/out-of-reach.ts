import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../harness/files/yaml.js';
import { contentFolder } from './folder.js';
import { sourceSchema } from './scenario.js';

const schema = z.strictObject({
  procedures: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      runsOn: z.string(),
      reason: z.string(),
      source: sourceSchema,
    }),
  ),
});

/** A documented procedure that no host of an organisation can show. */
export type OutOfReach = z.output<typeof schema>['procedures'][number];

/** The procedures that are documented and not played, with the reason. */
export function loadOutOfReach(): readonly OutOfReach[] {
  return readYaml(join(contentFolder(), 'out-of-reach.yaml'), schema).procedures;
}
