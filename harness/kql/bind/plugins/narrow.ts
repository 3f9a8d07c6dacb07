import { expand, keep, native, project, ref } from '../../plan/make.js';
import { converted } from '../build.js';
import { serialized } from '../windows.js';
import type { Plugin } from './plugin.js';

/** One row for each cell: the number of the row, the name of the column, the value as text. */
export const narrow: Plugin = {
  name: 'narrow',
  bind(binder, call) {
    const numbered = binder.columns.make('Row', 'long');
    const input = serialized(binder, call.input);
    const rows = project(input, [
      ...call.input.columns.map(keep),
      {
        column: numbered,
        expr: {
          kind: 'window',
          type: 'long',
          args: [],
          partition: [],
          running: false,
          emit: (_args, over) => `row_number() ${over} - 1`,
        },
      },
    ]);
    const column = binder.columns.make('Column', 'string');
    const value = binder.columns.make('Value', 'string');
    const names = call.input.columns.map((from) => from.name);
    const expanded = expand(
      rows,
      [numbered],
      [
        {
          column,
          list: native(
            'dynamic',
            [],
            (_args, context) => `[${names.map((name) => context.literal(name, 'string')).join(', ')}]`,
          ),
        },
        {
          column: value,
          list: native(
            'dynamic',
            call.input.columns.map((from) => converted(ref(from), 'string')),
            (args) => `[${args.map((arg) => arg.sql).join(', ')}]`,
          ),
        },
      ],
      binder.columns.make('place', 'long'),
    );
    return project(expanded, [keep(numbered), keep(column), keep(value)]);
  },
};
