import type { Profile } from './scenario.js';

/** How likely each hour of the local day is, as whole weights. */
const HOURS: Readonly<Record<Profile, readonly number[]>> = {
  business: [0, 0, 0, 0, 0, 0, 1, 6, 18, 24, 24, 22, 12, 18, 24, 24, 22, 14, 5, 2, 1, 1, 0, 0],
  waking: [1, 0, 0, 0, 0, 0, 2, 8, 14, 16, 16, 15, 12, 15, 16, 16, 16, 12, 7, 5, 5, 5, 3, 2],
  always: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  night: [14, 16, 16, 12, 8, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 5, 8, 12],
  logon: [0, 0, 0, 0, 0, 0, 1, 14, 30, 20, 6, 4, 2, 6, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0],
};

/** Quantiles of a profile: draw one of them evenly, and the minutes follow the weights. */
export const QUANTILES = 1024;

/** The minute of the local day at each quantile of a profile. */
export function minutesOf(profile: Profile): number[] {
  const weights = HOURS[profile];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const minutes: number[] = [];
  let hour = 0;
  let before = 0;
  for (let index = 0; index < QUANTILES; index += 1) {
    // Whole numbers throughout: (index + ½) / QUANTILES of the total weight.
    const point = (2 * index + 1) * total;
    while (point >= (before + (weights[hour] ?? 0)) * 2 * QUANTILES) {
      before += weights[hour] ?? 0;
      hour += 1;
    }
    const within = point - before * 2 * QUANTILES;
    minutes.push(hour * 60 + Math.floor((within * 60) / ((weights[hour] ?? 1) * 2 * QUANTILES)));
  }
  return minutes;
}

/** Whether what happens in a profile is done by people, and so waits for their logon and for weekdays. */
export function isHuman(profile: Profile): boolean {
  return profile === 'business' || profile === 'waking' || profile === 'logon';
}
