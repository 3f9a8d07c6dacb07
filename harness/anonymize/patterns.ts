/** An e-mail address or user principal name: the user and the domain. */
export const EMAIL = /(?<![\w.+@-])([\w+#-][\w.+#'-]{0,63})@((?:[A-Za-z0-9-]{1,63}\.){1,10}[A-Za-z]{2,24})(?![\w-])/g;

/** The name under which an address is looked up, or that of a network. */
export const REVERSE_NAME = /(?<![\w.-])(?:(?:\d{1,3}\.){1,4}in-addr|(?:[0-9a-f]\.){2,32}ip6)\.arpa(?![\w-])/gi;

/** An address of either version, the number of a port apart. */
export const ADDRESS =
  /(?<![\w.:])(?:::ffff:)?(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)|(?<![\w.:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:.])/g;

export const MAC = /(?<![\w:-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])/g;

/** Security identifiers of domains and of Entra: those of Windows itself are everybody's. */
export const SID = /\bS-1-(?:5-21|12-1)(?:-\d{1,10}){3,5}\b/gi;

/** The folder of a user's profile, up to a blank unless a folder follows. */
export const PROFILE =
  /(?<=[\\/](?:Users|Documents and Settings|home)(?:\\{1,2}|\/))(?:[^\\/:*?"<>|\r\n]{1,64}(?=[\\/])|[^\\/:*?"<>|\s',;&()]{1,64})/gi;

/** The user of a profile's folder: a blank before an option or operator ends it. */
export function profileName(matched: string): string {
  return matched.split(/\s+[-/&|>]/)[0] ?? matched;
}

/** The owner of a personal site of SharePoint: `j_doe_contoso_com`. */
export const PERSONAL_SITE = /(?<=(?:\.sharepoint\.com|^)\/personal\/)[\w.~-]+/gi;

/** The host of a share, with the backslashes of a text within a text as well. */
export const UNC_HOST = /(?:(?<![\w\\])\\{2,4}|\\\\[?.]\\UNC\\)([A-Za-z0-9][A-Za-z0-9_.-]{0,200})(?![A-Za-z0-9_.:-])/gi;

/** Words, and percent signs with what they encode, which part them. */
export const WORDS = /%[0-9a-f]{2}|[\p{L}\p{N}_.$-]+/giu;

/** What may have been drawn by lot. */
export const LONG_WORD = /[A-Za-z0-9_-]{20,}/g;
/** The same with the signs of base64, which are those of paths as well. */
export const LONG_BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{16,}={0,2}/g;
