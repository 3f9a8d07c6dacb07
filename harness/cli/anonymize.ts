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
  const shown = progress(process.stderr);
  const done = await anonymize(files, {
    out: flags.out,
    keyFile: flags.keyFile,
    ownDomains: flags.ownDomain,
    ownNetworks: flags.ownNetwork.map((text) => blockOf(text, parseBlock)),
    onStage: shown.stage,
  }).finally(shown.end);
  writeOut(flags.json === true ? jsonText(asJson(done), 2) : printable(asText(done)));
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

function asText({ files, replaced, key }: Anonymized): string {
  const lines = files.flatMap(({ file, written, records, lostCount, lost }) => [
    `${file} -> ${written}: ${records.toLocaleString('en-US')} records`,
    ...(lostCount === 0 ? [] : [`  ${lostCount.toLocaleString('en-US')} could not be read and were left out:`]),
    ...lost.map(({ line, reason }) => `  ${file}:${line}: ${reason}`),
  ]);
  const counts = [...replaced]
    .sort(([, a], [, b]) => b.occurrences - a.occurrences)
    .map(
      ([kind, { values, occurrences }]) =>
        `  ${kind.padEnd(18)} ${values.toLocaleString('en-US').padStart(9)} values, ${occurrences.toLocaleString('en-US')} times`,
    );
  const told =
    key === 'forgotten'
      ? 'The key is forgotten: nobody can tell them back, and another run gives other stand-ins.'
      : 'Whoever has the key can test guesses: keep it apart from what was written.';
  return `${[...lines, '', counts.length === 0 ? 'Nothing was replaced.' : 'Replaced:', ...counts, told].join('\n')}\n`;
}
