import { readdirSync, readFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { DEFAULT_LIMITS, type LimitName, limitText } from '../../harness/files/limits.js';
import { support, supportMarkdown } from '../../harness/kql/support.js';
import { assay, words } from './commands.js';

/** Documents that show commands: the first page, and all below these folders. */
export function documents(): string[] {
  const below = ['detections', 'harness', 'simulators', 'reports', 'docs'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
  );
  // A template is for another repository.
  return ['README.md', ...below.filter((file) => file.endsWith('.md') && !file.includes('/template/')).sort()];
}

/** A document with all that is generated in it made anew. */
export async function generated(file: string): Promise<string> {
  let text = readFileSync(file, 'utf8');
  for (const [whole, how = '', body = ''] of text.matchAll(/^```console( excerpt)?\n([\s\S]*?)^```$/gm)) {
    const made = await session(body, how !== '');
    text = text.replace(whole, () => `\`\`\`console${how}\n${made}\`\`\``);
  }
  for (const [whole, name = ''] of text.matchAll(/^<!-- (\w+) -->\n[\s\S]*?^<!-- \/\1 -->$/gm)) {
    const make = REGIONS[name];
    if (make === undefined) throw new Error(`${file}: nothing makes a region '${name}'.`);
    const made = await make();
    text = text.replace(whole, () => `<!-- ${name} -->\n${made}\n<!-- /${name} -->`);
  }
  return text;
}

/** Commands after `$ `, each with what it writes. */
async function session(body: string, excerpt: boolean): Promise<string> {
  const shown: string[] = [];
  for (const line of body.split('\n').filter((each) => each.startsWith('$ '))) {
    const [program = '', ...args] = words(line.slice(2));
    if (program !== 'assay') throw new Error(`Only commands of Assay are run: ${line}`);
    const { stdout, stderr } = await assay(args);
    const text = `${stdout}${stderr}`.trimEnd();
    shown.push(line, ...(excerpt ? shortened(text) : text).split('\n'));
  }
  return `${shown.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Of each paragraph the beginning, and the end of the last; a verdict is whole but for lists of facts in it. */
function shortened(text: string): string {
  return text
    .split('\n\n')
    .map((paragraph, i, all) => {
      const lines = paragraph.split('\n');
      if (/^[✔✘]/.test(paragraph) && lines.some(isFact)) return withoutFacts(lines);
      const end = i === all.length - 1 ? lines.slice(-1) : [];
      return lines.length <= 4 ? paragraph : [...lines.slice(0, 3), '  …', ...end].join('\n');
    })
    .join('\n\n');
}

function isFact(line: string): boolean {
  return /^ {2}[○△✘·]/.test(line);
}

/** Of facts in a row the first, where others follow upon them. */
function withoutFacts(lines: readonly string[]): string {
  const kept: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (!isFact(line)) kept.push(line);
    else if (!isFact(lines[i - 1] ?? '')) kept.push(...(lines.slice(i).every(isFact) ? [] : [line]), '  …');
  }
  return kept.join('\n');
}

const REGIONS: Readonly<Record<string, () => string | Promise<string>>> = {
  commands: async () => {
    const rows = (await commands()).map(({ usage, summary }) => [`\`${usage.replaceAll('|', '\\|')}\``, summary]);
    return markdownTable([['command', 'what it does'], ...rows]);
  },
  support: () => {
    const { supported, refused } = support();
    const of = (kind: string): number =>
      supported.filter((group) => group.kind === kind).reduce((sum, { names }) => sum + names.length, 0);
    const counts = ['operator', 'function', 'aggregate', 'plugin'].map((kind) => `${of(kind)} ${kind}s`);
    return `It runs ${counts.slice(0, -1).join(', ')} and ${counts.at(-1)} of KQL, and refuses ${refused.length} more by name: [the list](docs/kql.md).`;
  },
  limits: () => {
    const rows = Object.entries(DEFAULT_LIMITS).map(([name, { of }]) => [
      `\`${name}\``,
      limitText(name as LimitName),
      of,
    ]);
    return markdownTable([['limit', 'by default', 'what it bounds'], ...rows]);
  },
  matrix: () => supportMarkdown(support()).trimEnd(),
};

export interface CommandHelp {
  readonly path: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly string[];
}

let known: Promise<readonly CommandHelp[]> | undefined;

/** Every command, from its help. */
export function commands(): Promise<readonly CommandHelp[]> {
  known ??= readCommands([]);
  return known;
}

async function readCommands(path: readonly string[]): Promise<readonly CommandHelp[]> {
  const { stdout } = await assay([...path, '--help']);
  const list = /\nCommands:\n([\s\S]*?)(\n\n|$)/.exec(stdout)?.[1] ?? '';
  const inner = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  if (inner.length > 0) {
    const all: CommandHelp[] = [];
    for (const name of inner) all.push(...(await readCommands([...path, name])));
    return all;
  }
  const usage = /^Usage: (.*)$/m.exec(stdout)?.[1]?.replace(' [options]', '') ?? '';
  const summary = /^Usage: .*\n\n([\s\S]*?)\n\n/m.exec(stdout)?.[1]?.replace(/\s+/g, ' ') ?? '';
  const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag = '']) => flag);
  return [{ path, usage, summary, flags }];
}
