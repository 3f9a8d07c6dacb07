import { doesAsTold, isProtected } from '../exceptions/control.js';
import type { Destinations } from '../exceptions/destinations.js';

/** What is told of the process behind an event, whatever the columns are called. */
export const PROCESS_FACTS = ['file', 'path', 'command', 'parent', 'company', 'integrity'] as const;
export type ProcessFact = (typeof PROCESS_FACTS)[number];

/** An event behind an alert, as far as its table tells; what a table lacks is absent, what it left empty is ''. */
export interface SeenEvent extends Readonly<Partial<Record<ProcessFact, string>>> {
  readonly role: string;
  /** The host of the destination, or its address where no name was told. */
  readonly place?: string;
  readonly hasName?: boolean;
  readonly port?: number;
  /** Devices of the world that contact the place, and that have a program of this name and maker. */
  readonly placeDevices?: number;
  readonly programDevices?: number;
}

/** Something that is so of an alert or is not, and by which people can tell alerts apart. */
export interface Sign {
  readonly id: string;
  readonly says: string;
  readonly look: string;
  /** Nothing where the events do not tell. */
  of(events: readonly SeenEvent[], destinations: Destinations): boolean | undefined;
}

/** Devices on which a place or a program is still rare. */
const FEW = 3;

const SHELLS = /^(powershell|pwsh|cmd|wscript|cscript|mshta|python|pythonw|node|rundll32|regsvr32)\.exe$/i;
const OFFICE = /^(winword|excel|powerpnt|outlook|onenote|acrord32|acrobat)\.exe$/i;
const BROWSERS = /^(chrome|msedge|firefox|iexplore|brave|opera)\.exe$/i;

/** Whether something is so of any event that tells. */
function any<K extends keyof SeenEvent>(
  key: K,
  holds: (value: Exclude<SeenEvent[K], undefined>) => boolean,
): (events: readonly SeenEvent[]) => boolean | undefined {
  return (events) => {
    const told = events.flatMap((event) => {
      const value = event[key];
      return value === undefined ? [] : [value as Exclude<SeenEvent[K], undefined>];
    });
    return told.length === 0 ? undefined : told.some(holds);
  };
}

/** In the order in which they are asked; how much each tells is measured. */
export const SIGNS: readonly Sign[] = [
  {
    id: 'no-company',
    says: 'the program names no company in its version information',
    look: 'the company, product and signature of the program’s file',
    of: any('company', (company) => company === ''),
  },
  {
    id: 'user-folder',
    says: 'the program lies in a folder that any user can write to',
    look: 'the folder of the program: who wrote the file there, and when',
    of: any('path', (path) => path !== '' && !isProtected(path)),
  },
  {
    id: 'does-as-told',
    says: 'the program is an interpreter, or a tool that does what its command line says',
    look: 'the command line: which script, which address, what is encoded in it',
    of: any('file', (file) => file !== '' && doesAsTold(file)),
  },
  {
    id: 'browser',
    says: 'the program is a browser',
    look: 'whether a person sat at the browser: its command line, and what started it',
    of: any('file', (file) => BROWSERS.test(file)),
  },
  {
    id: 'system-account',
    says: 'the program runs with the rights of the system',
    look: 'the account and integrity level of the process, and the service or task that it belongs to',
    of: any('integrity', (level) => /^system$/i.test(level)),
  },
  {
    id: 'script-parent',
    says: 'an interpreter or a shell started it',
    look: 'the parent, its own command line and its parent in turn',
    of: any('parent', (parent) => SHELLS.test(parent)),
  },
  {
    id: 'document-parent',
    says: 'a program that opens documents started it',
    look: 'the document that was open, and the mail or page that it came from',
    of: any('parent', (parent) => OFFICE.test(parent)),
  },
  {
    id: 'rare-program',
    says: `no more than ${FEW} devices have a program of this name and maker`,
    look: 'how many devices have the program, and since when',
    of: any('programDevices', (devices) => devices <= FEW),
  },
  {
    id: 'rare-place',
    says: `it contacts a place that no more than ${FEW} devices know`,
    look: 'who else in the estate contacts the place, since when, and whose it is',
    of: any('placeDevices', (devices) => devices <= FEW),
  },
  {
    id: 'bare-address',
    says: 'it contacts an address without a name',
    look: 'whose address it is, and what else of the estate speaks to its network',
    of: any('hasName', (hasName) => !hasName),
  },
  {
    id: 'posting-service',
    says: 'it contacts a service where anyone can leave a text',
    look: 'the page that was read: fetch it from elsewhere, keep a copy, look for text between markers',
    of: (events, destinations) =>
      any(
        'place',
        (place) => place !== '' && destinations.controlOf(place) === 'anyone',
      )(events.filter(({ hasName }) => hasName === true)),
  },
  {
    id: 'odd-port',
    says: 'it connects to a port other than 80 and 443',
    look: 'the port, and what protocol is spoken on it',
    of: any('port', (port) => port !== 80 && port !== 443),
  },
  {
    id: 'several-places',
    says: 'several places are behind one alert',
    look: 'the order of the contacts: a page first, an unknown server next',
    of: (events) => {
      const places = new Set(events.flatMap(({ place }) => (place === undefined || place === '' ? [] : [place])));
      return places.size === 0 ? undefined : places.size > 1;
    },
  },
];
