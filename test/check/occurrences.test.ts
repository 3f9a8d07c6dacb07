import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { check } from '../../harness/check/check.js';
import { occurrences } from '../../harness/check/occurrences.js';

it('finds the texts that stand in others as comparing all with all does', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 5 }), { maxLength: 12 });
  fc.assert(
    fc.property(texts, (list) => {
      const { within, first, cut } = occurrences(list, 1_000_000);
      expect(cut).toBe(false);
      for (const [outer, text] of list.entries()) {
        expect(first(outer)).toBe(list.indexOf(text));
        const inside = list.filter(
          (other, i) => other !== '' && other !== text && text.includes(other) && list.indexOf(other) === i,
        );
        const found = (within.get(first(outer)) ?? []).map((index) => list[index]);
        expect([...found].sort()).toEqual([...inside].sort());
      }
    }),
  );
});

/** What `check` finds in a bare rule. */
function found(query: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'assay-lists-'));
  try {
    const file = join(folder, 'rule.kql');
    writeFileSync(file, query);
    return check({ file }, { environment: 'defender-xdr' }).findings.map(
      ({ severity, message }) => `${severity}: ${message}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hosts = Array.from({ length: 30_000 }, (_, i) => `"host${i}.example.com"`).join(',\n');

it('judges a list of 30,000 in a variable', () => {
  expect(found(`let l = dynamic([${hosts}]);\nDeviceNetworkEvents | where RemoteUrl has_any (l)`)).toEqual([]);
}, 120_000);

it('judges a list of 30,000 in parentheses, one of them twice', () => {
  const list = `DeviceNetworkEvents | where RemoteUrl in (${hosts}, "host7.example.com")`;
  expect(found(list)).toEqual(["warning: 'host7.example.com' stands in this list already."]);
}, 120_000);

it('says where a list is too long to be compared with itself', () => {
  const list = 'DeviceNetworkEvents | where RemoteUrl has_any ("example.com", "www.example.com", "example.com")';
  expect(found(list)).toEqual([
    "warning: 'www.example.com' adds nothing under has_any: 'example.com' matches everything that it matches.",
    "warning: 'example.com' stands in this list already.",
  ]);
  process.env['ASSAY_LIMITS'] = 'list-lookups=10';
  try {
    expect(found(list)).toEqual([
      'information: The list is so long that only repeated entries are looked for. The limit is 10; set ASSAY_LIMITS=list-lookups=… to raise it.',
      "warning: 'example.com' stands in this list already.",
    ]);
  } finally {
    delete process.env['ASSAY_LIMITS'];
  }
});
