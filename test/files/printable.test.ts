import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeErr, writeOut } from '../../harness/cli/console.js';
import { FileError } from '../../harness/files/errors.js';
import { jsonText, type Printable, printable, styled, visible, withoutEscapes } from '../../harness/files/printable.js';
import { excerpt, KqlError, shortened } from '../../harness/kql/errors.js';
import { hostileText, obeyed } from '../hostile.js';

describe('what may be printed', () => {
  it('holds nothing that is obeyed', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(obeyed(printable(text))).toEqual([]);
        expect(obeyed(styled(text.replaceAll('\u001b', '')))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('stays as it is where it is ordinary, and once it is printable', () => {
    for (const text of [
      'a::b c # [x] ## heading\n\t- item',
      '⚠️ 👨‍👩‍👧 é 漢字 שלום',
      '{"a":"b"}\n',
      "f('x') | where a::b",
    ])
      expect(printable(text)).toBe(text);
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), fc.constantFrom(0, 2), (value, indent) => {
        expect(JSON.parse(jsonText(value, indent))).toEqual(value);
        expect(obeyed(jsonText(value, indent))).toEqual([]);
      }),
    );
  });

  it('can be read', () => {
    expect(printable('::error file=a::b')).toBe('\\u003a:error file=a::b');
    expect(printable('x ##[error]y ##vso[a.b]c ###[d]')).toBe('x \\u0023#[error]y \\u0023#vso[a.b]c #\\u0023#[d]');
    expect(printable(' \u3000::x')).toBe(' \u3000\\u003a:x');
    expect(visible('\u001b[31m\u{e0041}\r')).toBe('\\u001b[31m\\udb40\\udc41\\u000d');
  });

  it('keeps our own colours, and of those alone what our own words have', () => {
    expect(styled('\u001b[31m✘\u001b[39m \u001b[8mx \u001b]0;t\u0007')).toBe(
      '\u001b[31m✘\u001b[39m \\u001b[8mx \\u001b]0;t\\u0007',
    );
    expect(styled('\u001b[1m::error::x\u001b[22m')).toBe('\u001b[1m\\u003a:error::x\u001b[22m');
    const data = { title: '\u001b[31mred', list: [new Map([['\u001b[0m', 1]])] };
    expect(JSON.stringify([...(withoutEscapes(data).list[0] ?? [])])).toBe('[["\\\\u001b[0m",1]]');
    expect(withoutEscapes(data).title).toBe('\\u001b[31mred');
  });

  it('is what the compiler demands', () => {
    const never = (): void => {
      // @ts-expect-error a text that went through nothing
      writeOut('plain');
      // @ts-expect-error a text that was changed after
      writeErr(printable('a').trim());
    };
    expect(never).toBeTypeOf('function');
    const fine: string = printable('x') satisfies Printable;
    expect(fine).toBe('x');
  });
});

describe('in the sources', () => {
  const sources = ['harness', 'reports', 'simulators'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const holding = (pattern: RegExp): string[] => sources.filter((file) => pattern.test(readFileSync(file, 'utf8')));

  it('one file prints, and one tells GitHub what it shall do', () => {
    expect(holding(/\bstd(out|err)\b[\])]?\s*\??\.?\s*(\[['"`])?(_?write|end|pipe)\b|\bprocess\[/)).toEqual([
      'harness/cli/console.ts',
      'harness/cli/github.ts',
    ]);
    expect(
      holding(/(?<!\/)\bconsole\s*[.[]|emitWarning|fs\.write(Sync)?\(\s*[12]\b|writeFileSync\(\s*([12]\b|'\/dev\/)/),
    ).toEqual([]);
  });

  it('one file says what is printable, and one what is a command', () => {
    expect(holding(/\bas Printable\b/)).toEqual(['harness/files/printable.ts']);
    expect(holding(/\bas WorkflowCommands\b/)).toEqual(['reports/github.ts']);
    expect(holding(/\bstyled\(/)).toEqual(['harness/files/printable.ts', 'reports/paint.ts']);
    expect(holding(/\bstyleText\(/)).toEqual(['reports/paint.ts']);
  });
});

describe('a message that quotes', () => {
  const long = 'secret '.repeat(1000);

  it('shows no more than an excerpt', () => {
    expect(excerpt('a'.repeat(80))).toBe('a'.repeat(80));
    expect(excerpt('a'.repeat(81))).toBe(`${'a'.repeat(79)}…`);
    expect(excerpt(`${'a'.repeat(78)}🦊b`).isWellFormed()).toBe(true);
    expect(shortened(`There is no 'x' and no '${'y'.repeat(90)}' of the rule's "${'z'.repeat(90)}".`)).toBe(
      `There is no 'x' and no '${'y'.repeat(79)}…' of the rule's "${'z'.repeat(79)}…".`,
    );
    for (const message of [`'${long}' is no duration.`, `It must be a list, found "${long}".`, `'a' is '${long}'`])
      expect(shortened(message).length).toBeLessThan(150);
  });

  it('is left as it is where what it quotes is short, and once it is cut', () => {
    const message = "The rules' list of 'a' doesn't hold `b`, \"c\" or 'd'.";
    expect(shortened(message)).toBe(message);
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const once = shortened(`'${text}' is wrong: "${text}${text}".`);
        expect(shortened(once)).toBe(once);
      }),
    );
  });

  it('takes as long as it is long, and has an end', () => {
    for (const text of ["'", " 'a", "'a' ", '"\'`', ' "'])
      expect(shortened(text.repeat(300_000)).length).toBeLessThanOrEqual(4001);
  });

  it('is cut in errors of files and of rules, also where they are read by programs', () => {
    const [problem] = new FileError([{ file: 'a', line: 1, column: 1, message: `'${long}' is no time.` }]).problems;
    expect(problem?.message.length).toBeLessThan(100);
    const place = { severity: 'error', line: 1, column: 1, length: 1 } as const;
    const { diagnostics, message } = new KqlError([
      { code: 'KS1', message: `No '${long}'.`, suggestion: long, ...place },
    ]);
    expect(message.length).toBeLessThan(100);
    expect(diagnostics[0]?.suggestion?.length).toBe(80);
  });
});
