/** What is simulated beside events of people's own: the whole workload, its attacks, or nothing. */
export const SIMULATED = ['all', 'attacks', 'nothing'] as const;
export type Simulated = (typeof SIMULATED)[number];
