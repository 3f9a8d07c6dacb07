import { z } from 'zod';
import type { Compiled } from '../kql/index.js';
import type { PlayedWorld } from '../measure/play.js';
import { SIMULATED } from '../measure/simulated.js';
import { playedTables } from '../measure/workload.js';

const count = z.int().min(0);

/** What a rule was run over, as documents other than a measurement tell it. */
export const playedOverSchema = z.strictObject({
  name: z.string(),
  hosts: count,
  days: count,
  seed: z.int(),
  digest: z.string(),
  /** Events of people's own among them, and what is simulated beside these. */
  own: z.strictObject({ malicious: count, benign: count, simulated: z.enum(SIMULATED) }).optional(),
});
export type PlayedOver = z.infer<typeof playedOverSchema>;

export function playedOver({ described }: PlayedWorld): PlayedOver {
  const { name, hosts, days, seed, digest, telemetry } = described;
  return {
    ...{ name, hosts, days, seed, digest },
    ...(telemetry !== undefined && { own: { ...telemetry.events, simulated: telemetry.simulated } }),
  };
}

/** Why alerts over a world cannot be told as alerts a day; nothing where they can. */
export function whyNoRate({ exposure: { hostDays } }: PlayedWorld): string | undefined {
  return typeof hostDays === 'object' ? `what it costs a day cannot be told: ${hostDays.unmeasured}` : undefined;
}

/** Why a rule cannot raise an alert over a world whatever happens there; nothing where it reads a table of it. */
export function whyNoEvents(compiled: Compiled, played: PlayedWorld): string | undefined {
  if (playedTables(compiled, played).length > 0) return undefined;
  const read = compiled.tables.map(({ name }) => name).join(', ');
  return `the rule reads ${read || 'no table'}, and the workload holds events of ${[...played.tables].join(', ')} alone; bring own ones with \`--events\``;
}
