const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Words that end the name of a secret. */
const SECRETS = words(
  `password passwords passwd passphrase passcode passkey passwordd passwordo pwd passwort kennwort pass pw psw pswd upw
  secret secrets token credential credentials cred creds pin otp totp jwt pat sas apikey appkey accesskey secretkey
  privatekey accountkey storagekey sharedkey masterkey encryptionkey signingkey subscriptionkey authkey licensekey
  machinekey validationkey decryptionkey instrumentationkey sharedaccesskey sharedaccesssignature connectionstring connstr
  authtoken accesstoken refreshtoken idtoken bearertoken sessiontoken clientsecret appsecret
  askpass storepass keypass sshpass userpass dbpass rootpass adminpass mypass sqlpass ftppass smbpass mailpass becomepass
  loginpass keymaterial authorization nthash ntlmhash lmhash
  zugangsdaten anmeldedaten logindaten identifiants passe motdepasse mdp contraseña contrasena clave senha wachtwoord hasło haslo heslo jelszó jelszo lösenord losenord
  passord adgangskode salasana şifre sifre parola пароль пароля senhas`,
);

/** Of languages that put no blank between words. */
const UNPARTED = /(?:密码|密碼|口令|パスワード|暗証番号|비밀번호|암호)$/;

/** Names that are written without a sign between their words. */
const ENDINGS =
  /(?:password|passwd|passwort|kennwort|passphrase|(?:client|app|api|shared)secret|(?:access|auth|api|refresh|bearer)token)$/;

/** Whose key is a secret. */
const KEYS = words(
  `api app access account secret private storage subscription shared sharedaccess master encryption signing auth license
  machine validation decryption instrumentation service ssh gpg rsa aes session webhook deploy host function client
  security recovery symmetric primary secondary wpa wifi network`,
);

/** After which a token is no secret: of an assembly's public key, or of a page of results. */
const PUBLIC_TOKENS = words('key page next continuation cancellation pagination sync max syntax');

/** What may follow the name of a secret without a change to what it is. */
const SUFFIXES = words(
  'prod production dev test staging stage qa live old new current value plain plaintext text string base b64 base64 hash env var in raw id0 confirm confirmation',
);

const LONGEST = 128;

/**
 * Whether what a key, column, variable or option of this name holds is secret: `DB_PASSWORD`, `clientSecret`,
 * `x-api-key`, but not `PasswordAge` nor `PublicKeyToken`.
 */
export function isSecretName(name: string): boolean {
  if (!HINT.test(name)) return false;
  const parts = partsOf(name.slice(-LONGEST));
  if (parts.slice(-2).join('') === 'connectionstring') return true;
  while (parts.length > 1 && (SUFFIXES.has(parts.at(-1) ?? '') || /^\d+$/.test(parts.at(-1) ?? ''))) parts.pop();
  const last = (parts.at(-1) ?? '').replace(/\d+$/, '');
  const before = parts.at(-2) ?? '';
  if (last === 'key' || last === 'keys') return KEYS.has(before);
  if (last === 'token') return !PUBLIC_TOKENS.has(before);
  if (last === 'id') return before === 'secret';
  if (last === 'pat' || last === 'pin')
    return parts.length > 1 ? /^(gh|git|github|gitlab|ado|devops|azure|user|card)$/.test(before) : true;
  return SECRETS.has(last) || SECRETS.has(before + last) || ENDINGS.test(last) || UNPARTED.test(last);
}

/** Whether a parameter of a web address of this name holds a secret: elsewhere these words mean other things. */
export function isSecretParameter(name: string): boolean {
  return /^(?:key|sig|signature|code|auth|sas|st|ticket|assertion|otp|jwt|sid|nonce|x-amz-(?:signature|credential|security-token)|\w*sess(?:ion)?(?:[_-]?id)?|samlresponse|samlrequest)$/i.test(
    name,
  );
}

/** Whether what stands in a text under this name is a session, by which others could go on with it. */
export function isSessionName(name: string): boolean {
  return SESSION.test(name);
}

/** What every name of a secret holds: most words fail here. */
const HINT =
  /pass|pwd|pw|psw|secret|token|cred|key|kennwort|daten|identifiant|pin|otp|jwt|pat|sas|cookie|hash|conn|sess|sid|auth|mdp|contrase|clave|senha|wachtwoord|has[łl]o|heslo|jelsz|l[öo]senord|adgangskode|salasana|[şs]ifre|parola|парол|密|口令|パスワード|暗証|비밀|암호/iu;

/** Names of the cookies and parameters that hold sessions; in columns of tables they are of those of Windows. */
const SESSION =
  /sess(?:ion)?[._-]?id$|sessid$|_session$|^connect\.sid$|^estsauth|aspxauth$|^\.?aspnet|^(?:h|s|ap|sap)sid$|^(?:remember_me|xsrf-token|csrftoken)$/i;

function partsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');
}
