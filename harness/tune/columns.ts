import { kindOfField } from '../exceptions/control.js';
import type { TableSchema } from '../kql/types.js';

/** The columns of a place that exceptions are made of; those that it lacks are absent. */
export interface Facts {
  readonly file?: string;
  readonly path?: string;
  readonly command?: string;
  readonly parent?: string;
  readonly company?: string;
  readonly integrity?: string;
  readonly destination?: string;
  readonly group?: string;
}

/**
 * Which columns say what. Where a table describes a process and the one that started it, as `DeviceProcessEvents` does,
 * the facts are those of the process itself; elsewhere those of the process that acted.
 */
export function factsIn(schema: TableSchema): Facts {
  const texts = schema.filter(({ type }) => type === 'string').map(({ name }) => name);
  const has = (name: string): boolean => texts.includes(name);
  const first = (...names: string[]): string | undefined => names.find(has);
  const started = has('ProcessCommandLine') && has('FileName');
  const facts = started
    ? {
        file: 'FileName',
        path: first('FolderPath'),
        command: 'ProcessCommandLine',
        parent: first('InitiatingProcessFileName'),
        company: first('ProcessVersionInfoCompanyName'),
        integrity: first('ProcessIntegrityLevel'),
      }
    : {
        file: first('InitiatingProcessFileName', 'Process'),
        path: first('InitiatingProcessFolderPath', 'NewProcessName', 'ProcessName', 'Image'),
        command: first('InitiatingProcessCommandLine', 'CommandLine'),
        parent: first('InitiatingProcessParentFileName', 'ParentProcessName'),
        company: first('InitiatingProcessVersionInfoCompanyName'),
        integrity: first('InitiatingProcessIntegrityLevel'),
      };
  const all = {
    ...facts,
    destination: texts.find((name) => kindOfField(name) === 'destination'),
    group: first('MachineGroup', 'DeviceType'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, column]) => column !== undefined));
}

/** Columns of a place of which nothing could be made. */
export function isEmpty({ file, path, destination }: Facts): boolean {
  return file === undefined && path === undefined && destination === undefined;
}
