/** A length of time, in 100-ns ticks. */
export type Duration = bigint;

const SECOND = 10_000_000n;

const TICKS = { s: SECOND, m: 60n * SECOND, h: 3600n * SECOND, d: 86_400n * SECOND } as const;

const ISO = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const SHORT = /^(\d+)([smhd])$/;

/** The length of time that `5m`, `14d`, `PT5M` or `P1DT12H` says; nothing when it says none, or none at all. */
export function parseDuration(text: string): Duration | undefined {
  const ticks = shortTicks(text) ?? isoTicks(text);
  return ticks === undefined || ticks === 0n ? undefined : ticks;
}

/** As ISO 8601, in the largest units that hold it exactly to the second: `P1DT12H`. */
export function formatDuration(ticks: Duration): string {
  const days = ticks / TICKS.d;
  const parts: [bigint, string][] = [
    [(ticks % TICKS.d) / TICKS.h, 'H'],
    [(ticks % TICKS.h) / TICKS.m, 'M'],
    [(ticks % TICKS.m) / TICKS.s, 'S'],
  ];
  const time = parts
    .filter(([value]) => value > 0n)
    .map(([value, unit]) => `${value}${unit}`)
    .join('');
  const text = `${days > 0n ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
  return `P${text === '' ? 'T0S' : text}`;
}

function shortTicks(text: string): Duration | undefined {
  const [, amount, unit] = SHORT.exec(text) ?? [];
  return amount === undefined || unit === undefined ? undefined : BigInt(amount) * TICKS[unit as keyof typeof TICKS];
}

function isoTicks(text: string): Duration | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, days, hours, minutes, seconds] = match;
  return (
    BigInt(days ?? 0) * TICKS.d +
    BigInt(hours ?? 0) * TICKS.h +
    BigInt(minutes ?? 0) * TICKS.m +
    BigInt(seconds ?? 0) * TICKS.s
  );
}
