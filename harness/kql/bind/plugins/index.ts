/** Every plugin that `evaluate` runs. What is not here is refused by name. */
import { activityPlugins } from './activity.js';
import { bagUnpack } from './bag-unpack.js';
import { geoLookups } from './geo-lookup.js';
import { ipLookups } from './ip-lookup.js';
import { narrow } from './narrow.js';
import { pivot } from './pivot.js';
import type { Plugin } from './plugin.js';
import { rowsNear } from './rows-near.js';
import { userWindowPlugins } from './user-windows.js';

export const plugins: ReadonlyMap<string, Plugin> = new Map(
  [bagUnpack, pivot, narrow, ...ipLookups, ...geoLookups, ...activityPlugins, ...userWindowPlugins, rowsNear].map(
    (plugin) => [plugin.name, plugin],
  ),
);
