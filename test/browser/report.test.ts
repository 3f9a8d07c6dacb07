import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { takeEvidence } from '../../harness/evidence/evidence.js';
import type { Evidence } from '../../harness/evidence/result.js';
import { DEFAULT_ATTACK_RATE, measureDetections } from '../../harness/measure/measure.js';
import { diffPage } from '../../reports/html/diff.js';
import { htmlReport } from '../../reports/html/report.js';
import { sampleCompanions } from '../reports/companions.js';
import { sampleComparison } from '../reports/diff-fixture.js';
import { sampleMeasurement } from '../reports/fixture.js';
import { type Complaints, openBrowser, openFile, seriousFaults } from './browser.js';
import { manyAlerts } from './evidence.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-report-'));
const shipped = join(folder, 'shipped.html');
const sample = join(folder, 'sample.html');
const compared = join(folder, 'compared.html');
/** A rule that is refused as stated, and one that is measured. */
const SHIPPED = ['detections/dead-drop-published', 'detections/dead-drop-repaired'];
let browser: Browser;

beforeAll(async () => {
  const evidence = new Map<string, Evidence>();
  const measurement = await measureDetections(SHIPPED.map(readDetection), {
    workload: { hosts: 5 },
    attackRate: DEFAULT_ATTACK_RATE,
    witness: async (seen) => void evidence.set(seen.detection.id, await takeEvidence(seen)),
  });
  writeFileSync(shipped, htmlReport(measurement, evidence));
  writeFileSync(sample, htmlReport(sampleMeasurement(), new Map([['loud', manyAlerts(100_000)]]), sampleCompanions()));
  writeFileSync(compared, diffPage(sampleComparison()));
  browser = await openBrowser();
}, 600_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

function silent({ console, requests }: Complaints): void {
  expect({ console, requests }).toEqual({ console: [], requests: [] });
}

const text = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).textContent())?.trim() ?? '';

describe('the report of the shipped detections', () => {
  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      it(`opens without a word or a request and is accessible, ${scheme} at ${width} pixels`, async () => {
        const { page, complaints } = await openFile(browser, shipped, { scheme, width });
        expect(await page.locator('.answer').first().isVisible()).toBe(true);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        // Colours and widths are each looked at once; to look takes long.
        if ((scheme === 'light') === (width === 1280)) expect(await seriousFaults(page)).toEqual([]);
        silent(complaints);
        await page.close();
      }, 120_000);
    }
  }

  it('prints every row and bar, within the paper', async () => {
    const { page } = await openFile(browser, shipped, { width: 720, scheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(720);
    const cut = `[...document.querySelectorAll('.scroll')].filter((each) => getComputedStyle(each).maxHeight !== 'none').length`;
    expect(await page.evaluate(cut)).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    // No browser breaks a drawing over pages, nor draws a button again at the head of the next.
    const tallest = `Math.max(...[...document.querySelectorAll('.chart svg')].map((each) => each.getBoundingClientRect().height))`;
    expect(await page.evaluate(tallest)).toBeLessThan(900);
    expect(await page.evaluate(`getComputedStyle(document.querySelector('th button')).display`)).toBe('contents');
    await page.close();
  }, 120_000);

  it('leads from a scenario by mouse to an event, to what the rule did with it, and back', async () => {
    const { page, complaints } = await openFile(browser, shipped);
    const scenario = page.locator('button.open').first();
    const title = await scenario.textContent();
    await scenario.click();
    expect(await text(page, 'dialog h2')).toBe(title);
    expect(await text(page, 'dialog dl >> nth=0')).toMatch(/raised an alert/);
    await page.getByRole('button', { name: 'why', exact: true }).first().click();
    expect(await text(page, 'dialog h2')).toMatch(/^The rule drops this event in line \d+$/);
    expect(await text(page, 'dialog .ended')).toBe('Here it dropped out.');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await text(page, 'dialog h2')).toBe(title);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.locator('dialog').isVisible()).toBe(false);
    silent(complaints);
    await page.close();
  }, 120_000);

  it('opens a scenario by keyboard, closes it and returns to where it was', async () => {
    const { page } = await openFile(browser, shipped);
    const scenario = page.locator('button.open').nth(1);
    await scenario.focus();
    await page.keyboard.press('Enter');
    expect(await text(page, 'dialog h2')).toBe(await scenario.textContent());
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.textContent')).toBe(await scenario.textContent());
    await page.close();
  }, 120_000);

  it('leads from a list entry to the alerts that hold it', async () => {
    const { page, complaints } = await openFile(browser, shipped);
    await page.getByRole('button', { name: 'github.com', exact: true }).first().click();
    expect(await page.locator('#d1-alerts input').inputValue()).toBe('github.com');
    expect(await text(page, '#d1-alerts output')).toMatch(/^\d+ of [\d,]+ rows$/);
    silent(complaints);
    await page.close();
  }, 120_000);

  it('sorts and filters a table', async () => {
    const { page } = await openFile(browser, shipped);
    const table = page.locator('.sortable', { has: page.locator('[aria-label="scenarios"]') });
    const head = table.getByRole('columnheader', { name: 'Alerts' });
    await head.getByRole('button').click();
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    const counts = await table.locator('tbody td:nth-child(5)').allTextContents();
    const numbers = counts.map((count) => Number(count.replaceAll(',', '')));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    await table.getByRole('searchbox').fill('git over');
    expect(await table.getByRole('status').textContent()).toMatch(/^\d+ of \d+ rows$/);
    await page.close();
  }, 120_000);
});

describe('the page of a comparison', () => {
  for (const [scheme, width] of [
    ['light', 1280],
    ['dark', 390],
  ] as const) {
    it(`opens without a word or a request and is accessible, ${scheme} at ${width} pixels`, async () => {
      const { page, complaints } = await openFile(browser, compared, { scheme, width });
      expect(await text(page, '#d0 .answer')).toMatch(/^Over a limit/);
      expect(await page.locator('#d0-samples details').first().isVisible()).toBe(true);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await seriousFaults(page)).toEqual([]);
      silent(complaints);
      await page.close();
    }, 120_000);
  }
});

describe('the report of 100,000 alerts', () => {
  const grid = async (page: Page): Promise<void> => {
    await page.locator('#d1-alerts').scrollIntoViewIfNeeded();
    await page.locator('#d1-alerts .window tbody tr').nth(3).waitFor();
  };

  it('holds only the rows in sight, finds and sorts among them all', async () => {
    const { page, complaints } = await openFile(browser, sample);
    await grid(page);
    const rows = page.locator('#d1-alerts tbody tr:not(.space)');
    expect(await rows.count()).toBeLessThan(80);
    expect(await text(page, '#d1-alerts output')).toBe('100,000 rows');
    await page.locator('#d1-alerts input').fill('tools-299');
    expect(await text(page, '#d1-alerts output')).toBe('333 of 100,000 rows');
    await page.locator('#d1-alerts input').fill('');
    const head = page.locator('#d1-alerts th', { hasText: 'Timestamp' });
    await head.getByRole('button').click();
    await head.getByRole('button').click();
    expect(await rows.first().textContent()).toContain(new Date(1_768_176_000_000 + 99_999 * 800).toISOString());
    silent(complaints);
    await page.close();
  }, 120_000);

  it('scrolls to its last row', async () => {
    const { page } = await openFile(browser, sample);
    await grid(page);
    await page.evaluate(
      `{ const frame = document.querySelector('#d1-alerts .window'); frame.scrollTop = frame.scrollHeight; }`,
    );
    const last = page.locator('#d1-alerts tbody tr[aria-rowindex="100001"]');
    await last.waitFor();
    expect(await last.textContent()).toContain('ws-0999.corp.example');
    await page.close();
  }, 120_000);

  it('leads from a scenario to its alerts, to one of them, and back, by keyboard', async () => {
    const { page, complaints } = await openFile(browser, sample);
    await page.getByRole('button', { name: 'Git client' }).focus();
    await page.keyboard.press('Enter');
    expect(await text(page, 'dialog output')).toBe('94,117 rows');
    await page.locator('dialog .window .open').first().focus();
    await page.keyboard.press('Enter');
    expect(await text(page, 'dialog h2')).toBe('Alert');
    expect(await text(page, 'dialog dl')).toContain('https://github.com/acme/tools-1');
    await page.keyboard.press('Escape');
    expect(await text(page, 'dialog h2')).toBe('Git client');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
    silent(complaints);
    await page.close();
  }, 120_000);

  it('leads from a missed scenario to the events of its activities, and to what the rule did with one', async () => {
    const { page } = await openFile(browser, sample);
    await page.getByRole('button', { name: 'Fetch through a hidden browser' }).click();
    expect(await text(page, 'dialog .activity')).toMatch(/not returned[\s\S]*pastebin\.com/);
    await page.getByRole('button', { name: 'why', exact: true }).click();
    expect(await text(page, 'dialog h2')).toBe('The rule drops this event in line 4');
    expect(await text(page, 'dialog .steps')).toMatch(
      /false\s+InitiatingProcessFileName !in~ \(Browsers\)[\s\S]*Here it dropped out/,
    );
    await page.keyboard.press('Escape');
    expect(await text(page, 'dialog h2')).toBe('Fetch through a hidden browser');
    await page.close();
  }, 120_000);

  it('folds what alerts look like, and opens it by keyboard', async () => {
    const { page, complaints } = await openFile(browser, sample, { width: 390 });
    const fold = page.locator('#d1-guide details').first();
    expect(await fold.locator('dl').isVisible()).toBe(false);
    await fold.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await fold.locator('dl').textContent()).toContain('sh -c "</script><script>alert(1)"');
    expect(await text(page, '#d1-advice')).toContain('<i>sharepoint.com</i>');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    silent(complaints);
    await page.close();
  }, 120_000);

  it('shows what a hostile event holds and does nothing of it', async () => {
    const { page, complaints } = await openFile(browser, sample);
    await grid(page);
    await page.locator('#d1-alerts tbody tr:not(.space)').first().locator('button').click();
    expect(await text(page, 'dialog dl')).toContain('<img src=x onerror=alert(1)>');
    expect(await page.locator('img').count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    silent(complaints);
    await page.close();
  }, 120_000);
});
