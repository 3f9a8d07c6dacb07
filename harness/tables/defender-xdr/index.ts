import type { Declarations } from '../schema.js';
import { ALERT } from './alert.js';
import { CLOUD } from './cloud.js';
import { DEVICE } from './device.js';
import { EMAIL } from './email.js';
import { IDENTITY } from './identity.js';
import { VULNERABILITY } from './vulnerability.js';

/** The tables of advanced hunting in Defender XDR. */
export const DEFENDER_XDR: Declarations = { ...DEVICE, ...VULNERABILITY, ...EMAIL, ...IDENTITY, ...CLOUD, ...ALERT };
