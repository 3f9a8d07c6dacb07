import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../files/scratch.js';

const FULL = 1024 * 1024;

/** A private copy of the sound records of a file, one after the other, each with its line before it. */
export class Copy {
  private readonly folder = scratchFolder();
  readonly path = join(this.folder.path, 'records');
  private readonly file = openSync(this.path, 'wx', 0o600);
  private parts: Buffer[] = [];
  private length = 0;
  private isOpen = true;

  /** @param delimiter what stands between the line and the record */
  constructor(private readonly delimiter: string) {}

  readonly write = (buffer: Buffer, from: number, to: number, line: number): void => {
    // The bytes are the scanner's own, which uses them again.
    const record = Buffer.from(buffer.subarray(from, to));
    this.parts.push(Buffer.from(`${line}${this.delimiter}`), record, NEW_LINE);
    this.length += record.length;
    if (this.length > FULL || this.parts.length > FULL / 64) this.flush();
  };

  /** Nothing more is written. */
  finish(): void {
    this.flush();
    closeSync(this.file);
    this.isOpen = false;
  }

  remove(): void {
    if (this.isOpen) closeSync(this.file);
    this.isOpen = false;
    this.folder.remove();
  }

  private flush(): void {
    const bytes = Buffer.concat(this.parts);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    this.parts = [];
    this.length = 0;
  }
}

const NEW_LINE = Buffer.from('\n');
