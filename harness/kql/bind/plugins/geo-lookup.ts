/** Plugins that find the shapes of a table at which the places of rows lie. */
import { scalarFunctions } from '../../functions/index.js';
import { native } from '../../plan/make.js';
import type { Expr } from '../../plan/plan.js';
import { present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { withRow } from '../scope.js';
import { lookupJoin } from './lookup.js';
import { flagArgument, type Plugin, type PluginCall } from './plugin.js';

/** `(table, shape, longitude, latitude, radius, return_unmatched, lookup_area_radius, return_lookup_key)` */
const RADIUS = 4;
const UNMATCHED = 5;
const KEY = 7;

/**
 * Joins rows with the lines near their place, or with the polygons that hold it or, given a radius, are near it. The
 * column with the shapes is left out unless `return_lookup_key` asks for it; the hint `lookup_area_radius` changes nothing.
 */
function geoLookup(shape: 'line' | 'polygon'): Plugin {
  return {
    name: `geo_${shape}_lookup`,
    bind(binder, call) {
      const [tableNode, shapeNode, longitudeNode, latitudeNode] = call.positional;
      const table = binder.tabular(tableNode ?? null, call.scope);
      const of = binder.expression(shapeNode ?? null, withRow(call.scope, table.columns));
      if (of.kind !== 'column')
        return binder.refuse(present(shapeNode), 'unsupported-argument', 'The shapes must be a column of the table.');
      const place = [longitudeNode, latitudeNode].map((node) => binder.expression(node ?? null, call.scope));
      const withShapes = flagArgument(binder, call, 'return_lookup_key', KEY);
      const shown = table.columns.filter((column) => withShapes || column !== of.column);
      const where = near(binder, call, shape, [...place, of]);
      const unmatched = flagArgument(binder, call, 'return_unmatched', UNMATCHED);
      return lookupJoin(binder, call, table, [...call.input.columns, ...shown], where, unmatched);
    },
  };
}

function near(binder: Binder, call: PluginCall, shape: 'line' | 'polygon', args: readonly Expr[]): Expr {
  const node = call.named.get('radius') ?? call.positional[RADIUS];
  if (!node) {
    const inside = present(scalarFunctions.get('geo_point_in_polygon'));
    return native('bool', args, (given, context) => inside.emit(given, 'bool', context));
  }
  const distance = present(scalarFunctions.get(`geo_distance_point_to_${shape}`));
  return native('bool', [...args, binder.expression(node, call.scope)], (given, context) => {
    const radius = context.convert(present(given.at(-1)), 'real');
    return `(${distance.emit(given.slice(0, -1), 'real', context)}) <= (${radius})`;
  });
}

export const geoLookups: readonly Plugin[] = [geoLookup('line'), geoLookup('polygon')];
