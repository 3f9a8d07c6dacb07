import type { Artifact } from '../scenario.js';
import type { Attack, AttackStep, Helper, Program } from '../world/attack.js';
import { type Disguise, serviceOf } from './facts.js';
import type { Context, Outcome } from './outcome.js';
import { type Change, type KnownProgram, RESPECTS, type Respect } from './transformation.js';

const TEMP = 'C:\\Users\\{user}\\AppData\\Local\\Temp';
const ALREADY_INSIDE = 'its code runs inside a program that was there already';

type Version = NonNullable<Program['version']>;
type Leaf = Program & { readonly folder: string; readonly version: Version };

/** The process that connects, with what the catalogue knows of its file made explicit. */
function leafOf(attack: Attack, { facts }: Context): Leaf {
  const leaf = attack.process.at(-1);
  if (leaf === undefined) throw new Error('An attack has at least one process.');
  const known = facts.catalogue.binary(leaf.image);
  const own = leaf.version ?? known;
  const version = {
    company: own?.company ?? '',
    product: own?.product ?? '',
    description: own?.description ?? '',
    ...(own?.original !== undefined && { original: own.original }),
  };
  return { ...leaf, folder: leaf.folder ?? known?.folder ?? TEMP, version };
}

function withLeaf(attack: Attack, leaf: Program, leaves: readonly Artifact[] = []): Attack {
  return { ...attack, process: [...attack.process.slice(0, -1), leaf], leaves: [...attack.leaves, ...leaves] };
}

/** Under a folder that only an administrator may write to. */
function isProtected(folder: string): boolean {
  return /^[a-z]:\\(windows|program files( \(x86\))?)(\\|$)/i.test(folder) && !/^c:\\windows\\temp(\\|$)/i.test(folder);
}

function isPrivileged(attack: Attack): boolean {
  const account = attack.process.findLast((node) => node.account !== undefined)?.account;
  return account === 'system' || account === 'admin';
}

/** The attack's program in the guise of one that the rule leaves out. */
export function disguise(attack: Attack, change: Change & { kind: 'disguise' }, context: Context): Outcome {
  const leaf = leafOf(attack, context);
  if (leaf.existing) return { reason: ALREADY_INSIDE };
  const wanted = change.as;
  const guises = context.words.disguises.filter((guise) =>
    wanted === 'all' ? toldBy(guise).length > 1 : wanted.every((respect) => tells(guise, respect)),
  );
  if (guises.length === 0) {
    const how = wanted === 'all' ? 'more than one field' : `its ${wanted.join(' and ')}`;
    return { reason: `the rule leaves no program out by ${how}` };
  }
  // Whoever knows the rule takes what asks for the least.
  const free = guises.filter(({ folder = '' }) => !isProtected(folder));
  const guise = context.draws.pick(
    (wanted !== 'all' && !wanted.includes('folder')) || free.length === 0 ? guises : free,
  );
  const as = wanted === 'all' ? toldBy(guise) : wanted;
  const image = as.includes('name') && guise.image !== undefined ? guise.image : leaf.image;
  const folder = as.includes('folder') && guise.folder !== undefined ? guise.folder : leaf.folder;
  const isCopy = image !== leaf.image || folder !== leaf.folder;
  const place = isCopy && folder === leaf.folder && isProtected(folder) ? TEMP : folder;
  const version = as.includes('version') ? dressed(leaf.version, guise) : leaf.version;
  const command = leaf.commandLine ?? leaf.image;
  const renamed = isCopy ? renamedIn(command, image, place) : command;
  const next: Program = {
    ...leaf,
    image,
    folder: place,
    version,
    commandLine:
      as.includes('command-line') && guise.commandLine !== undefined ? joined(renamed, guise.commandLine) : renamed,
    // Text in a file's header can be anything; a signature cannot be copied along.
    ...(as.includes('version') && { signed: false }),
  };
  const file: Artifact = { file: `${place}\\${image}`, by: 'parent', action: 'FileCreated' };
  const disguised = withLeaf(attack, next, isCopy ? [file] : []);
  const rights = isCopy && isProtected(place) && !isPrivileged(attack);
  return {
    attack:
      as.includes('parent') && guise.parent !== undefined ? underParent(disguised, guise.parent, context) : disguised,
    ...(rights && { cost: 'privilege' as const, needs: `administrator rights, to write to ${place}` }),
  };
}

function toldBy(guise: Disguise): Respect[] {
  return RESPECTS.filter((respect) => tells(guise, respect));
}

function tells(guise: Disguise, respect: Respect): boolean {
  switch (respect) {
    case 'name':
      return guise.image !== undefined;
    case 'folder':
      return guise.folder !== undefined;
    case 'command-line':
      return guise.commandLine !== undefined;
    case 'parent':
      return guise.parent !== undefined;
    case 'version':
      return [guise.company, guise.product, guise.description, guise.original].some((value) => value !== undefined);
  }
}

function dressed(version: Version, guise: Disguise): Version {
  const original = guise.original ?? version.original;
  return {
    company: guise.company ?? version.company,
    product: guise.product ?? version.product,
    description: guise.description ?? version.description,
    ...(original !== undefined && { original }),
  };
}

function renamedIn(command: string, image: string, folder: string): string {
  const rest = command.replace(/^\s*("[^"]*"|\S+)\s*/, '');
  return [`"${folder}\\${image}"`, rest].filter((part) => part !== '').join(' ');
}

function joined(command: string, more: string): string {
  return command.includes(more) ? command : `${command} ${more}`;
}

function underParent(attack: Attack, parent: string, { facts }: Context): Attack {
  const known = facts.catalogue.binary(parent);
  const above: Program = {
    image: parent,
    existing: false,
    ...(known === undefined && { folder: 'C:\\Program Files\\Common Files' }),
  };
  return { ...attack, process: [above, ...attack.process.slice(-1)] };
}

/** The malware starts, puts its code into a program that runs anyway, and connects from there. */
export function inject(attack: Attack, { into }: Change & { kind: 'inject' }, context: Context): Outcome {
  const { facts, draws, words } = context;
  const wanted =
    into === 'client'
      ? attack.steps.flatMap(({ role, host }) =>
          role === 'lookup' ? (serviceOf(host, facts.services)?.client ?? []) : [],
        )
      : into === 'excluded'
        ? words.disguises.flatMap(({ image }) => image ?? [])
        : into;
  const own = attack.process.at(-1)?.image.toLowerCase();
  const targets = wanted.filter((image) => image.toLowerCase() !== own);
  // A client that the catalogue does not describe lies where programs of a user's own lie.
  const known = into === 'excluded' ? targets.filter((image) => facts.catalogue.binary(image) !== undefined) : targets;
  if (known.length === 0) return { reason: NO_TARGET[typeof into === 'string' ? into : 'given'] };
  const image = draws.pick(known);
  const binary = facts.catalogue.binary(image);
  const target: Program = {
    image,
    existing: true,
    ...(binary === undefined && {
      folder: `C:\\Users\\{user}\\AppData\\Local\\Programs\\${image.replace(/\.exe$/i, '')}`,
      account: 'user' as const,
    }),
    ...(image.toLowerCase() === 'svchost.exe' && {
      commandLine: 'C:\\WINDOWS\\system32\\svchost.exe -k netsvcs -p -s Schedule',
    }),
  };
  const system = facts.catalogue.binary(image)?.account === 'system' || image.toLowerCase() === 'svchost.exe';
  const process: Program[] = system
    ? [
        { image: 'services.exe', existing: false },
        { ...target, account: 'system' },
      ]
    : [target];
  const moved: Attack = { ...attack, steps: goOnIn({ process, child: false }, attack.steps) };
  return {
    attack: moved,
    ...(system &&
      !isPrivileged(attack) && { cost: 'privilege' as const, needs: `administrator rights, to write into ${image}` }),
  };
}

const NO_TARGET = {
  client: 'no client of its service is known',
  excluded: 'the rule leaves out no program of which it is known where it lies',
  given: 'it is in that program already',
} as const;

/** Every connection by a helper; the attack's own process starts all the same, and tells nothing. */
function goOnIn(helper: Helper, steps: readonly AttackStep[]): AttackStep[] {
  const [first] = steps;
  if (first === undefined) return [];
  const started: AttackStep = { ...first, role: 'setup', offset: 0, told: { as: 'none' } };
  return [started, ...steps.map((step) => ({ ...step, offset: step.offset + 1500, helper }))];
}

/** The script is carried by another interpreter. */
export function interpreter(attack: Attack, change: Change & { kind: 'interpreter' }, context: Context): Outcome {
  const leaf = leafOf(attack, context);
  if (leaf.existing) return { reason: ALREADY_INSIDE };
  const others = change.programs.filter(({ image }) => image.toLowerCase() !== leaf.image.toLowerCase());
  const chosen = context.draws.pick(others);
  const { version: _, folder: __, commandLine: ___, ...kept } = leaf;
  return { attack: withLeaf(attack, { ...kept, ...programOf(chosen, attack) }) };
}

/** A program of the attacker's choice as it runs in an attack. */
function programOf(chosen: KnownProgram, attack: Attack): Program {
  const lookup = attack.steps.find(({ role }) => role === 'lookup');
  const url = lookup === undefined ? '' : `https://${lookup.host}${lookup.to[0]?.path ?? '/'}`;
  const { image, folder, commandLine, version } = chosen;
  return {
    image,
    existing: false,
    commandLine: commandLine.replaceAll('{url}', url),
    ...(folder !== undefined && { folder }),
    ...(version !== undefined && { version }),
  };
}

/** A signed program loads the malware as a library from its own folder. */
export function sideLoad(attack: Attack, change: Change & { kind: 'side-load' }, context: Context): Outcome {
  const leaf = leafOf(attack, context);
  if (leaf.existing) return { reason: ALREADY_INSIDE };
  const chosen = context.draws.pick(change.programs);
  const library = context.draws.pick(change.libraries);
  const { version: _, folder: __, commandLine: ___, ...kept } = leaf;
  const next = { ...kept, ...programOf(chosen, attack) };
  const folder = next.folder ?? TEMP;
  const leaves: Artifact[] = [
    { file: `${folder}\\${next.image}`, by: 'parent', action: 'FileCreated' },
    { file: `${folder}\\${library}`, by: 'parent', action: 'FileCreated' },
    { library: `${folder}\\${library}`, by: 'process' },
  ];
  return { attack: withLeaf(attack, { ...next, folder, signed: true }, leaves) };
}

/** Another program fetches the page; the attack's own process goes on with what it holds. */
export function proxy(attack: Attack, change: Change & { kind: 'proxy' }, context: Context): Outcome {
  const { service, programs } = change;
  const own = attack.process.at(-1)?.image.toLowerCase();
  const others = programs.filter(({ image }) => service || image.toLowerCase() !== own);
  if (others.length === 0) return { reason: 'that program makes the lookup already' };
  const chosen = programOf(context.draws.pick(others), attack);
  const helper: Helper = service
    ? {
        child: false,
        process: [
          { image: 'services.exe', existing: false },
          { ...chosen, existing: true, account: 'system' },
        ],
      }
    : { child: true, process: [chosen] };
  const steps = attack.steps.map((step) => (step.role === 'lookup' ? { ...step, helper } : step));
  const [first] = attack.steps;
  if (first === undefined || !attack.steps.some(({ role }) => role === 'lookup'))
    return { reason: 'it looks nothing up' };
  // The process that asks for it is there before it, though it connects nowhere yet.
  const started: AttackStep = { ...first, role: 'setup', offset: 0, told: { as: 'none' } };
  return { attack: { ...attack, steps: [started, ...steps.map((step) => ({ ...step, offset: step.offset + 800 }))] } };
}

/** What was looked up is handed to another process, which contacts it. */
export function split(attack: Attack, { child }: Change & { kind: 'split' }, { draws }: Context): Outcome {
  const name = `${draws.pick(['update', 'sync', 'notify', 'report', 'host'])}${draws.text('abcdefghijklmnop', 3)}.exe`;
  const program: Program = { image: name, folder: TEMP, commandLine: `"${TEMP}\\${name}" -q`, existing: false };
  const helper: Helper = child
    ? { child, process: [program] }
    : {
        child,
        process: [
          { image: 'svchost.exe', existing: false },
          { ...program, account: 'user' },
        ],
      };
  if (!attack.steps.some(({ role }) => role === 'callback')) return { reason: 'it contacts nothing that it looked up' };
  const steps = attack.steps.map((step) => (step.role === 'callback' ? { ...step, helper } : step));
  const file: Artifact = { file: `${TEMP}\\${name}`, by: 'process', action: 'FileCreated' };
  return { attack: { ...attack, steps, leaves: [...attack.leaves, file] } };
}
