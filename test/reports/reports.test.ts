import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Measurement, measurementSchema } from '../../harness/measure/measurement.js';
import { number, percent } from '../../reports/figures.js';
import { code, escaped } from '../../reports/markdown.js';
import { REPORT_FORMATS, render } from '../../reports/render.js';
import { sampleMeasurement } from './fixture.js';

const PLAIN = { color: false, width: 100 };

describe('the terminal report', () => {
  it('reads at a glance', async () => {
    await expect(await render('terminal', sampleMeasurement(), PLAIN)).toMatchFileSnapshot('golden/terminal.txt');
  });

  it('fits the width', async () => {
    for (const width of [80, 100, 160]) {
      const lines = (await render('terminal', sampleMeasurement(), { color: false, width })).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  it('has escape codes only where colour is wanted', async () => {
    expect(await render('terminal', sampleMeasurement(), PLAIN)).not.toContain('\u001b');
    expect(await render('terminal', sampleMeasurement(), { color: true, width: 100 })).toContain('\u001b[32m');
  });
});

describe('the Markdown report', () => {
  it('answers in a table and folds the rest', async () => {
    await expect(await render('markdown', sampleMeasurement(), PLAIN)).toMatchFileSnapshot('golden/markdown.txt');
  });

  it('stays within a pull-request comment, however long the tables', async () => {
    const measurement = sampleMeasurement();
    const long = measurement.detections.map((detection) => ({
      ...detection,
      scenarios: Array.from({ length: 2000 }, (_, i) => ({
        id: `scenario-${i}`,
        title: 'A long name of a scenario that goes on for a while',
        label: 'malicious' as const,
        claimed: true,
        activities: 3,
        detected: 1,
        alerts: 1,
      })),
    }));
    expect((await render('markdown', { ...measurement, detections: long }, PLAIN)).length).toBeLessThan(65_536);
  });

  it('leaves no character of foreign text that Markdown or HTML would act upon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = escaped(text).replace(/&#\d+;/g, '');
        expect(safe).not.toMatch(/[&<>"'`*_{}[\]()#+!|~\\@$^=\n\r]/);
      }),
    );
  });

  it('makes no link and no mention of foreign text, in what is shown either', () => {
    const foreign =
      'see https://x.example, www.x.example and @team @org/team a@b #12 o/r#1 !7 GH-1 gh-2 &#64;all &commat;all';
    expect(escaped(foreign)).not.toMatch(/:\/\/|www\.|@|#1/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(foreign)), (text) => {
        for (const markdown of [escaped(text), code(text)]) {
          const shown = markdown
            .replace(/<\/?code>/g, '')
            .replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)));
          expect(shown).not.toMatch(/@\w|[#!]\d|\bgh-\d|:\/\//i);
        }
      }),
    );
  });

  it('cuts a long text between characters', () => {
    expect(escaped('a'.repeat(2000))).toBe(`${'a'.repeat(999)}…`);
    expect(escaped('👍'.repeat(2000))).toMatch(/^(👍)+…$/u);
  });

  it('shows every detection that there is room for, those that failed first', async () => {
    const { detections, ...rest } = sampleMeasurement();
    const [first] = detections;
    if (first === undefined) throw new Error('The sample has a detection.');
    const many = Array.from({ length: 500 }, (_, i) => ({
      ...first,
      id: i === 499 ? 'the-one' : `detection-${i}`,
      title: 'long '.repeat(1000),
      status: i === 499 ? ('failed' as const) : ('passed' as const),
    }));
    const text = await render('markdown', { ...rest, detections: many }, PLAIN);
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('<code>the-one</code>');
    expect(text).toContain('and 450 more');
    expect(text).toMatch(/Details of \d+ more detections are in the other reports/);
  });
});

describe('the JUnit report', () => {
  it('has a case for each detection, test and gate', async () => {
    const xml = await render('junit', sampleMeasurement(), PLAIN);
    expect(xml).toContain('<testsuites name="assay" tests="8" failures="3" errors="0" skipped="1">');
    await expect(xml).toMatchFileSnapshot('golden/junit.xml');
  });

  it('calls an unexpected refusal an error', async () => {
    const measurement = sampleMeasurement();
    const [first] = measurement.detections;
    if (first === undefined) throw new Error('The sample has a detection.');
    const { expectation: _, ...refused } = first;
    const xml = await render('junit', { ...measurement, detections: [{ ...refused, status: 'refused' }] }, PLAIN);
    expect(xml).toContain("<error message=\"refused-as-stated/rule.kql:3:11: KS142: The name 'User' does");
  });
});

describe('every report', () => {
  it('survives hostile names without a control character', async () => {
    const hostile = (text: string): Measurement => {
      const measurement = sampleMeasurement();
      const [first, second] = measurement.detections;
      if (first === undefined || second === undefined) throw new Error('The sample has two detections.');
      const test = { name: text, status: 'failed', message: text } as const;
      const scenarios = second.scenarios.map((scenario) => ({ ...scenario, title: text }));
      return {
        ...measurement,
        detections: [
          { ...first, title: text },
          { ...second, tests: [test], scenarios },
        ],
      };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.constantFrom(...REPORT_FORMATS),
        async (text, format) => {
          const report = await render(format, hostile(text), PLAIN);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          expect(report).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
        },
      ),
    );
  });

  it('renders what the schema allows, and JSON gives it back', async () => {
    const measurement = sampleMeasurement();
    expect(measurementSchema.parse(JSON.parse(await render('json', measurement, PLAIN)))).toEqual(measurement);
  });
});

describe('figures', () => {
  it('carry as many digits as they deserve', () => {
    expect([0.00042, 0.314, 3.14, 31.4, 1234.5].map(number)).toEqual(['0.00042', '0.31', '3.1', '31', '1,235']);
    expect([0, 0.0031, 0.61, 0.9997, 1].map(percent)).toEqual(['0%', '0.31%', '61%', '99.97%', '100%']);
  });
});
