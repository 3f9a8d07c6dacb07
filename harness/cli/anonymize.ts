import { Command, InvalidArgumentError } from 'commander';
import type { Block } from '../anonymize/addresses.js';
import type { Anonymized } from '../anonymize/anonymize.js';
import { jsonText, printable } from '../files/printable.js';
import { writeOut } from './console.js';
import { EXIT } from './exit.js';
import { progress } from './progress.js';

interface Flags {
  readonly out: string;
  readonly keyFile?: string;
  readonly ownDomain: readonly string[];
  readonly ownNetwork: readonly string[];
  readonly json?: boolean;
}

/** `assay anonymize`: telemetry that may be committed. */
export function anonymizeCommand(): Command {
  return new Command('anonymize')
    .description('Writes telemetry anew with stand-ins for hosts, users, internal addresses and secrets.')
    .argument('<file...>', 'exports: .csv, .json, .ndjson, .jsonl or .parquet, packed (.gz) or not')
    .requiredOption('--out <dir>', 'where the files go')
    .option('--key-file <file>', 'a secret of 32 bytes or more, for the same stand-ins in another run')
    .option('--own-domain <names...>', 'domains of the organisation, besides those of its hosts and users', [])
    .option('--own-network <blocks...>', 'public addresses of the organisation, such as 203.0.113.0/24', [])
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', '\nExample:\n  assay anonymize exports/*.csv --out fixtures --own-network 203.0.113.0/24')
    .action(async (files: string[], flags: Flags) => {
      await run(files, flags);
      process.exitCode = EXIT.ok;
    });
}

async function run(files: readonly string[], flags: Flags): Promise<void> {
  const { anonymize } = await import('../anonymize/anonymize.js');
  const { parseBlock } = await import('../anonymize/addresses.js');
  const { MOST_COUNTED } = await import('../anonymize/replacer.js');
  const shown = progress(process.stderr);
  const done = await anonymize(files, {
    out: flags.out,
    keyFile: flags.keyFile,
    ownDomains: flags.ownDomain,
    ownNetworks: flags.ownNetwork.map((text) => blockOf(text, parseBlock)),
    onStage: shown.stage,
  }).finally(shown.end);
  writeOut(flags.json === true ? jsonText(asJson(done), 2) : printable(asText(done, MOST_COUNTED)));
}

function blockOf(text: string, parse: (text: string) => Block): Block {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function asJson({ files, replaced, key }: Anonymized): unknown {
  return { version: 1, files, replaced: Object.fromEntries(replaced), key };
}

function asText({ files, replaced, key }: Anonymized, most: number): string {
  const lines = files.flatMap(({ file, written, records, lostCount, lost }) => [
    `${file} -> ${written}: ${records.toLocaleString('en-US')} records`,
    ...(lostCount === 0 ? [] : [`  ${lostCount.toLocaleString('en-US')} could not be read and were left out:`]),
    ...lost.map(({ line, reason }) => `  ${file}:${line}: ${reason}`),
  ]);
  const counts = [...replaced]
    .sort(([, a], [, b]) => b.cells - a.cells)
    .map(([kind, { values, cells }]) => {
      const more = values < most ? '' : ' or more';
      return `  ${kind}: ${counted(values, 'value')}${more}, ${counted(cells, 'cell')}`;
    });
  const told =
    key === 'forgotten'
      ? 'The key is forgotten: nobody can tell them back, and another run gives other stand-ins.'
      : 'Whoever has the key can test guesses: keep it apart from what was written.';
  return `${[...lines, '', counts.length === 0 ? 'Nothing was replaced.' : 'Replaced:', ...counts, told].join('\n')}\n`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
