import type { Advice } from '../harness/advise/result.js';
import { count, number } from './figures.js';

/** `60 hosts and 1 day of enterprise, seed 3`, with what is people's own. */
export function playedOverText({ name, hosts, days, seed, own }: Advice['workload']): string {
  const simulated = `${count(hosts, 'host')} and ${count(days, 'day')} of ${name}, seed ${seed}`;
  if (own === undefined) return simulated;
  const events = `${count(own.malicious + own.benign, 'own event')} (${number(own.malicious)} malicious)`;
  if (own.simulated === 'nothing') return events;
  return own.simulated === 'attacks' ? `${events} and the attacks on ${simulated}` : `${events} and ${simulated}`;
}
