import { describe, expect, it } from 'vitest';
import { query, refusal, type Setting } from '../query.js';

const two: Setting = {
  tables: {
    File: {
      schema: 'Name:string Size:long',
      rows: [
        ['evil.exe', 7],
        ['notes.txt', 42],
      ],
    },
    Mail: {
      schema: 'Subject:string From:string',
      rows: [
        ['evil offer', 'ann'],
        ['hello', 'bob'],
      ],
    },
  },
};

async function found(text: string): Promise<readonly (readonly number[])[]> {
  return (await query(text, two)).lineage;
}

describe('search', () => {
  it('looks into every column of every table and tells the table', async () => {
    const { columns, rows } = await query("search 'EVIL'", two);
    expect(columns).toEqual(['$table:string', 'Name:string', 'Size:long', 'Subject:string', 'From:string']);
    expect(rows).toEqual([
      ['File', 'evil.exe', 7, '', ''],
      ['Mail', '', null, 'evil offer', 'ann'],
    ]);
  });

  it('knows wildcards, columns, other values, and conditions of the usual kind', async () => {
    expect(await found("search in (File) 'ev*'")).toEqual([[1]]);
    expect(await found("search in (File) '*es'")).toEqual([[2]]);
    expect(await found("search in (File) 'e*.exe'")).toEqual([[1]]);
    expect(await found("search in (File, Mail) '42' or From:'bob'")).toEqual([[2], [4]]);
    expect(await found("search 'evil' and not(Name has 'exe')")).toEqual([[3]]);
    expect(await found('File | search Size between (1 .. 10)')).toEqual([[1]]);
    expect(await found("search kind=case_sensitive 'EVIL'")).toEqual([]);
  });

  it('looks into views that the query declares, and no other functions', async () => {
    const views = 'let V = view () { print Name = "evil", n = 1 }; let F = () { print Name = "evil" };';
    expect((await query(`${views} search "evil"`)).rows).toEqual([['V', 'evil', 1]]);
    expect((await refusal(`${views} search "evil"`, two)).suggestion).toBe('in (V)');
  });
});

describe('find', () => {
  it('gives the columns asked for, and the rest in a bag', async () => {
    const { columns, rows } = await query(
      "find in (File, Mail) where Name has 'evil' or From == 'bob' project Name, pack(*)",
      two,
    );
    expect(columns).toEqual(['source_:string', 'Name:string', 'pack_:dynamic']);
    expect(rows).toEqual([
      ['File', 'evil.exe', { Size: 7 }],
      ['Mail', '', { Subject: 'hello', From: 'bob' }],
    ]);
  });
});
