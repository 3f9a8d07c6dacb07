import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { htmlReport } from '../reports/html/report.js';
import { openBrowser, openFile } from '../test/browser/browser.js';
import { manyAlerts } from '../test/browser/evidence.js';
import { sampleMeasurement } from '../test/reports/fixture.js';
import { type Result, race } from './race.js';

/** The report of a workload with 100,000 alerts against an empty page of as many bytes, until each has painted. */
export async function benchReport(): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const browser = await openBrowser();
  try {
    const report = join(folder, 'report.html');
    const empty = join(folder, 'empty.html');
    const page = htmlReport(sampleMeasurement(), new Map([['loud', manyAlerts(100_000)]]));
    writeFileSync(report, page);
    // Text of a script that is none is what a browser reads fastest.
    const [head, foot] = ['<!doctype html><title>empty</title><script type="text/plain">', '</script>'];
    writeFileSync(empty, `${head}${'x'.repeat(Buffer.byteLength(page) - head.length - foot.length)}${foot}`);
    const open = async (file: string): Promise<void> => {
      const { page: opened } = await openFile(browser, file);
      await opened.evaluate('new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))');
      await opened.close();
    };
    return await race(
      { name: 'open a report of 100,000 alerts', ours: 'report', theirs: 'empty page', atMost: 3 },
      () => open(report),
      () => open(empty),
      7,
    );
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}
