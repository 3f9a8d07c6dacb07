/** Graphs made from tables, and the patterns that are looked for in them. */
import { describe, expect, it } from 'vitest';
import { query, refusal, rows, type Setting } from '../query.js';

const chain = 'let G = datatable(a: string, b: string, w: long) ["x", "y", 1, "y", "z", 2, "z", "x", 3, "z", "z", 4] ';
const triangle = `${chain} | make-graph a --> b with_node_id=id; G | graph-match`;

async function counted(pattern: string): Promise<unknown> {
  return (await rows(`${triangle} ${pattern} | count`))[0]?.[0];
}

describe('graph-match', () => {
  it('gives the properties of nodes and edges, by condition', async () => {
    const text =
      'let People = datatable(name: string, age: long) ["ada", 30, "bob", 20, "cid", 40]; ' +
      'datatable(src: string, dst: string, how: string) ["ada", "bob", "mail", "bob", "cid", "call", "ada", "cid", "mail"] ' +
      '| make-graph src --> dst with People on name ' +
      '| graph-match (p)-[e]->(q) where e.how == "mail" and q.age > 30 project p.name, who = q.name, e.how';
    expect(await query(text)).toMatchObject({
      columns: ['p_name:string', 'who:string', 'e_how:string'],
      rows: [['ada', 'cid', 'mail']],
    });
  });

  it('follows edges in their direction, against it, or in either', async () => {
    expect(await counted('(n)-->(m) project n.id')).toBe(4);
    expect(await counted('(n)<--(m) where n.id == "y" project m.id')).toBe(1);
    // An edge from a node to itself has one direction.
    expect(await counted('(n)--(m) project n.id')).toBe(7);
  });

  it('comes back to a node by edges of which each is used once, unless cycles says otherwise', async () => {
    expect(await counted('(n)-->(m)-->(k)-->(n) project n.id')).toBe(3);
    expect(await counted('cycles=all (n)-->(m)-->(k)-->(n) project n.id')).toBe(4);
    expect(await counted('cycles=none (n)-[e*1..5]->(m) project n.id')).toBe(6);
    expect(await counted('(n)-->(m)<--(k) where m.id == "z" project n.id')).toBe(2);
  });

  it('joins several sequences at the nodes that they share', async () => {
    const star = 'datatable(a: string, b: string) ["n", "1", "n", "2", "n", "3"] | make-graph a --> b with_node_id=id';
    const pattern = '(p)<--(n)-->(q), (n)-->(r) where strcmp(p.id, q.id) < 0 and strcmp(q.id, r.id) < 0';
    expect(await rows(`${star} | graph-match ${pattern} project p.id, q.id, r.id`)).toEqual([['1', '2', '3']]);
  });

  it('gathers what the steps of an edge of variable length have, and the nodes within it', async () => {
    const nodes = 'let N = datatable(id: string, os: string) ["x", "win", "y", "mac", "z", ""];';
    const text =
      `${nodes} ${chain} | make-graph a --> b with N on id; G | graph-match (n)-[e*1..3]->(m) ` +
      'where n.id == "x" and m.id == "z" and all(e, w < 4) and any(inner_nodes(e), os == "mac") ' +
      'project hops = map(e, w), within = map(inner_nodes(e), os)';
    expect(await rows(text)).toEqual([[[1, 2], ['mac']]]);
  });

  it('counts the edges of a node', async () => {
    const text = `${triangle} (n)-->(m) where n.id == "x" project node_degree_in(m), node_degree_out(m), node_degree_in(n)`;
    expect(await rows(text)).toEqual([[1, 1, 1]]);
  });

  it('has nodes that edges alone name, of which the id is known', async () => {
    const text =
      'let N = datatable(id: string, os: string) ["x", "win", "lonely", "mac"]; ' +
      `${chain} | make-graph a --> b with N on id; G | graph-to-table nodes | sort by id asc`;
    expect(await rows(text)).toEqual([
      ['lonely', 'mac'],
      ['x', 'win'],
      ['y', ''],
      ['z', ''],
    ]);
  });

  it('looks at each part of a parted graph alone', async () => {
    const text =
      'let N = datatable(id: string, t: string) ["a", "one", "b", "one", "a", "two", "b", "two"]; ' +
      'datatable(s: string, d: string, t: string) ["a", "b", "one", "b", "a", "two"] ' +
      '| make-graph s --> d with N on id partitioned-by t (graph-match (n)-[e*1..2]->(m) project n.id, m.id, n.t) | sort by n_t asc';
    expect(await rows(text)).toEqual([
      ['a', 'b', 'one'],
      ['b', 'a', 'two'],
    ]);
  });

  it('traces a match to the events of its edges and nodes', async () => {
    const setting: Setting = {
      tables: {
        Logons: {
          schema: 'From:string To:string',
          rows: [
            ['a', 'b'],
            ['b', 'c'],
            ['d', 'e'],
          ],
        },
        Hosts: {
          schema: 'Name:string Os:string',
          rows: [
            ['a', 'win'],
            ['c', 'mac'],
          ],
        },
      },
    };
    const text =
      'Logons | make-graph From --> To with Hosts on Name | graph-match (s)-[e*2..2]->(t) where s.Os == "win" project t.Os';
    expect(await query(text, setting)).toMatchObject({
      rows: [['mac']],
      lineage: [expect.arrayContaining([1, 2, 4, 5])],
    });
  });

  it('refuses what a graph cannot say, with what to write instead', async () => {
    expect((await refusal(`${triangle} (n)-[e*1..2]->(m) project e.w`)).message).toContain('map(e, w)');
    expect((await refusal(`${chain} | make-graph a --> b; G | graph-match (n)-[e*1..99]->(m) project 1`)).code).toBe(
      'unsupported-argument',
    );
    expect((await refusal('datatable(a: string, b: string) [] | make-graph a --> b')).message).toContain('graph-match');
    const mixed = 'datatable(a: string, b: long) [] | make-graph a --> b | graph-match (n)-->(m) project 1';
    expect((await refusal(mixed)).message).toContain('one type');
  });
});

describe('graph-shortest-paths', () => {
  const roads =
    'let G = datatable(a: string, b: string) ["s", "l", "s", "r", "l", "t", "r", "t", "t", "u", "s", "t2"] | make-graph a --> b with_node_id=id; ' +
    'G | graph-shortest-paths';
  const paths = '(s)-[e*1..4]->(t) where s.id == "s" and t.id in ("t", "u") project t.id, map(e, b)';

  it('gives all paths of the least length, or one', async () => {
    expect(
      await rows(`${roads} output=all ${paths} | extend way = tostring(Column1) | sort by way asc | project t_id, way`),
    ).toEqual([
      ['u', '["l","t","u"]'],
      ['t', '["l","t"]'],
      ['u', '["r","t","u"]'],
      ['t', '["r","t"]'],
    ]);
    expect(await rows(`${roads} ${paths} | summarize n = count(), most = max(array_length(Column1))`)).toEqual([
      [2, 3],
    ]);
  });
});
