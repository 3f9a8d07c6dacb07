/** Where a text holds what only its owner may know; each pattern matches the secret alone. */
export interface SecretPattern {
  readonly pattern: RegExp;
  /** Whether a text of the same form stands in for it: so do keys that programs take for such. */
  readonly keepsForm: boolean;
}

const NAMES = [
  'pass(?:word|wd|phrase)?',
  'pwd',
  '(?:client|shared|app|consumer)?[_-]?secret',
  '(?:access|refresh|id|auth|api|session|bearer|security)?[_-]?token',
  '(?:api|access|account|subscription|storage|private|master|encryption)[_-]?key',
  'shared[_-]?access[_-]?(?:key|signature)',
  'credentials?',
  'connection[_-]?string',
].join('|');

/** Of a web address alone: elsewhere these words mean other things. */
const PARAMETERS = `${NAMES}|key|sig|signature|code|auth|sas|st|ticket|assertion|otp|jwt|sid|nonce|(?:php|j|asp)?sess(?:ion)?(?:[_-]?id)?`;

const value = `(?:(?<=")[^"]+|(?<=')[^']+|[^\\s"'&;,|<>()]+)`;

/** Whether what a key or column of this name holds is secret. */
export const SECRET_NAME = new RegExp(`^(?:.*[_-])?(?:${NAMES})$`, 'i');

const shaped = (pattern: RegExp): SecretPattern => ({ pattern, keepsForm: true });
const named = (pattern: RegExp): SecretPattern => ({ pattern, keepsForm: false });

const program = (names: string): string => `\\b(?:${names})(?:\\.exe)?\\b[^\\r\\n]{0,2000}?\\s`;

export const SECRETS: readonly SecretPattern[] = [
  shaped(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g),
  shaped(/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g),
  // What services prefix their keys with.
  shaped(/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g),
  shaped(/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|xox[abprs]-|AIza|sk-|hf_|dop_v1_)[\w-]{16,}/g),
  shaped(/(?<=\/bot)\d{6,12}:[\w-]{20,}/g),
  shaped(/(?<=\/webhooks\/\d+\/)[\w-]{20,}/g),
  shaped(/(?<=hooks\.slack\.com\/services\/)[\w/]+/g),
  // Scripts given to PowerShell in base64 hold names and keys as well.
  shaped(/(?<=\s[-/]e(?:nc?|nco\w*|c)?\s+["']?)[A-Za-z0-9+/]{16,}={0,2}/gi),
  named(/(?<=:\/\/[^\s/:@"']{1,200}:)[^\s/@"']+(?=@)/g),
  named(new RegExp(`(?<=[?&](?:${PARAMETERS})=)[^\\s&"'#]+`, 'gi')),
  named(new RegExp(`(?<=\\b(?:${NAMES})["']?\\s{0,3}(?:[=:]|%3D)\\s{0,3}["']?)${value}`, 'gi')),
  named(new RegExp(`(?<=(?:^|\\s)(?:--?|/)(?:\\w{1,20}-)?(?:${NAMES}|pw)[\\s:=]\\s{0,3}["']?)${value}`, 'gi')),
  named(/(?<=\b(?:Bearer|Basic)\s{1,3})[A-Za-z0-9._~+/=-]{8,}/g),
  named(/(?<=ConvertTo-SecureString\s+(?:-String\s+)?["'])[^"']+/gi),
  named(new RegExp(`(?<=${program('curl|wget')}(?:-u|--user|--proxy-user)\\s+["']?[^\\s:"']{1,200}:)[^\\s"']+`, 'gi')),
  named(/(?<=\bnet1?(?:\.exe)?["']?\s+user\s+(?:"[^"]+"|\S+)\s+)(?![/])[^\s"]+/gi),
  named(/(?<=\bnet1?(?:\.exe)?["']?\s+use\s+(?:\S+\s+)?\\\\\S+\s+)(?![/])[^\s"]+/gi),
  named(/(?<=\/user:(?:"[^"]+"|[^\s;&|]+)\s+)(?![/\-;&|])[^\s"]+/gi),
  named(
    new RegExp(
      `(?<=${program('psexec(?:64)?|paexec|sshpass|plink|pscp|sqlcmd|osql|bcp|mysql\\w*|7za?|rar|unrar')}-p\\s{0,2}["']?)${value}`,
      'gi',
    ),
  ),
  named(
    new RegExp(
      `(?<=${program('schtasks|wmic|xfreerdp|tasklist|taskkill|systeminfo|cmdkey|winrs')}[/-](?:rp|p|pass)[\\s:]\\s{0,2}["']?)${value}`,
      'gi',
    ),
  ),
];

/**
 * Whether a word looks drawn by lot, as keys and ids do and words of people do not: long, with digits and letters, and
 * going from the one kind of character to the other at more than a third of its places.
 */
export function looksRandom(word: string): boolean {
  if (word.length < 20) return false;
  const kinds = Array.from(word, (char) =>
    /[0-9]/.test(char) ? 0 : /[a-z]/.test(char) ? 1 : /[A-Z]/.test(char) ? 2 : 3,
  );
  if (!kinds.includes(0) || !(kinds.includes(1) || kinds.includes(2))) return false;
  const letters = kinds.filter((kind) => kind < 3).length;
  const turns = kinds.filter((kind, i) => i > 0 && kind < 3 && (kinds[i - 1] ?? 3) < 3 && kind !== kinds[i - 1]).length;
  return turns >= letters / 3;
}
