import { z } from 'zod';
import type { PlayedWorld } from '../measure/play.js';
import { SIMULATED } from '../measure/simulated.js';

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
