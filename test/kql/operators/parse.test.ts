import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { query } from '../query.js';

async function rows(text: string): Promise<readonly (readonly unknown[])[]> {
  return (await query(text)).rows;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

describe('parse', () => {
  it('ends a column where the next text first stands, and gives the rest to the last', async () => {
    expect(
      await rows("print s = 'GET /a/b HTTP/1.1' | parse s with verb ' ' path ' ' rest | project verb, path, rest"),
    ).toEqual([['GET', '/a/b', 'HTTP/1.1']]);
  });

  it('matches the whole text, but for what a star skips', async () => {
    expect(await rows("print s = 'x user=bob;' | parse s with 'user=' u ';' | project u")).toEqual([['']]);
    expect(await rows("print s = 'x user=bob; y' | parse s with * 'user=' u ';' * | project u")).toEqual([['bob']]);
  });

  it('gives nothing at all where one value has the wrong type, unless it is relaxed', async () => {
    const text = "print s = 'id=x7 name=bob'";
    expect(await rows(`${text} | parse s with 'id=' id:long ' name=' name | project id, name`)).toEqual([[null, '']]);
    expect(await rows(`${text} | parse kind=relaxed s with 'id=' id:long ' name=' name | project id, name`)).toEqual([
      [null, 'bob'],
    ]);
  });

  it('takes texts as patterns with kind=regex, and as much as it can unless told otherwise', async () => {
    const text = "print s = 'a=1, b=2, c=3'";
    expect(await rows(`${text} | parse kind=regex s with 'a=' x ',' * | project x`)).toEqual([['1, b=2']]);
    expect(await rows(`${text} | parse kind=regex flags=U s with 'a=' x ',' * | project x`)).toEqual([['1']]);
    expect(
      await rows(`${text} | parse kind=regex s with @'(a|b)=' x:long @'\\D+' y:long @'.*' | project x, y`),
    ).toEqual([[1, 2]]);
  });

  it('drops what does not match with parse-where', async () => {
    expect(await rows("datatable(s:string)['p=1', 'p=x', 'q=1'] | parse-where s with 'p=' p:long | project p")).toEqual(
      [[1]],
    );
  });

  it('takes apart what was put together of texts without the separator', async () => {
    const part = fc.string({ maxLength: 6 }).filter((text) => !/[|\\\n\r]/.test(text) && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(part, part, part, async (a, b, c) => {
        const [found] = await rows(
          `print s = ${quoted([a, b, c].join('|'))} | parse s with x '|' y '|' z | project x, y, z`,
        );
        expect(found).toEqual([a, b, c]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('parse-kv', () => {
  it('finds keys in any order, without the blanks around them', async () => {
    expect(
      await rows(
        "print s = 'b: 2 , a :1, c: x y' | parse-kv s as (a:long, b:long, c:string, d:string) with (pair_delimiter=',', kv_delimiter=':') | project-away s",
      ),
    ).toEqual([[1, 2, 'x y', '']]);
  });

  it('reads quoted values, with escapes and quoted keys', async () => {
    expect(
      await rows(
        `print s = @'msg="a=1 \\"b\\"" "the key"=7' | parse-kv s as (msg:string, ['the key']:long) with (pair_delimiter=' ', kv_delimiter='=', quote='"', escape='\\\\') | project-away s`,
      ),
    ).toEqual([['a=1 "b"', 7]]);
  });

  it('lets a value run on to the next key where it is greedy', async () => {
    const text =
      "print s = 'who=Ann Lee town=Rio' | parse-kv s as (who:string, town:string) with (pair_delimiter=' ', kv_delimiter='='";
    expect(await rows(`${text}) | project-away s`)).toEqual([['Ann', 'Rio']]);
    expect(await rows(`${text}, greedy=true) | project-away s`)).toEqual([['Ann Lee', 'Rio']]);
  });

  it('takes the word after a key where nothing is said, or the groups of a pattern', async () => {
    expect(
      await rows("print s = '[x] Port:80/Proto=tcp' | parse-kv s as (Port:long, Proto:string) | project-away s"),
    ).toEqual([[80, 'tcp']]);
    expect(
      await rows(
        "print s = '<a>1</a><b>2</b>' | parse-kv s as (a:long, b:long) with (regex=@'<(\\w)>([^<]*)') | project-away s",
      ),
    ).toEqual([[1, 2]]);
  });
});
