import { type Catalogue, loadCatalogue } from '../../simulators/catalogue.js';
import { builtInCatalog } from '../tables/catalog.js';

/** Accounts and domains that every machine has; they tell nothing of whose it is. */
const BUILT_IN = new Set(
  (
    'system|local system|localsystem|local service|network service|localservice|networkservice|anonymous logon|anonymous|administrator|administrators|' +
    'guest|defaultaccount|defaultuser0|wdagutilityaccount|krbtgt|everyone|authenticated users|iusr|root|nobody|daemon|' +
    'www-data|systemprofile|public|default|default user|all users|trustedinstaller|-|n/a|' +
    'nt authority|nt-autorität|autorite nt|nt service|builtin|font driver host|window manager|iis apppool|azuread|' +
    'microsoftaccount|workgroup|localhost|mshome'
  ).split('|'),
);

/** Words of everyday command lines. A user or host of such a name is replaced where it stands as one, not in all texts. */
const EVERYDAY = new Set(
  (
    'admin|user|users|test|build|dev|prod|service|services|web|www|sql|backup|app|apps|data|home|work|office|code|server|' +
    'client|host|local|temp|name|mail|ftp|file|files|print|scan|monitor|update|install|setup|support|help|info|sales|' +
    'marketing|finance|hr|it|lab|kiosk|agent|runner|worker|node|git|docker|oracle|postgres|mysql|apache|nginx|java|' +
    'python|ruby|perl|program|windows|system32|microsoft|google|github|content|remote|network|true|false|null|none|' +
    'http|https|com|net|org|exe|dll|start|stop|run|get|set|new|add|list|config|default|master|main|corp|ad|lan|internal|' +
    'telegram|discord|slack|dropbox|pastebin|youtube|steam|twitter|facebook|amazon|azure|gitlab|bitbucket|teams|zoom|' +
    'intranet|domain|group|company|global|world|cloud|public|private|api|cdn|static|assets|images|login|account|accounts'
  ).split('|'),
);

/** Mail and identity services that anybody may be a customer of. */
const SHARED_DOMAINS = new Set(
  (
    'gmail.com|googlemail.com|outlook.com|hotmail.com|live.com|msn.com|yahoo.com|icloud.com|me.com|aol.com|gmx.de|gmx.net|' +
    'web.de|proton.me|protonmail.com|mail.ru|yandex.ru|qq.com|163.com|onmicrosoft.com|mail.onmicrosoft.com'
  ).split('|'),
);

let catalogue: Catalogue | undefined;

function isProgram(name: string): boolean {
  catalogue ??= loadCatalogue();
  return catalogue.binary(`${name}.exe`) !== undefined;
}

export function isBuiltIn(name: string): boolean {
  const plain = name.trim().toLowerCase();
  return BUILT_IN.has(plain) || /^(dwm|umfd)-\d+$/.test(plain) || /^s-1-5-(18|19|20)$/.test(plain);
}

/** Whether a name means so much else that it is replaced only where it stands as the name of someone. */
export function isEveryday(name: string): boolean {
  const plain = name.toLowerCase();
  return plain.length < 3 || /^\d{1,5}$/.test(plain) || EVERYDAY.has(plain) || isProgram(plain);
}

export function isSharedDomain(domain: string): boolean {
  return SHARED_DOMAINS.has(domain.toLowerCase());
}

/** Words that the names of exports are made of. */
const EXPORTS = new Set(
  (
    'export|exports|query|queries|result|results|data|event|events|log|logs|alert|alerts|hunting|advanced|sentinel|defender|' +
    'azure|entra|rows|records|table|part|page|day|days|week|month|hour|hours|sample|fixture|fixtures|benign|attack|' +
    'process|network|logon|signin|signins|device|email|identity|audit|security|before|after|all|first|last|one|two|anonymized'
  ).split('|'),
);

let tables: ReadonlySet<string> | undefined;

/** Whether a word of the name of a file says nothing of whose it is: of a table, a number, or of exports. */
export function isOfExports(word: string): boolean {
  tables ??= new Set(
    (['defender-xdr', 'sentinel'] as const).flatMap((name) =>
      [...builtInCatalog(name).tables.keys()].map((table) => table.toLowerCase()),
    ),
  );
  const plain = word.toLowerCase();
  return plain.length <= 2 || /^\d+[a-z]?$/.test(plain) || EXPORTS.has(plain) || tables.has(plain);
}
