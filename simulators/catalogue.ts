import { join } from 'node:path';
import { z } from 'zod';
import { didYouMean } from '../harness/files/nearest.js';
import { FileError, readYamlDocument } from '../harness/files/yaml.js';
import { contentFolder } from './folder.js';
import { Draws, keyOf } from './random.js';
import { ACCOUNTS } from './scenario.js';

/** When a process that appears as a parent was itself started. */
export const STARTS = ['logon', 'boot', 'own'] as const;

/** Its version: `{…}` as in scenarios; of what is released together, each program has the same. */
const number = z.string().min(1);
const binary = z.strictObject({
  folder: z.string(),
  commandLine: z.string(),
  starts: z.enum(STARTS),
  account: z.enum(ACCOUNTS).optional(),
  parent: z.string().optional(),
  version: z
    .strictObject({
      maker: z.string().optional(),
      company: z.string().default(''),
      product: z.string().default(''),
      description: z.string().default(''),
      original: z.string().optional(),
      number: number.optional(),
    })
    .optional(),
  /** How it names itself to web servers (`User-Agent`). */
  agent: z.string().min(1).optional(),
});
const binariesSchema = z.strictObject({
  makers: z.record(z.string(), z.strictObject({ company: z.string(), product: z.string(), number: number.optional() })),
  binaries: z.record(z.string(), binary),
});

const servicesSchema = z.strictObject({
  networks: z.record(z.string(), z.strictObject({ blocks: z.array(z.string()).min(1), addresses: z.int().min(1) })),
  suffixes: z.record(z.string(), z.string()),
  others: z.array(z.string()).min(1),
});

/** What is known of a program wherever it runs. */
export interface Binary {
  readonly folder: string;
  readonly commandLine: string;
  readonly starts: (typeof STARTS)[number];
  readonly account?: (typeof ACCOUNTS)[number] | undefined;
  readonly parent?: string | undefined;
  readonly company: string;
  readonly product: string;
  readonly description: string;
  readonly original?: string | undefined;
  /** How its version is written; the version that its folder names, or any, when absent. */
  readonly number?: string | undefined;
  /** Who makes it, for programs that are released together. */
  readonly maker?: string | undefined;
  readonly agent?: string | undefined;
}

/** Programs and public services as every scenario sees them. */
export interface Catalogue {
  /** By file name, without regard to case. */
  binary(image: string): Binary | undefined;
  /** The names of all programs, as they are written. */
  images(): readonly string[];
  /** The addresses that a public name resolves to; the same for the same name everywhere. */
  addressesOf(host: string): string[];
}

/**
 * Reads the catalogue that ships with the project.
 *
 * @throws FileError when a file does not fit its schema or names a network or maker that is not declared
 */
export function loadCatalogue(folder = join(contentFolder(), 'catalogue')): Catalogue {
  const binaries = loadBinaries(join(folder, 'binaries.yaml'));
  const services = loadServices(join(folder, 'services.yaml'));
  return {
    binary: (image) => binaries.get(image.toLowerCase())?.binary,
    images: () => [...binaries.values()].map(({ image }) => image),
    addressesOf: (host) => addressesIn(services, host),
  };
}

function loadBinaries(path: string): Map<string, { image: string; binary: Binary }> {
  const document = readYamlDocument(path, binariesSchema);
  const { makers, binaries } = document.value;
  const known = new Map<string, { image: string; binary: Binary }>();
  for (const [image, { version, ...rest }] of Object.entries(binaries)) {
    const maker = version?.maker === undefined ? undefined : makers[version.maker];
    if (version?.maker !== undefined && maker === undefined) {
      throw misnamed(
        path,
        document.placeOf(['binaries', image, 'version', 'maker']),
        version.maker,
        Object.keys(makers),
      );
    }
    const binary = {
      ...rest,
      company: maker?.company ?? version?.company ?? '',
      product: maker?.product ?? version?.product ?? '',
      description: version?.description ?? '',
      original: version?.original,
      number: version?.number ?? maker?.number,
      maker: version?.maker,
    };
    known.set(image.toLowerCase(), { image, binary });
  }
  return known;
}

type Services = z.output<typeof servicesSchema>;

function loadServices(path: string): Services {
  const document = readYamlDocument(path, servicesSchema);
  const names = Object.keys(document.value.networks);
  const used: [string, (string | number)[]][] = [
    ...Object.entries(document.value.suffixes).map(([suffix, name]): [string, string[]] => [
      name,
      ['suffixes', suffix],
    ]),
    ...document.value.others.map((name, index): [string, (string | number)[]] => [name, ['others', index]]),
  ];
  for (const [name, at] of used) {
    if (!names.includes(name)) throw misnamed(path, document.placeOf(at), name, names);
  }
  return document.value;
}

function misnamed(file: string, place: { line: number; column: number }, name: string, known: string[]): FileError {
  const suggestion = didYouMean(name, known);
  const message = `'${name}' is not declared in this file.`;
  return new FileError([{ file, ...place, message, ...(suggestion && { suggestion }) }]);
}

function addressesIn(services: Services, host: string): string[] {
  const network = services.networks[networkOf(services, host)];
  if (network === undefined) throw new Error(`No network for '${host}'.`);
  const draws = new Draws(keyOf('addresses', host));
  const v4 = network.blocks.filter((block) => !block.includes(':'));
  // One address in ten is IPv6 where the service has it: most estates still reach the internet over IPv4.
  return Array.from({ length: network.addresses }, () =>
    addressIn(draws.pick(draws.below(10) === 0 ? network.blocks : v4), draws),
  );
}

function networkOf(services: Services, host: string): string {
  const labels = host.split('.');
  for (let index = 0; index < labels.length - 1; index += 1) {
    const network = services.suffixes[labels.slice(index).join('.')];
    if (network !== undefined) return network;
  }
  return new Draws(keyOf('network', labels.slice(-2).join('.'))).pick(services.others);
}

/** An address within a block in CIDR notation, IPv4 or IPv6; never the first or the last of its /24. */
export function addressIn(block: string, draws: Draws): string {
  const [base = '', length = '32'] = block.split('/');
  if (base.includes(':')) {
    const prefix = base.replace(/::$/, '').split(':');
    while (prefix.length < 4) prefix.push(draws.text('0123456789abcdef', 4).replace(/^0+(?=.)/, ''));
    return `${prefix.join(':')}::${(1 + draws.below(0xfffe)).toString(16)}`;
  }
  const octets = base.split('.').map(Number);
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const free = 2 ** (32 - Number(length));
  const address = value + (draws.below(0x7fffffff) % free);
  const last = 1 + (address % 254);
  return [24, 16, 8]
    .map((shift) => Math.floor(address / 2 ** shift) % 256)
    .concat(last)
    .join('.');
}
