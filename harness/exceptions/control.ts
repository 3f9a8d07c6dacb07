/** Who controls a field of telemetry, and what meeting a test of it costs an attacker. */
import type { Grade } from './result.js';

/** What a field says. */
export type FieldKind =
  | 'file name'
  | 'path'
  | 'parent'
  | 'command line'
  | 'version information'
  | 'signer'
  | 'hash'
  | 'account'
  | 'destination'
  | 'address'
  | 'port'
  | 'device'
  | 'other';

/** In the order in which they are asked: the first that fits. */
const KINDS: readonly (readonly [RegExp, FieldKind])[] = [
  [/VersionInfo/, 'version information'],
  [/Signer|Signature/, 'signer'],
  [/(SHA1|SHA256|MD5)$/i, 'hash'],
  [/Parent(Process)?(File)?Name$|^ParentImage$/, 'parent'],
  [/FolderPath$|^(NewProcessName|ProcessName|Image|ProcessPath|ParentFolderPath)$/, 'path'],
  [/CommandLine$/i, 'command line'],
  [
    /IntegrityLevel$|TokenElevation$|Account(Name|Sid|Upn|ObjectId|Domain|Type)$|^(Account|UserName|SubjectUserName)$/,
    'account',
  ],
  [/^(RemoteUrl|Url|DestinationHostname|DestinationHostName|RequestURL|DestinationDnsDomain)$/i, 'destination'],
  [/^(RemoteIP|DestinationIP|DestinationIp|DestinationIPAddress)$/, 'address'],
  [/^(RemotePort|DestinationPort|LocalPort)$/, 'port'],
  [/^(DeviceName|DeviceId|MachineGroup|Computer|DeviceType)$/, 'device'],
  [/FileName$/, 'file name'],
];

export function kindOfField(column: string): FieldKind {
  return KINDS.find(([pattern]) => pattern.test(column))?.[1] ?? 'other';
}

/** What it takes to meet a test, from nothing to what only others can do; and the grade of an exception that takes it. */
export const GRADE_OF = {
  choice: 'E',
  imitation: 'D',
  foothold: 'C',
  administrator: 'B',
  others: 'A',
} as const satisfies Readonly<Record<string, Grade>>;
export type Cost = keyof typeof GRADE_OF;
export const COSTS = Object.keys(GRADE_OF) as readonly Cost[];

export function dearest(costs: readonly Cost[]): Cost {
  return COSTS[Math.max(0, ...costs.map((cost) => COSTS.indexOf(cost)))] ?? 'choice';
}

export function cheapest(costs: readonly Cost[]): Cost {
  if (costs.length === 0) return 'choice';
  return COSTS[Math.min(...costs.map((cost) => COSTS.indexOf(cost)))] ?? 'choice';
}

/**
 * Folders that a standard user of Windows cannot write to, in lower case. `C:\Windows` has exceptions of its own, where
 * everyone may write.
 * Source: the default access control lists of Windows; the writable folders below `C:\Windows` are well-known bypasses
 * of path rules, named in Microsoft's own advice on AppLocker path rules.
 */
const PROTECTED = /^c:\\(program files|program files \(x86\)|windows)\\/;
const WRITABLE =
  /^c:\\windows\\(temp|tasks|tracing|debug\\wia|registration\\crmlog|system32\\(tasks|spool\\(printers|drivers\\color)|com\\dmp|fxstmp|microsoft\\crypto\\rsa\\machinekeys)|syswow64\\(tasks|com\\dmp|fxstmp))\\/;
/** Folders of systems other than Windows that only their administrators write to. */
const PROTECTED_UNIX = /^\/(usr|bin|sbin|opt|applications|system|library)\//;

/** What a folder's beginning costs: to be there takes an administrator, or nothing that a program could not do. */
export function isProtected(path: string): boolean {
  const lower = path.toLowerCase();
  return (PROTECTED.test(lower) && !WRITABLE.test(lower)) || PROTECTED_UNIX.test(lower);
}

/**
 * Programs that do what they are told: interpreters, and programs of Windows or of developers that fetch or run what
 * their command line names. Who may start them needs no code inside them.
 * Source: MITRE ATT&CK T1059, T1218 and T1127, and the LOLBAS project's lists.
 */
const DOES_AS_TOLD: ReadonlySet<string> = new Set(
  [
    'powershell pwsh cmd wscript cscript mshta rundll32 regsvr32 certutil curl wget bitsadmin msiexec installutil regasm',
    'regsvcs msbuild csc vbc aspnet_compiler addinprocess addinprocess32 wmic forfiles schtasks certreq desktopimgdownldr',
    'python pythonw python3 py node deno bun java javaw ruby perl php lua julia rscript autoit3 git ssh scp sftp bash sh zsh',
    'osascript dotnet npm pip gh aws az gcloud kubectl helm docker rclone winget choco ffmpeg hh ieexec presentationhost',
    'esentutl extrac32 expand makecab svchost dllhost explorer conhost wsl go cargo rustc gradle mvn yarn pnpm',
  ]
    .join(' ')
    .split(' '),
);

/** Whether a program runs or fetches what it is told; by its file name. */
export function doesAsTold(fileName: string): boolean {
  return DOES_AS_TOLD.has(
    fileName
      .toLowerCase()
      .replace(/^.*[\\/]/, '')
      .replace(/\.exe$/, ''),
  );
}
