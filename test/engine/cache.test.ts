import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheKey, fromCache, keptOr, toCache } from '../../harness/engine/cache.js';
import { type Compiled, compile } from '../../harness/kql/index.js';
import { CATALOG } from '../measure/world.js';

const TEXT = 'DeviceEvents | where DeviceName matches regex "a" | project bin(Timestamp, 1h), strlen(DeviceName)';
const KEY = cacheKey(TEXT, ['test']);
let root: string;
let place: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'assay-cache-')));
  place = join(root, 'cache');
  vi.spyOn(process, 'cwd').mockReturnValue(join(root, 'repo'));
  mkdirSync(join(root, 'repo/.git'), { recursive: true });
  vi.stubEnv('ASSAY_CACHE', place);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const compiled = (text = TEXT): Compiled => compile(text, { names: CATALOG, lineage: true });
const entry = (): string => join(place, `${KEY}.json`);

describe('the cache of compiled queries', () => {
  it('gives back what it was given, from files that only the user can read', () => {
    const kept = compiled();
    expect(fromCache(KEY)).toBeUndefined();
    toCache(KEY, kept);
    expect(fromCache(KEY)).toEqual(kept);
    expect(keptOr(TEXT, ['test'], () => expect.fail('is kept'))).toEqual(kept);
    expect(readdirSync(place).sort()).toEqual([`${KEY}.json`, 'key'].sort());
    for (const path of [place, entry(), join(place, 'key')]) expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('keeps every kind of compiled query', () => {
    const texts = ['print 1', 'datatable(a: long, b: dynamic)[1, dynamic({"x": 1})]', 'DeviceEvents | count'];
    for (const text of texts) {
      const kept = compiled(text);
      toCache(KEY, kept);
      expect(fromCache(KEY)).toEqual(kept);
    }
  });

  const FOREIGN: readonly (readonly [string, () => void])[] = [
    ['changed', () => writeFileSync(entry(), readFileSync(entry(), 'utf8').replace('DeviceName', 'AccountName'))],
    ['unsigned', () => writeFileSync(entry(), JSON.stringify(compiled('print 1')))],
    ['cut off', () => writeFileSync(entry(), readFileSync(entry()).subarray(0, 200))],
    ['empty', () => writeFileSync(entry(), '')],
    ['signed for another query', () => renameSync(other(), entry())],
    ['signed with another key', () => writeFileSync(join(place, 'key'), 'k'.repeat(32))],
    ['open to others', () => chmodSync(entry(), 0o644)],
    ['a link', () => linked(entry())],
    ['a folder', () => folded(entry())],
    ['signed with a key that is a folder', () => folded(join(place, 'key'))],
    ['signed with a key that is a link', () => linked(join(place, 'key'))],
    ['signed with a key that others can read', () => chmodSync(join(place, 'key'), 0o644)],
  ];

  function other(): string {
    const key = cacheKey('print 1', ['test']);
    toCache(key, compiled('print 1'));
    return join(place, `${key}.json`);
  }

  function linked(path: string): void {
    renameSync(path, join(root, 'moved'));
    symlinkSync(join(root, 'moved'), path);
  }

  function folded(path: string): void {
    rmSync(path);
    mkdirSync(join(path, 'inner'), { recursive: true });
  }

  for (const [what, change] of FOREIGN) {
    it(`takes no entry that is ${what}, and writes it afresh`, () => {
      toCache(KEY, compiled());
      change();
      expect(fromCache(KEY)).toBeUndefined();
      expect(keptOr(TEXT, ['test'], () => compiled())).toEqual(compiled());
      expect(fromCache(KEY)).toEqual(compiled());
      expect(readdirSync(place).filter((name) => !/^(key|[0-9a-f]{64}\.json)$/.test(name))).toEqual([]);
    });
  }

  it('takes no signed entry of another form', () => {
    toCache(KEY, { ...compiled(), hosts: [1] } as unknown as Compiled);
    expect(fromCache(KEY)).toBeUndefined();
  });

  it('does not hide why a query does not compile', () => {
    expect(() => keptOr('nothing', ['test'], () => compiled('nothing'))).toThrow(/nothing/);
  });

  it('refuses a folder by name that others could fill', () => {
    const open = join(root, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    writeFileSync(join(root, 'file'), '');
    symlinkSync(join(root, 'repo'), join(root, 'link'));
    const cases: readonly (readonly [string, RegExp])[] = [
      ['cache', /ASSAY_CACHE: 'cache' is a relative path; name an absolute one/],
      ['.', /is a relative path/],
      [join(root, 'repo'), /is within .*repo, whose files may be a stranger's/],
      [join(root, 'repo/cache'), /is within/],
      [join(root, 'link/cache'), /is within/],
      [open, /is open to others; make it yours alone with chmod 700/],
      [join(root, 'file'), /cannot be made or written/],
    ];
    for (const [name, message] of cases) {
      vi.stubEnv('ASSAY_CACHE', name);
      expect(() => fromCache(KEY)).toThrow(message);
    }
    expect(readdirSync(join(root, 'repo'))).toEqual(['.git']);
  });

  it('keeps nothing where ASSAY_CACHE is empty', () => {
    vi.stubEnv('ASSAY_CACHE', '');
    toCache(KEY, compiled());
    expect([fromCache(KEY), existsSync(place)]).toEqual([undefined, false]);
  });

  it('is never in the folder that a person works in, whatever HOME and XDG_CACHE_HOME are', () => {
    vi.stubEnv('ASSAY_CACHE', undefined);
    for (const name of ['', '.', 'x', join(root, 'repo'), join(root, 'repo/home')]) {
      vi.stubEnv('HOME', name);
      vi.stubEnv('XDG_CACHE_HOME', name);
      toCache(KEY, compiled());
      expect([name, fromCache(KEY)]).toEqual([name, undefined]);
    }
    expect(readdirSync(join(root, 'repo'))).toEqual(['.git']);
    vi.stubEnv('HOME', root);
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    toCache(KEY, compiled());
    expect(readdirSync(join(root, '.cache/assay/queries'))).toContain(`${KEY}.json`);
  });

  it('uses no usual folder that others could fill', () => {
    vi.stubEnv('ASSAY_CACHE', undefined);
    vi.stubEnv('XDG_CACHE_HOME', root);
    toCache(KEY, compiled());
    chmodSync(join(root, 'assay/queries'), 0o770);
    expect(fromCache(KEY)).toBeUndefined();
  });
});
