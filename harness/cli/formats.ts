import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { makeFolder, writeWhole } from '../files/output.js';
import type { Printable } from '../files/printable.js';
import { writeOut } from './console.js';
import { UsageError } from './exit.js';
import { namesAmong } from './flags.js';
import { terminalOf } from './terminal.js';

/** What commands are told that give their answer in several formats. */
export interface FormatFlags<Format extends string> {
  readonly format: readonly Format[];
  readonly out?: string;
  readonly json?: boolean;
}

/** The flag that says which reports to make; without it the terminal's goes to the screen, and all into a folder. */
export function formatOption(formats: readonly string[]): Option {
  return new Option('--format <names>', `reports to make, parted by commas: ${formats.join(', ')}`)
    .argParser(namesAmong('format', formats))
    .default([], 'terminal; all of them with --out');
}

/** Adds the flags that say in which formats an answer is given, and where. */
export function withFormats(command: Command, formats: readonly string[]): Command {
  return command
    .addOption(formatOption(formats))
    .option('--out <folder>', 'write the reports into this folder')
    .option('--json', 'print the result as JSON');
}

/** @throws UsageError where several reports have nowhere to go */
export function refuseHomeless({ out, format }: FormatFlags<string>): void {
  if (out === undefined && format.length > 1)
    throw new UsageError('Several reports need a folder to be written to: add --out FOLDER.');
}

/** Writes an answer into the folder that was asked for, in all formats unless some are named, and prints it. */
export function tell<Format extends string>(
  { out, format, json }: FormatFlags<Format>,
  files: Readonly<Record<Format | 'terminal' | 'json', string>>,
  render: (format: Format | 'terminal' | 'json', options: ReturnType<typeof terminalOf>) => Printable,
): void {
  const options = terminalOf(process.stdout);
  if (out !== undefined) {
    makeFolder(out);
    for (const name of format.length > 0 ? format : (Object.keys(files) as Format[]))
      writeWhole(join(out, files[name]), render(name, { ...options, color: false }));
  }
  const onScreen = json === true ? 'json' : out === undefined ? (format[0] ?? 'terminal') : 'terminal';
  writeOut(render(onScreen, options));
}
