import type { Attack, AttackStep, Helper } from '../world/attack.js';
import { type Context, eachLookup, type Outcome } from './outcome.js';
import type { Change } from './transformation.js';

/** Longer than the rule's window, as a share of it. */
const BEYOND = 1.25;

/** Everything after the lookup waits until the rule no longer puts the two together. */
export function slower(attack: Attack, _: unknown, { words }: Context): Outcome {
  const { window } = words;
  if (window === undefined) return { reason: 'the rule puts no events together within a time' };
  const [from, last] = [attack.steps.findIndex(({ role }) => role === 'callback'), attack.steps.at(-1)];
  const callback = attack.steps[from];
  if (callback === undefined || last === undefined) return { reason: 'it contacts nothing that it looked up' };
  const wait = Math.round(window * 1000 * BEYOND);
  const steps = attack.steps.map((step, index) => (index < from ? step : { ...step, offset: step.offset + wait }));
  const every = Math.max(attack.cadence.every ?? 0, window * BEYOND * 2);
  const cadence = attack.cadence.times > 1 ? { ...attack.cadence, every } : attack.cadence;
  return { attack: { ...attack, steps, cadence } };
}

/** The URL in another form that leads to the same place, told as it was written. */
export function urlForm(attack: Attack, { form }: Change & { kind: 'url' }): Outcome {
  const change = (step: AttackStep): AttackStep => {
    if (step.host === '' || step.told?.as !== undefined) return step;
    const { path = '/' } = step.to[0] ?? {};
    return { ...step, told: { ...step.told, url: FORMS[form](step.host, step.port, path) } };
  };
  return eachLookup(attack, change, 'its URL holds no name');
}

const FORMS: Readonly<
  Record<(Change & { kind: 'url' })['form'], (host: string, port: number, path: string) => string>
> = {
  case: (host) => host.replace(/[a-z]/g, (letter, index: number) => (index % 2 === 0 ? letter.toUpperCase() : letter)),
  'trailing-dot': (host) => `${host}.`,
  port: (host, port, path) => `${schemeOf(port)}://${host}:${port}${path}`,
  userinfo: (host, port, path) => `${schemeOf(port)}://login.microsoftonline.com@${host}${path}`,
  encoding: (host, port, path) => `${schemeOf(port)}://${host.replace(/[a-z]/g, percent)}${path}`,
};

function schemeOf(port: number): string {
  return port === 80 ? 'http' : 'https';
}

/** Every third letter, so that no word of the name stays whole. */
function percent(letter: string, index: number): string {
  return index % 3 === 1 ? `%${letter.charCodeAt(0).toString(16)}` : letter;
}

/** Connections that a loop makes in a second. */
const LOOPED_PER_SECOND = 100;

/** A loop of connections to a neighbour, after which the sensor tells of nothing more that day. */
export function flood(
  attack: Attack,
  { connections, played }: Change & { kind: 'flood' },
  { draws }: Context,
): Outcome {
  if (!attack.steps.some(({ role }) => role === 'lookup')) return { reason: 'it looks nothing up' };
  const address = `10.0.${draws.below(256)}.${1 + draws.below(254)}`;
  const lasts = Math.round((connections / LOOPED_PER_SECOND) * 1000);
  const loop = Array.from({ length: played }, (_, index): AttackStep => {
    const place = Math.floor((index * connections) / played);
    return {
      ...{ role: 'setup', host: '', protocol: 'Tcp', port: 1024 + place },
      to: [{ address, path: '/' }],
      offset: Math.round((place / connections) * lasts),
    };
  });
  const untold = attack.steps.map(
    (step): AttackStep => ({ ...step, offset: step.offset + lasts, told: { as: 'none' } }),
  );
  // What comes again that day is told as little as what came first.
  return { attack: { ...attack, steps: [...loop, ...untold], cadence: { ...attack.cadence, times: 1 } } };
}

/** What the sensor leaves out. */
export function sensorHides(attack: Attack, { hides }: Change & { kind: 'sensor' }, { facts }: Context): Outcome {
  switch (hides) {
    case 'url':
      return eachLookup(
        attack,
        (step) => (step.host === '' ? step : { ...step, told: { ...step.told, url: '' } }),
        'no name is told of its lookups anyway',
      );
    case 'all-but-counts':
      return eachLookup(attack, (step) => ({ ...step, told: { url: '', as: 'aggregated' } }), 'it looks nothing up');
    case 'everything':
      return eachLookup(attack, (step) => ({ ...step, told: { as: 'none' } }), 'it looks nothing up');
    case 'version': {
      const bare = { company: '', product: '', description: '', original: '' };
      const of = (image: string): string => facts.catalogue.binary(image)?.company ?? '';
      const stripped = (nodes: readonly Attack['process'][number][]): Attack['process'] =>
        nodes.map((node, index) =>
          index < nodes.length - 1 || (node.version?.company ?? of(node.image)) === ''
            ? node
            : { ...node, version: bare },
        );
      const helpers = new Map<Helper, Helper>();
      for (const { helper } of attack.steps)
        if (helper !== undefined) helpers.set(helper, { ...helper, process: stripped(helper.process) });
      const steps = attack.steps.map((step) => {
        const helper = step.helper && helpers.get(step.helper);
        return helper === undefined ? step : { ...step, helper };
      });
      return { attack: { ...attack, process: stripped(attack.process), steps } };
    }
  }
}
