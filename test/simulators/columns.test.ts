import { expect, it } from 'vitest';
import { physicalNames } from '../../harness/kql/sql/literal.js';
import { selectList } from '../../simulators/world/columns.js';

it('gives columns the names under which a rule looks for them, those that differ in case alone too', () => {
  const schema = [
    { name: 'LogonId', type: 'long' as const },
    { name: 'LogonID', type: 'long' as const },
  ];
  const named = [...selectList(schema, { LogonId: '1', LogonID: '2' }).matchAll(/AS "([^"]*)"/g)].map(
    ([, name]) => name,
  );
  expect(named).toEqual(physicalNames(['LogonId', 'LogonID']));
});
