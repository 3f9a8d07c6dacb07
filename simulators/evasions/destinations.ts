import type { Attack, AttackStep } from '../world/attack.js';
import { isPublicService, serviceOf, siteOf } from './facts.js';
import { type Context, eachLookup, type Outcome } from './outcome.js';
import type { Change } from './transformation.js';

const NO_SERVICE = 'it looks nothing up at a public service';

/** A lookup at another place, with the same paths where it says none. */
function moved(step: AttackStep, host: string, addresses: readonly string[], path?: string): AttackStep {
  const paths = step.to.map((each) => path ?? each.path);
  const to = addresses.slice(0, 3).map((address, index) => ({ address, path: paths[index % paths.length] ?? '/' }));
  const { told: _, ...rest } = step;
  return { ...rest, host, to };
}

/** Every lookup at a place that another documented procedure used, which is of none of the attack's own services. */
export function anotherService(attack: Attack, _: unknown, { facts, draws, scenario }: Context): Outcome {
  const own = new Set(attack.steps.map(({ host }) => siteOf(host)));
  const ownServices = attack.steps.map(({ host }) => serviceOf(host, facts.services));
  const others = facts.documented.filter(
    ({ host, scenario: by }) =>
      by !== scenario.id && !own.has(siteOf(host)) && !present(serviceOf(host, facts.services), ownServices),
  );
  if (others.length === 0) return { reason: 'no other documented service is known' };
  const place = draws.pick(others);
  const { host, port, protocol, to } = place;
  return eachLookup(attack, (step) => ({ ...without(step), host, port, protocol, to }), NO_SERVICE);
}

function present<T>(value: T | undefined, values: readonly (T | undefined)[]): boolean {
  return value !== undefined && values.includes(value);
}

function without({ told: _, ...step }: AttackStep): AttackStep {
  return step;
}

/** Every lookup at another host of its service. */
export function anotherHost(attack: Attack, _: unknown, { facts, draws }: Context): Outcome {
  const change = (step: AttackStep): AttackStep => {
    const others = serviceOf(step.host, facts.services)?.hosts.filter((host) => host !== step.host) ?? [];
    if (others.length === 0) return step;
    const host = draws.pick(others);
    return moved(step, host, facts.catalogue.addressesOf(host));
  };
  return eachLookup(attack, change, 'no other host of its service is known');
}

/** A link that is resolved first: the client still contacts the service after it. */
export function shortener(attack: Attack, change: Change & { kind: 'shortener' }, { facts, draws }: Context): Outcome {
  const host = draws.pick(change.hosts);
  if (attack.steps.some((step) => siteOf(step.host) === siteOf(host)))
    return { reason: 'it uses a short link already' };
  const path = `/${draws.text('abcdefghijkmnpqrstuvwxyz23456789', 7)}`;
  const to = facts.catalogue.addressesOf(host).slice(0, 3);
  const steps = attack.steps.flatMap((step): AttackStep[] => {
    if (step.role !== 'lookup' || !isPublicService(step.host)) return [step];
    const { offset, port, protocol } = step;
    const first: AttackStep = {
      ...{ role: 'lookup', host, port, protocol, offset },
      to: to.map((address) => ({ address, path })),
    };
    return [first, { ...step, offset: offset + 300 }];
  });
  return steps.length === attack.steps.length ? { reason: NO_SERVICE } : { attack: { ...attack, steps } };
}

/** A public service fetches the page, so that the client contacts it alone. */
export function fetchProxy(attack: Attack, change: Change & { kind: 'fetch-proxy' }, context: Context): Outcome {
  const pattern = context.draws.pick(change.hosts);
  const fetched = (step: AttackStep): AttackStep => {
    if (!isPublicService(step.host) || (step.port !== 443 && step.port !== 80)) return step;
    const host = pattern.replaceAll('{host}', step.host).replaceAll('{dashed}', step.host.replaceAll('.', '-'));
    const path = pattern.includes('{') ? undefined : `/https://${step.host}${step.to[0]?.path ?? '/'}`;
    return moved({ ...step, port: 443 }, host, context.facts.catalogue.addressesOf(host), path);
  };
  return eachLookup(attack, fetched, NO_SERVICE);
}

/** The address is in the malware, and no name is looked up or told. */
export function rawAddress(attack: Attack): Outcome {
  const change = (step: AttackStep): AttackStep => {
    if (step.host === '' || isAddress(step.host)) return step;
    // The sensor tells the address in place of a name.
    const host = step.to[0]?.address ?? '';
    return { ...without(step), host, to: step.to.slice(0, 1) };
  };
  return eachLookup(attack, change, 'it contacts an address already');
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}
