/** Whatever is refused is refused by name, at its place in the text. */
import { describe, expect, it } from 'vitest';
import { refusal } from './query.js';

describe('a refusal', () => {
  it.each<[string, string, number, number]>([
    ['print x = 1\n| extend y =\n  rand()', 'unsupported-function', 3, 3],
    ['print x = 1 |\n  consume', 'unsupported-operator', 2, 3],
    ['print x = 1 | evaluate\n autocluster()', 'unsupported-plugin', 2, 2],
    ['print s = "a"\n| where s matches regex "(?=a)"', 'unsupported-regex', 2, 9],
    ['print s = "a"\n| extend y = parse_command_line(s, "linux")', 'unsupported-argument', 2, 14],
    ['print s = 1 | summarize make_list(hll(s))', 'KS119', 1, 35],
    ['let f = (x: long) {\n  rand() + x\n};\nprint f(1)', 'unsupported-function', 2, 3],
    ['.show tables', 'unsupported-statement', 1, 1],
    ['alias database d = cluster("c").database("d"); print 1', 'unsupported-statement', 1, 1],
  ])('of %j', async (text, code, line, column) => {
    const found = await refusal(text);
    if (code.startsWith('KS')) expect(found.code).toMatch(/^(KS|unsupported)/);
    else expect(found).toMatchObject({ code, line, column, severity: 'error' });
  });

  it('stands at its place in a text into which the schema of the data was written', async () => {
    const text = 'datatable(d: dynamic) [dynamic({"a": 1})]\n| evaluate bag_unpack(d)\n| extend y = a + rand()';
    expect(await refusal(text)).toMatchObject({ code: 'unsupported-function', line: 3, column: 18 });
  });

  it.each([
    ['print new_guid()', 'differs from run to run'],
    ['print x = 1 | evaluate sql_request("", "")', 'reach out'],
    ['print x = 1 | summarize h = hll(x)', 'use dcount()'],
    ['print hash_many(1, 2)', 'not documented'],
  ])('says why: %s', async (text, why) => {
    expect((await refusal(text)).message).toContain(why);
  });

  it('says what else to write', async () => {
    const { suggestion } = await refusal('print s = "a" | extend y = parse_command_line(s, "linux")');
    expect(suggestion).toBe("'windows'");
  });

  it('gives the place of what is found out only while the query runs', async () => {
    const squares =
      'dynamic([{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},{"type":"Polygon","coordinates":[[[1,0],[2,0],[1,1],[1,0]]]}])';
    const text = `print x = 1\n| extend y = geo_union_polygons_array(${squares})`;
    expect(await refusal(text)).toMatchObject({ code: 'unsupported-argument', line: 2, column: 14 });
  });
});
