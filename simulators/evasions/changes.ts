import type { Attack } from '../world/attack.js';
import { anotherHost, anotherService, fetchProxy, rawAddress, shortener } from './destinations.js';
import type { Context, Outcome } from './outcome.js';
import { disguise, inject, interpreter, proxy, sideLoad, split } from './programs.js';
import { flood, sensorHides, slower, urlForm } from './seen.js';
import type { Change } from './transformation.js';

type Changes = {
  readonly [K in Change['kind']]: (attack: Attack, change: Extract<Change, { kind: K }>, context: Context) => Outcome;
};

/** What each kind of change does to an attack. */
export const CHANGES: Changes = {
  'other-service': anotherService,
  'other-host': anotherHost,
  shortener,
  'fetch-proxy': fetchProxy,
  'raw-address': rawAddress,
  disguise,
  inject,
  interpreter,
  'side-load': sideLoad,
  proxy,
  split,
  slower,
  url: urlForm,
  flood,
  sensor: sensorHides,
};
