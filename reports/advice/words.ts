import type { Addition, Advice, Change, EntryAdvice, Worth } from '../../harness/advise/result.js';
import { count, number } from '../figures.js';
import { playedOverText } from '../played-over.js';

/** What each report of advice says, so that they say the same. */

export function worth({ falsePerDayPer1000Hosts, attacks, procedures }: Worth): string {
  return `${number(falsePerDayPer1000Hosts)} false alerts a day per 1,000 hosts, ${count(attacks, 'attack')} of ${count(procedures, 'procedure')} caught`;
}

export function setting({ workload, versions, method }: Advice): string {
  const how = method === 'one scan' ? 'decided in one scan each time' : 'each run over all events';
  return `over ${playedOverText(workload)}; ${count(versions, 'version')} of the rule, ${how}`;
}

/** `+1,240`, `−3`, `0` */
export function signed(value: number): string {
  return value === 0 ? '0' : `${value > 0 ? '+' : '−'}${number(Math.abs(value))}`;
}

export const ENTRY_HEAD = ['Entry', 'False a day', 'Attacks', 'Procedures', 'Advice'];

/** What only an entry brings, and what to do with it. */
export function entryRow({ entry, only, advice, narrow }: EntryAdvice): string[] {
  const to = narrow === undefined ? '' : ` to ${narrow.to.join(', ')} (${effect(narrow.does)})`;
  return [entry, signed(only.falsePerDayPer1000Hosts), signed(only.attacks), signed(only.procedures), `${advice}${to}`];
}

/** Where the false alerts of an entry come from. */
export function hostsLine({ hosts }: EntryAdvice): string {
  return hosts
    .filter((host) => host.false > 0)
    .map((host) => `${host.host} ${number(host.false)}${host.true > 0 ? ` (and ${number(host.true)} true)` : ''}`)
    .join(', ');
}

export const ADDITION_HEAD = ['Service', 'Procedures', 'Attacks', 'False a day', 'Catches'];

export function additionRow({ entry, does, procedures }: Addition): string[] {
  const names = procedures.map(({ scenario }) => scenario);
  const more = names.length > 4 ? `, and ${names.length - 4} more` : '';
  return [
    entry,
    signed(procedures.length),
    signed(does.attacks),
    signed(does.falsePerDayPer1000Hosts),
    `${names.slice(0, 4).join(', ')}${more}`,
  ];
}

export function effect({ falsePerDayPer1000Hosts, attacks }: Change): string {
  return `${signed(falsePerDayPer1000Hosts)} false a day, ${signed(attacks)} attacks`;
}

/** Entries of one list each, those with most false alerts first. */
export function byList(entries: readonly EntryAdvice[]): Map<string, EntryAdvice[]> {
  const lists = new Map<string, EntryAdvice[]>();
  for (const entry of entries) lists.set(entry.list, [...(lists.get(entry.list) ?? []), entry]);
  for (const own of lists.values()) own.sort((a, b) => b.only.alerts.false - a.only.alerts.false || a.line - b.line);
  return lists;
}
