/// <reference types="@kusto/language-service-next" />
/** Operators that ask for columns by their names, or leave the rows as they are. */
import { keep, project } from '../../plan/make.js';
import { columnsOf, present } from '../../syntax.js';
import { columnNamed } from '../build.js';
import { schemaColumns } from '../literals.js';
import { type Operator, operator } from './operator.js';

export const schemaOperators: readonly Operator[] = [
  operator('project-by-names', 'ProjectByNamesOperator', (_binder, node, input) =>
    project(
      input,
      columnsOf(node.ResultType).map(({ name }) => keep(present(columnNamed(input.columns, name)))),
    ),
  ),
  operator('assert-schema', 'AssertSchemaOperator', (binder, node, input) => {
    const wanted = schemaColumns(node.Schema).map(({ name, type }) => `${name}:${type}`);
    const has = input.columns.map(({ name, type }) => `${name}:${type}`);
    if (wanted.join() === has.join()) return input;
    return binder.refuse(node, 'evaluation-error', `The schema here is (${has.join(', ')}).`);
  }),
  operator('execute-and-cache', 'ExecuteAndCacheOperator', (_binder, _node, input) => input),
];
