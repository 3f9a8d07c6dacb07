import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Detection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { type EventFile, writeEvents } from '../../harness/evidence/events.js';
import { measureWorkload } from '../../harness/measure/workload.js';
import { CATALOG, smallWorld } from '../measure/world.js';

let engine: Engine;
let folder: string;
beforeEach(async () => {
  engine = await Engine.open({ threads: 1 });
  folder = mkdtempSync(join(tmpdir(), 'assay-events-'));
});
afterEach(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

const HOSTILE = '=HYPERLINK("http://198.51.100.7","x, y")';

/** The events of a small world after a rule for one host name, from a sealed engine. */
async function written(): Promise<readonly EventFile[]> {
  const played = await smallWorld(
    engine,
    [
      [1, 'implant', 'malicious', 'h1'],
      [2, 'reader', 'benign', 'h2'],
    ],
    [
      [1, 1, 'lookup', 'pastebin.com', 'a.exe'],
      [2, 1, 'lookup', 'forum.example', 'a.exe'],
      [3, 1, 'callback', 'pastebin.com', 'a.exe'],
      [4, 2, 'background', 'pastebin.com', HOSTILE],
      [5, 2, 'background', 'news.example', 'b.exe'],
    ],
  );
  await engine.query("UPDATE _activities SET technique = 'T1102.001' WHERE label = 'malicious'");
  await engine.seal();
  const text = 'DeviceNetworkEvents | where RemoteUrl == "pastebin.com"';
  const detection = {
    claims: { techniques: ['T1102'], roles: ['lookup'] },
    runs: { every: 864_000_000_000n },
    grouping: 'per-row',
    deployed: { text, placeInFile: (place: unknown) => place },
  } as unknown as Detection;
  let files: readonly EventFile[] = [];
  const { events } = await measureWorkload(
    detection,
    played.world.compile(text),
    CATALOG,
    played,
    0.01,
    async (seen) => {
      files = await writeEvents(seen, folder, ['csv', 'parquet']);
    },
  );
  expect(events).toEqual({ tp: 1, fp: 1, fn: 1, tn: 1 });
  return files;
}

async function read(sql: string): Promise<unknown[][]> {
  const reader = await Engine.open({ threads: 1 });
  try {
    return await reader.query(sql.replaceAll('FOLDER', folder));
  } finally {
    reader.close();
  }
}

describe('writeEvents', () => {
  it('gives each event its truth and the verdict that the figures count', async () => {
    const files = await written();
    expect(files.map(({ path, rows }) => [path.slice(folder.length + 1), rows])).toEqual([
      ['DeviceNetworkEvents.csv', 5],
      ['DeviceNetworkEvents.parquet', 5],
    ]);
    const columns = '_event::INT, _scenario, _label, _technique, _role, _alerts::INT, _verdict';
    expect(await read(`SELECT ${columns} FROM 'FOLDER/DeviceNetworkEvents.parquet'`)).toEqual([
      [1, 'implant', 'malicious', 'T1102.001', 'lookup', 1, 'tp'],
      [2, 'implant', 'malicious', 'T1102.001', 'lookup', 0, 'fn'],
      [3, 'implant', 'malicious', 'T1102.001', 'callback', 1, null],
      [4, 'reader', 'benign', null, 'background', 1, 'fp'],
      [5, 'reader', 'benign', null, 'background', 0, 'tn'],
    ]);
    expect(
      await read(`SELECT typeof("Timestamp"), "Timestamp"::VARCHAR FROM 'FOLDER/DeviceNetworkEvents.parquet' LIMIT 1`),
    ).toEqual([['TIMESTAMP_NS', '2026-03-02 01:00:00']]);
  });

  it('writes no formula into CSV, and every text as it is into Parquet', async () => {
    await written();
    const text = readFileSync(join(folder, 'DeviceNetworkEvents.csv'), 'utf8');
    expect(text).toContain(`,"'=HYPERLINK(""http://198.51.100.7"",""x, y"")",`);
    expect(text).toContain('2026-03-02T01:00:00.0000000Z');
    const sql = `SELECT InitiatingProcessFileName FROM 'FOLDER/DeviceNetworkEvents.parquet' WHERE _event = 4`;
    expect(await read(sql)).toEqual([[HOSTILE]]);
  });
});
