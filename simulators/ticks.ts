/** Time as KQL keeps it: 100-ns ticks since 0001-01-01T00:00:00Z. They exceed 2^53, so they are bigint. */
export const TICKS_PER_MS = 10_000n;
export const MS_PER_DAY = 86_400_000;
export const TICKS_PER_DAY = 864_000_000_000n;
/** Ticks at 1970-01-01T00:00:00Z. */
export const EPOCH_TICKS = 621_355_968_000_000_000n;

/** Ticks of a day's first instant. @param date `2026-03-02` */
export function ticksOfDate(date: string): bigint {
  return BigInt(Date.parse(`${date}T00:00:00Z`)) * TICKS_PER_MS + EPOCH_TICKS;
}

/** Days since 0001-01-01, the number of a day in ticks. */
export function dayNumber(ticks: bigint): number {
  return Number(ticks / TICKS_PER_DAY);
}

/** 0 for Monday to 6 for Sunday. 0001-01-01 was a Monday. */
export function weekday(day: number): number {
  return day % 7;
}

/** ISO text with 7 digits, as the product exports it. */
export function isoOfTicks(ticks: bigint): string {
  const sinceEpoch = ticks - EPOCH_TICKS;
  const seconds = new Date(Number(sinceEpoch / TICKS_PER_MS)).toISOString().slice(0, 19);
  return `${seconds}.${String(sinceEpoch % 10_000_000n).padStart(7, '0')}Z`;
}
