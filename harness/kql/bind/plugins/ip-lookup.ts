import { scalarFunctions } from '../../functions/index.js';
import { native, ref } from '../../plan/make.js';
import { present } from '../../syntax.js';
import { columnNamed } from '../build.js';
import { withRow } from '../scope.js';
import { lookupJoin } from './lookup.js';
import { flagArgument, type Plugin } from './plugin.js';

/** Joins rows with the networks that hold their address. */
function ipLookup(version: 'ipv4' | 'ipv6'): Plugin {
  return {
    name: `${version}_lookup`,
    bind(binder, call) {
      const [tableNode, addressNode, networkNode, ...extraNodes] = call.positional;
      const networks = binder.tabular(tableNode ?? null, call.scope);
      const address = binder.expression(addressNode ?? null, call.scope);
      const network = binder.expression(networkNode ?? null, withRow(call.scope, networks.columns));
      const unmatched = flagArgument(binder, call, 'return_unmatched', Number.POSITIVE_INFINITY);
      const on = extraNodes.flatMap((node) => {
        const expr = binder.expression(node, withRow(call.scope, networks.columns));
        if (expr.kind !== 'column') return [];
        const left = columnNamed(call.input.columns, expr.column.name);
        return left ? [{ left: ref(left), right: expr }] : [];
      });
      const inRange = present(scalarFunctions.get(`${version}_is_in_range`));
      const where = native('bool', [address, network], (args, context) => inRange.emit(args, 'bool', context));
      // The engine's own order of the two sides differs between the versions.
      const sides =
        version === 'ipv4'
          ? [...call.input.columns, ...networks.columns]
          : [...networks.columns, ...call.input.columns];
      return lookupJoin(binder, call, networks, sides, where, unmatched, on);
    },
  };
}

export const ipLookups: readonly Plugin[] = [ipLookup('ipv4'), ipLookup('ipv6')];
