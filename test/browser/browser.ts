import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';

/** A browser from npm, as people have it: with its security on. */
export async function openBrowser(): Promise<Browser> {
  return await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu'],
  });
}

export interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** What a page said and asked for that it should not have. */
export interface Complaints {
  readonly console: string[];
  readonly requests: string[];
}

/** Opens a file from disk, and writes down every message, fault and request of the page. */
export async function openFile(
  browser: Browser,
  file: string,
  { width = 1280, scheme = 'light' }: Look = {},
): Promise<{ readonly page: Page; readonly complaints: Complaints }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const complaints: Complaints = { console: [], requests: [] };
  page.on('console', (message) => complaints.console.push(message.text()));
  page.on('pageerror', (error) => complaints.console.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) complaints.requests.push(request.url());
  });
  await page.goto(`file://${file}`);
  return { page, complaints };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The serious and critical faults that axe-core finds, each with the first element that has it. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(AXE);
  const faults = await page.evaluate<{ impact: string; id: string; html: string }[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
       violations.map(({ impact, id, nodes }) => ({ impact, id, html: nodes[0].html })))`,
  );
  return faults
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, html }) => `${id}: ${html.slice(0, 200)}`);
}
