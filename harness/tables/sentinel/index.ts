import type { Declarations } from '../schema.js';
import { AZURE } from './azure.js';
import { DEFENDER } from './defender.js';
import { DEVICE } from './device.js';
import { ENTRA } from './entra.js';
import { HOST } from './host.js';
import { NETWORK } from './network.js';
import { OFFICE } from './office.js';
import { SECURITY } from './security.js';
import { WORKSPACE } from './workspace.js';

/** The tables of a Log Analytics workspace that detections read, vendors' own tables (`…_CL`) left out. */
export const SENTINEL: Declarations = {
  ...DEVICE,
  ...DEFENDER,
  ...ENTRA,
  ...AZURE,
  ...OFFICE,
  ...HOST,
  ...NETWORK,
  ...SECURITY,
  ...WORKSPACE,
};
