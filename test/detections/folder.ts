import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readDetection } from '../../harness/detection/detection.js';
import { FileError } from '../../harness/files/errors.js';

/** Files of a detection that is as it should be; tests change what they are about. */
export const GOOD: Readonly<Record<string, string>> = {
  'detection.yaml': `id: shell-lookup
title: A shell looks something up
environment: defender-xdr
claims:
  techniques: [T1102.001]
  roles: [lookup]
`,
  'rule.kql': `DeviceNetworkEvents
| where RemoteUrl has_any ("pastebin.com", "github.com")
| where InitiatingProcessFileName == "powershell.exe"
| project Timestamp, DeviceName, RemoteUrl
`,
  'tests.yaml': `tests:
  - name: a shell reads a paste
    events:
      DeviceNetworkEvents:
        - { InitiatingProcessFileName: powershell.exe, RemoteUrl: pastebin.com }
    expect: { alerts: 1 }
`,
};

/** A temporary folder of detections. */
export class Sandbox {
  readonly root = mkdtempSync(join(tmpdir(), 'assay-'));

  /** Writes a detection with some files changed, or left out where the text is undefined; gives its folder. */
  detection(changes: Readonly<Record<string, string | undefined>> = {}, id = 'shell-lookup'): string {
    const folder = join(this.root, id);
    for (const [name, text] of Object.entries({ ...GOOD, ...changes })) {
      if (text !== undefined) this.file(join(id, name), text.replaceAll('shell-lookup', id));
    }
    return folder;
  }

  /** Why a detection with these changes cannot be read, its files named from its folder. */
  refusal(changes: Readonly<Record<string, string | undefined>>): string {
    try {
      readDetection(this.detection(changes));
    } catch (error) {
      if (error instanceof FileError) return error.message.replaceAll(`${this.root}/shell-lookup/`, '');
      throw error;
    }
    return 'it was read';
  }

  file(name: string, text: string): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
