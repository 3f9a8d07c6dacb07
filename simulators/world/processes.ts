import { createHash } from 'node:crypto';
import type { Binary, Catalogue } from '../catalogue.js';
import { expand, type Variables } from '../patterns.js';
import { combine, Draws, keyOf } from '../random.js';
import { ACCOUNTS, type Account, type Artifact, type ProcessNode } from '../scenario.js';
import type { Program } from './attack.js';
import { type Cell, PREFIX, type WorkTable } from './tables.js';

/** What a process is, apart from when and where it runs. Row 0 is no process at all. */
export const PROCESSES: WorkTable = {
  name: `${PREFIX}process`,
  columns: {
    proc: 'INTEGER',
    p_image: 'VARCHAR',
    p_lower: 'VARCHAR',
    p_path: 'VARCHAR',
    p_path_lower: 'VARCHAR',
    p_command: 'VARCHAR',
    p_per_user: 'BOOLEAN',
    p_sha1: 'VARCHAR',
    p_sha256: 'VARCHAR',
    p_md5: 'VARCHAR',
    p_size: 'BIGINT',
    p_company: 'VARCHAR',
    p_product: 'VARCHAR',
    p_version: 'VARCHAR',
    p_internal: 'VARCHAR',
    p_original: 'VARCHAR',
    p_description: 'VARCHAR',
    p_account: 'INTEGER',
    p_parent: 'INTEGER',
    p_parent_image: 'VARCHAR',
    p_parent_starts: 'INTEGER',
    p_parent_key: 'BIGINT',
    p_signer: 'VARCHAR',
    p_signature: 'VARCHAR',
    p_agent: 'VARCHAR',
  },
};

/** Files, registry values and libraries that a process leaves behind or loads. */
export const ARTIFACTS: WorkTable = {
  name: `${PREFIX}artifact`,
  columns: {
    a_proc: 'INTEGER',
    a_order: 'INTEGER',
    a_by_parent: 'BOOLEAN',
    a_table: 'VARCHAR',
    a_action: 'VARCHAR',
    a_folder: 'VARCHAR',
    a_name: 'VARCHAR',
    a_data: 'VARCHAR',
    a_type: 'VARCHAR',
    a_sha1: 'VARCHAR',
    a_sha256: 'VARCHAR',
    a_md5: 'VARCHAR',
    a_size: 'BIGINT',
    a_origin: 'VARCHAR',
  },
};

/** When a parent was started, as the numbers in `p_parent_starts`. */
export const STARTS_LOGON = 0;
export const STARTS_BOOT = 1;
export const STARTS_OWN = 2;

/** What makes two copies of a program differ. */
export interface Copy {
  readonly draws: Draws;
  readonly variables: Variables;
  /** Whose file it is: empty for a program that is the same file everywhere, given its release. */
  readonly owner: string;
  readonly release: number;
  /** Which of its releases the host has of a program that is the same file everywhere. */
  readonly estate: number;
}

/** Releases that an estate has at a time of what it installs alike. */
export const ESTATE_RELEASES = 3;

/** Which draw of a host decides its releases. */
export const RELEASE = 6;

/** The releases that a host has: of all programs that come with the estate the same. */
export function estateOf(host: { readonly key: number }): number {
  return combine(host.key, RELEASE) % ESTATE_RELEASES;
}

/** What decides the version of a program's file. */
interface File {
  readonly isKnown: boolean;
  readonly build: string;
  readonly folder: string;
  readonly copy: Copy;
  readonly number: string | undefined;
}

interface Placed {
  readonly id: number;
  readonly image: string;
  readonly starts: Binary['starts'];
}

/** Processes of all scenarios, numbered as they are made. */
export class Processes {
  readonly rows: Cell[][] = [NO_PROCESS];
  readonly artifacts: Cell[][] = [];
  private readonly shared = new Map<string, Placed>();
  private readonly catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
  }

  /** The account of the process that connects. */
  accountOf(tree: readonly ProcessNode[]): Account {
    const leaf = tree.at(-1);
    return leaf?.account ?? (leaf && this.catalogue.binary(leaf.image)?.account) ?? 'user';
  }

  /**
   * Adds copies of a tree and gives the number of the first one's process that connects; those of the others follow it
   * one by one.
   */
  add(tree: readonly Program[], copies: readonly Copy[], leaves: readonly Artifact[]): number {
    const leaf = tree.at(-1);
    if (leaf === undefined) throw new Error('A tree has at least one process.');
    const accounts = this.accountsOf(tree);
    const parents = copies.map((copy) => this.addAncestors(tree.slice(0, -1), accounts, copy));
    const first = this.rows.length;
    for (const [index, copy] of copies.entries()) {
      const known = this.binaryOf(leaf, copy);
      const account = accounts.at(-1) ?? 'user';
      const placed = this.place(
        leaf,
        known,
        account,
        copy,
        parents[index] ?? this.parentOf(leaf, known, account, copy.estate),
      );
      // Draws of its own: what is left behind shifts nothing else of a scenario.
      const row = this.rows[placed.id];
      const draws = new Draws(keyOf('leaves', copy.owner, String(row?.[SHA1]), String(row?.[COMMAND]), index));
      for (const [order, artifact] of leaves.entries())
        this.artifacts.push(artifactRow(placed.id, order, artifact, { ...copy, draws }));
    }
    return first;
  }

  /** A tree as the process of this number and its ancestors have it: with the texts that were filled in. */
  programs(proc: number, tree: readonly ProcessNode[]): Program[] {
    const programs: Program[] = [];
    let row = this.rows[proc];
    for (const node of [...tree].reverse()) {
      const image = String(row?.[IMAGE]);
      const path = String(row?.[PATH]);
      programs.unshift({
        ...node,
        image,
        // The account was settled before it was known which program this is.
        ...(node.image !== image && { account: ACCOUNTS[Number(row?.[ACCOUNT])] }),
        ...(node.folder !== undefined && { folder: path.slice(0, -image.length - 1) }),
        ...(node.commandLine !== undefined && { commandLine: String(row?.[COMMAND]) }),
        ...(node.version !== undefined && {
          version: {
            ...node.version,
            company: String(row?.[COMPANY]),
            product: String(row?.[PRODUCT]),
            description: String(row?.[DESCRIPTION]),
          },
        }),
      });
      row = this.rows[Number(row?.[PARENT])];
    }
    return programs;
  }

  /** What the process of this number leaves behind, with the texts that were filled in. */
  leftBy(proc: number): Artifact[] {
    return this.artifacts.filter(([of]) => of === proc).map(artifactOf);
  }

  private addAncestors(tree: readonly Program[], accounts: readonly Account[], copy: Copy): Placed | undefined {
    let parent: Placed | undefined;
    for (const [index, node] of tree.entries()) {
      const plain = node.folder === undefined && node.commandLine === undefined && node.version === undefined;
      const known = this.binaryOf(node, copy);
      // An ancestor that the catalogue describes in full, and that lives as long as the session, is one for all.
      parent =
        index === 0 && plain && known !== undefined && known.starts !== 'own'
          ? this.sharedProcess(node.image, known, copy.estate)
          : this.place(
              node,
              known,
              accounts[index] ?? 'user',
              copy,
              parent ?? this.parentOf(node, known, accounts[index] ?? 'user', copy.estate),
            );
    }
    return parent;
  }

  private binaryOf(node: ProcessNode, copy: Copy): Binary | undefined {
    return this.catalogue.binary(expand(node.image, copy.draws, copy.variables));
  }

  private accountsOf(tree: readonly ProcessNode[]): Account[] {
    const accounts: Account[] = [];
    let account = this.accountOf(tree);
    for (const node of [...tree].reverse()) {
      account = node.account ?? this.catalogue.binary(node.image)?.account ?? account;
      accounts.unshift(account);
    }
    return accounts;
  }

  /**
   * Who started the oldest process that is told of: as the catalogue says, else the shell for a person and the service
   * control manager for a service. What the machine starts first, and programs of other systems, have no parent.
   */
  private parentOf(node: ProcessNode, known: Binary | undefined, account: Account, estate: number): Placed | undefined {
    const first = known !== undefined && known.starts === 'boot' && known.account === 'system';
    const folder = node.folder ?? known?.folder ?? '';
    const usual = account === 'user' || account === 'admin' ? 'explorer.exe' : 'services.exe';
    const image = known?.parent ?? (first || !/^[A-Za-z]:|^%|^\\\\/.test(folder) ? undefined : usual);
    const parent = image === undefined ? undefined : this.catalogue.binary(image);
    return image === undefined || parent === undefined ? undefined : this.sharedProcess(image, parent, estate);
  }

  private sharedProcess(image: string, binary: Binary, estate: number): Placed {
    const name = `${image.toLowerCase()}/${estate}`;
    const existing = this.shared.get(name);
    if (existing !== undefined) return existing;
    const copy = {
      draws: new Draws(keyOf('shared', image)),
      variables: new Map<string, string>(),
      owner: '',
      release: estate,
      estate,
    };
    const account = binary.account ?? (binary.starts === 'boot' ? 'system' : 'user');
    const node: ProcessNode = { image, existing: false };
    const placed = this.place(node, binary, account, copy, this.parentOf(node, binary, account, estate));
    this.shared.set(name, placed);
    return placed;
  }

  private place(
    node: Program,
    known: Binary | undefined,
    account: Account,
    copy: Copy,
    parent: Placed | undefined,
  ): Placed {
    const fill = (text: string): string => expand(text, copy.draws, copy.variables);
    const image = fill(node.image);
    const folder = fill(node.folder ?? known?.folder ?? '').replace(/\\$/, '');
    const path = folder === '' ? image : `${folder}${folder.startsWith('/') ? '/' : '\\'}${image}`;
    const command = fill(node.commandLine ?? known?.commandLine ?? `"${path}"`);
    // A program under a folder of its own is not the one that the catalogue knows: a copy, or another of that name.
    const isKnown = known !== undefined && node.folder === undefined;
    const build = isKnown ? `${known.original ?? image}/${copy.estate % 4}` : `${copy.owner}/${image}/${copy.release}`;
    const version = versionTexts(node.version ?? known, build, copy);
    const isSystems = isKnown && /^C:\\Windows\\/i.test(`${folder}\\`);
    const named = version !== undefined && version.company !== '';
    const signed = node.signed ?? named;
    const id = this.rows.length;
    this.rows.push([
      id,
      image,
      image.toLowerCase(),
      path,
      path.toLowerCase(),
      command,
      /\{user\}/.test(path + command),
      digest('sha1', build),
      digest('sha256', build),
      digest('md5', build),
      40_000 + (keyOf('size', build) % 9_000_000),
      version?.company ?? '',
      version?.product ?? '',
      named
        ? this.versionOf(known, { isKnown, build, folder, copy, number: node.version?.number ?? known?.number })
        : '',
      (version?.original ?? (named ? image : '')).replace(/\.(exe|dll)$/i, ''),
      version?.original ?? (named ? image : ''),
      version?.description ?? '',
      ACCOUNTS.indexOf(account),
      parent?.id ?? 0,
      parent?.image ?? '',
      parent === undefined ? STARTS_BOOT : { logon: STARTS_LOGON, boot: STARTS_BOOT, own: STARTS_OWN }[parent.starts],
      parent === undefined ? 0 : keyOf('parent', parent.image),
      signed ? (isSystems ? 'OsVendor' : 'OsVendorApplication') : 'Unknown',
      signed ? 'Valid' : 'Unsigned',
      node.agent ?? known?.agent ?? SYSTEM_AGENT,
    ]);
    return { id, image, starts: known?.starts ?? 'own' };
  }

  /** The version of a file: as the catalogue writes it, else the one that its folder names, else any. */
  private versionOf(known: Binary | undefined, file: File): string {
    const { isKnown, build, folder, copy, number } = file;
    const together = isKnown && known?.maker !== undefined ? `${known.maker}/${copy.estate % 4}` : build;
    const draws = new Draws(keyOf('version', together));
    if (known?.maker === 'windows') return isKnown ? windowsBuild(copy.estate) : draws.pick(WINDOWS_BUILDS);
    if (number !== undefined) return expand(number, draws, copy.variables);
    const named = /(?:^|[\\_ -])v?(\d+(?:\.\d+){2,3})(?=[\\_-]|$)/i.exec(folder)?.[1];
    return named ?? `${1 + draws.below(24)}.${draws.below(12)}.${draws.below(40)}.${draws.below(9000)}`;
  }
}

type VersionTexts = NonNullable<ProcessNode['version']>;

/** The texts of a file's version, filled in: the same for every copy of the file. */
function versionTexts(version: VersionTexts | undefined, build: string, { variables }: Copy): VersionTexts | undefined {
  if (version === undefined) return undefined;
  const draws = new Draws(keyOf('version texts', build));
  const fill = (text: string): string => expand(text, draws, variables);
  const { company, product, description, original } = version;
  return {
    company: fill(company),
    product: fill(product),
    description: fill(description),
    ...(original !== undefined && { original: fill(original) }),
  };
}

const NO_PROCESS: Cell[] = Object.entries(PROCESSES.columns).map(([name, type]) =>
  type === 'VARCHAR' ? '' : type === 'BOOLEAN' ? false : name === 'p_size' ? null : 0,
);

const COLUMNS = Object.keys(PROCESSES.columns);
const SHA1 = COLUMNS.indexOf('p_sha1');
const IMAGE = COLUMNS.indexOf('p_image');
const PATH = COLUMNS.indexOf('p_path');
const COMMAND = COLUMNS.indexOf('p_command');
const COMPANY = COLUMNS.indexOf('p_company');
const PRODUCT = COLUMNS.indexOf('p_product');
const DESCRIPTION = COLUMNS.indexOf('p_description');
const PARENT = COLUMNS.indexOf('p_parent');
const ACCOUNT = COLUMNS.indexOf('p_account');

function artifactOf([, , byParent, table, action, folder, name, data, type, ...rest]: readonly Cell[]): Artifact {
  const by = byParent === true ? ('parent' as const) : ('process' as const);
  const text = String(folder);
  if (table === 'DeviceImageLoadEvents') return { library: text, by };
  if (table === 'DeviceFileEvents') {
    const origin = String(rest.at(-1));
    return { file: text, by, action: action as 'FileCreated', ...(origin !== '' && { from: origin }) };
  }
  return { registry: text, by, name: String(name), data: String(data), type: type as 'String' };
}

function artifactRow(proc: number, order: number, artifact: Artifact, copy: Copy): Cell[] {
  const fill = (text: string): string => expand(text, copy.draws, copy.variables);
  const by = artifact.by === 'parent';
  if ('registry' in artifact) {
    const values = [fill(artifact.registry), fill(artifact.name), fill(artifact.data), artifact.type];
    return [proc, order, by, 'DeviceRegistryEvents', 'RegistryValueSet', ...values, '', '', '', null, ''];
  }
  const path = fill('file' in artifact ? artifact.file : artifact.library);
  const slash = path.lastIndexOf('\\');
  const [table, action] =
    'file' in artifact ? ['DeviceFileEvents', artifact.action] : ['DeviceImageLoadEvents', 'ImageLoaded'];
  const build = `${copy.owner}/${path}/${copy.release}`;
  const hashes = [digest('sha1', build), digest('sha256', build), digest('md5', build)];
  return [
    proc,
    order,
    by,
    table,
    action,
    path,
    path.slice(slash + 1),
    '',
    '',
    ...hashes,
    2_000 + (keyOf(build) % 3_000_000),
    'file' in artifact && artifact.from !== undefined ? fill(artifact.from) : '',
  ];
}

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}

const WINDOWS_BUILDS = ['10.0.22631.4890', '10.0.26100.3194', '10.0.19045.5487', '10.0.20348.2966'];

function windowsBuild(estate: number): string {
  return WINDOWS_BUILDS[estate % WINDOWS_BUILDS.length] ?? '';
}

/** What programs tell web servers that leave it to the system's own client. */
const SYSTEM_AGENT = 'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; .NET4.0C; .NET4.0E)';
