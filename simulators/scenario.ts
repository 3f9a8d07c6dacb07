import { isIP } from 'node:net';
import { z } from 'zod';

/** Roles of hosts in an organisation. */
export const HOST_ROLES = [
  'office',
  'developer',
  'kiosk',
  'mac',
  'server',
  'linux',
  'build-agent',
  'jump-host',
  'security-scanner',
] as const;
export type HostRole = (typeof HOST_ROLES)[number];

/** Whose account a process runs under; `user` is the one who works at the host, `admin` their elevated session. */
export const ACCOUNTS = ['user', 'admin', 'system', 'network-service', 'local-service', 'service-account'] as const;
export type Account = (typeof ACCOUNTS)[number];

/** When in the day things happen, in the host's own time. */
export const PROFILES = ['business', 'waking', 'always', 'night', 'logon'] as const;
export type Profile = (typeof PROFILES)[number];

/** What an event is within its activity. */
export const EVENT_ROLES = ['background', 'lookup', 'callback', 'setup'] as const;
export type EventRole = (typeof EVENT_ROLES)[number];

/** Whether a claim is read in a public source or is a choice that makes a realistic row. */
export const EVIDENCE = ['sourced', 'assumed'] as const;

/** How the source was checked: the ATT&CK entry itself, its text read, or public reporting recalled. */
export const CHECKED = ['stix', 'verified', 'recall', 'estimate'] as const;

/** The false-positive families that the rule's documents name, and what else looks alike. */
export const CATEGORIES = [
  'developer-tooling',
  'package-managers',
  'it-automation',
  'security-tools',
  'corporate-applications',
  'browsers',
  'background',
] as const;
export type Category = (typeof CATEGORIES)[number];

export const HIDING = [
  'interpreter',
  'lolbin',
  'injected',
  'side-loaded',
  'own-executable',
  'masquerade',
  'office-macro',
  'browser',
] as const;

/** What connects and how the row names it (`ActionType`). */
export const CONNECTION_ACTIONS = [
  'ConnectionSuccess',
  'ConnectionFailed',
  'ConnectionRequest',
  'ConnectionFound',
  'InboundConnectionAccepted',
  'ListeningConnectionCreated',
  'ConnectionAttempt',
  'ConnectionAcknowledged',
] as const;

const text = z.string().min(1);
const port = z.int().min(1).max(65535);
const seconds = z.number().min(0);

/** Low, mid and high of an estimate. */
const threeRates = z
  .strictObject({ low: z.number().min(0), mid: z.number().min(0), high: z.number().min(0) })
  .refine(
    (rates) => rates.low <= rates.mid && rates.mid <= rates.high,
    'low, mid and high must not fall: write the least estimate first.',
  );

const version = z.strictObject({
  company: z.string().default(''),
  product: z.string().default(''),
  description: z.string().default(''),
  original: z.string().optional(),
  /** How its number is written, with placeholders: filled in once for each release. */
  number: text.optional(),
});

/** A process of the tree. What `catalogue/binaries.yaml` knows of the image need not be repeated. */
const processNode = z.strictObject({
  image: text,
  folder: text.optional(),
  commandLine: z.string().optional(),
  account: z.enum(ACCOUNTS).optional(),
  version: version.optional(),
  /** How it names itself to web servers (`User-Agent`). */
  agent: text.optional(),
  /** It runs already, since boot or logon: injected code connects from it. */
  existing: z.boolean().default(false),
  /** How many versions of it an estate has at a time. */
  versions: z.int().min(1).max(20).optional(),
});

/** A file or registry value that the connecting process or its parent leaves behind, or a library that it loads. */
const by = z.enum(['process', 'parent']).default('process');
const artifact = z.union([
  z.strictObject({
    file: text,
    by,
    action: z.enum(['FileCreated', 'FileRenamed', 'FileDeleted']).default('FileCreated'),
    /** The URL that it was downloaded from, which browsers write to the file's zone. */
    from: text.optional(),
  }),
  z.strictObject({
    registry: text,
    by,
    name: text,
    data: z.string(),
    type: z.enum(['String', 'ExpandString', 'Dword']).default('String'),
  }),
  z.strictObject({ library: text, by }),
]);

/** Where a claim comes from. */
export const sourceSchema = z.strictObject({
  name: text,
  url: z.url().optional(),
  checked: z.enum(CHECKED),
});

/** Placeholders stand for parts of names; names hold no scheme, port or path. */
const host = text.refine(
  (written) => /^[\w-]+(\.[\w-]+)*$/.test(written.replace(/\{[^{}]*\}/g, 'x')),
  "a host is a name alone, as 'api.github.com': its port goes under 'port', its paths under 'paths'.",
);
const address = text.refine(
  (written) =>
    isIP(
      written
        .replace('{network}', '10.0')
        .replace(/\{[^{}]*\}/g, '10.0.0.1')
        .replace(/\/\d+$/, ''),
    ) !== 0,
  "an address is of IPv4 or IPv6, a block as '10.1.2.0/24', or '{attacker-address}'; names go under 'hosts'.",
);

/** Where a connection goes. Names may hold placeholders; `address` alone is a connection without a name. */
const endpoint = {
  hosts: z.array(host).min(1).optional(),
  address: address.optional(),
  port: port.default(443),
  paths: z.array(text).min(1).optional(),
  protocol: z.enum(['Tcp', 'Udp', 'Icmp']).default('Tcp'),
};

const step = z.strictObject({
  role: z.enum(['lookup', 'callback', 'setup']),
  ...endpoint,
  /** `one`: a host is drawn for each run. `walk`: all are tried in turn. */
  order: z.enum(['one', 'walk']).default('one'),
  /** Seconds after the step before, from and to. */
  after: z.tuple([seconds, seconds]).default([0, 2]),
});

const contact = z.strictObject({
  ...endpoint,
  /** Share among the scenario's contacts. */
  weight: z.number().min(0).default(1),
  action: z.enum(CONNECTION_ACTIONS).default('ConnectionSuccess'),
});

const common = {
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an id is small letters, digits and dashes'),
  title: text,
  summary: text,
  sources: z.array(sourceSchema).min(1),
  /** Field by field; what is not named is assumed. */
  evidence: z.record(z.string(), z.enum(EVIDENCE)),
  /** The hosts it can happen on. */
  on: z.array(z.enum(HOST_ROLES)).min(1),
  /** Names with the values that they take; each run draws one of each. */
  vary: z.record(z.string().regex(/^[a-z][\w-]*$/), z.array(text).min(1)).default({}),
  /** From the oldest ancestor to the process that connects. */
  process: z.array(processNode).min(1).max(5),
  leaves: z.array(artifact).default([]),
};

const malicious = z.strictObject({
  ...common,
  label: z.literal('malicious'),
  technique: z.string().regex(/^T\d{4}(\.\d{3})?$/),
  /** ATT&CK software, group or campaign id, or the id of a public report. */
  procedure: text,
  hiding: z.enum(HIDING),
  /** How the drop holds what is looked up, for whoever reads an alert. */
  encoding: text.optional(),
  starts: z.enum(PROFILES),
  cadence: z.strictObject({
    kind: z.enum(['once', 'periodic', 'on-failure', 'daily']),
    /** Seconds from one lookup to the next. */
    every: z.number().positive().optional(),
    /** Share of `every` by which each may be early or late. */
    jitter: z.number().min(0).max(1).default(0),
    /** Lookups at most in one run. */
    times: z.int().min(1).max(2000).default(1),
    /** Each lookup is made by a new process (a scheduled task, a relaunched script). */
    relaunch: z.boolean().default(false),
  }),
  steps: z.array(step).min(1),
});

const benign = z.strictObject({
  ...common,
  label: z.literal('benign'),
  category: z.enum(CATEGORIES),
  /** Percent of all hosts that have it on a working day. */
  share: threeRates,
  /** Rows a day on a host that has it: with `RemoteUrl` filled, after the sensor's cap. */
  rows: threeRates,
  when: z.enum(PROFILES),
  /** Rows in one go. */
  burst: z.int().min(1).max(500).default(1),
  /** Seconds that one go lasts. */
  within: z.number().positive().default(30),
  /** How long a process lives: from logon or boot on, for one burst, for one connection. */
  lives: z.enum(['logon', 'boot', 'burst', 'connection']),
  /** Connections that repeat an earlier one, in percent; the sensor's cap hides them. */
  repeats: z.int().min(0).max(1000).default(0),
  /** Percent of connections that fail. */
  fails: z.number().min(0).max(100).default(2),
  contacts: z.array(contact).min(1),
});

/** One scenario file. */
export const scenarioSchema = z.discriminatedUnion('label', [malicious, benign]);
export type Scenario = z.output<typeof scenarioSchema>;
export type MaliciousScenario = z.output<typeof malicious>;
export type BenignScenario = z.output<typeof benign>;
export type ProcessNode = z.output<typeof processNode>;
export type Step = z.output<typeof step>;
export type Contact = z.output<typeof contact>;
export type Artifact = z.output<typeof artifact>;
export type Label = Scenario['label'];

/** `low`, `mid` and `high` of every estimate. */
export const RATES = ['low', 'mid', 'high'] as const;
export type Rates = (typeof RATES)[number];
