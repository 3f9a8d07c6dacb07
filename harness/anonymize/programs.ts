import { isSecretName } from './names.js';

/**
 * What an argument is: `login` a user and a secret (`adm:x`), `slashed` the same as Oracle writes it (`adm/x@db`),
 * `target` as Impacket does (`CORP/adm:x@host`), `pair` a name and a secret (`name=x`), `passed` as OpenSSL does
 * (`pass:x`), `cookies` some of them, `data` a secret if an option before it names one.
 */
export type Role = 'secret' | 'login' | 'slashed' | 'target' | 'pair' | 'passed' | 'cookies' | 'data' | 'host' | 'user';

/** What the arguments of a program are. */
export interface Program {
  /** Of options with a value: `-p`, exactly so; `/p` in either case, with `/` or `-`. */
  readonly options: ReadonlyMap<string, Role>;
  /** Options whose value follows at once, `-p` of `-pVALUE`; the longer ones first. */
  readonly attached: readonly (readonly [string, Role])[];
  /** Of words that are no options: behind these words, what each of the next is. */
  readonly positions?: readonly (readonly [string, readonly (Role | undefined)[]])[];
  /** The same where words alone do not say. */
  readonly choose?: (words: readonly Positional[]) => (readonly [Role, Positional])[];
  /** Options that take a value which is none of these words. */
  readonly valued?: RegExp;
  /** Whether words that name other programs do not do so behind this one. */
  readonly isLast?: boolean;
}

type Positional = { readonly start: number; readonly end: number; readonly text: string };

type Rest = Omit<Program, 'options' | 'attached'>;

/** `'-p secret, -p* secret'`: an option and its role; with a star, the value follows at once. */
function program(options: string, rest: Rest = {}): Program {
  const own = new Map<string, Role>();
  const attached: [string, Role][] = [];
  for (const entry of options.split(',')) {
    const [option = '', role = ''] = entry.trim().split(' ');
    if (option.endsWith('*')) attached.push([option.slice(0, -1), role as Role]);
    else if (option !== '') own.set(option, role as Role);
  }
  return { options: own, attached: attached.sort(([a], [b]) => b.length - a.length), ...rest };
}

const WINDOWS_REMOTE = '/s host, /u user, /p secret, /server host';

const VALUED_BY_SSH = /^-[pPilLRDoFJeEcbmwWSQI]$/;
const IS_SHARE = /^\\\\|^[a-z*]:$|^\*$|^https?:/i;

/** By names without an ending. What is not here is read by options that mean the same everywhere (`--password`). */
const TABLE: readonly (readonly [string, Program])[] = [
  // Windows.
  [
    'net net1',
    program('/u user, /user user', {
      choose: (words) => {
        const verb = words[0]?.text.toLowerCase();
        if (verb === 'user' && words[1] !== undefined) {
          const [, user, secret] = words;
          return [['user', user as Positional], ...(secret === undefined ? [] : ([['secret', secret]] as const))];
        }
        if (verb !== 'use') return [];
        // The device, the share, the secret; the user stands behind `/user:` and perhaps the secret behind that.
        return words
          .slice(1)
          .filter(({ text }) => !IS_SHARE.test(text))
          .slice(0, 1)
          .map((word) => ['secret', word] as const);
      },
    }),
  ],
  ['cmdkey', program('/pass secret, /user user, /add host, /generic host, /delete host')],
  [
    'schtasks tasklist taskkill systeminfo driverquery getmac openfiles eventcreate gpresult typeperf bootcfg',
    program(`${WINDOWS_REMOTE}, /rp secret, /ru user`),
  ],
  [
    'psexec psexec64 paexec pskill pslist psinfo psservice psloglist pspasswd csexec remcom',
    program('/p secret, /u user'),
  ],
  ['wmic', program('/password secret, /user user, /node host')],
  ['sc', program('password secret, obj user')],
  ['runas', program('/user user')],
  ['winrs', program('/p secret, /password secret, /u user, /username user, /r host, /remote host')],
  ['wevtutil', program('/p secret, /password secret, /u user, /r host')],
  ['bitsadmin', program('', { choose: (words) => at('secret', words, 4) })],
  ['rasdial', program('', { choose: (words) => [...at('user', words, 1), ...at('secret', words, 2)] })],
  [
    'netdom',
    program(
      '/passwordd secret, /passwordo secret, /pd secret, /po secret, /userd user, /usero user, /ud user, /uo user, /server host',
      {
        positions: [
          ['join', ['host']],
          ['renamecomputer', ['host']],
        ],
      },
    ),
  ],
  ['reg', program('/d data')],
  ['new-itemproperty set-itemproperty set-item new-item', program('-Value data')],
  ['certutil certreq', program('/p secret, /config host')],
  ['signtool', program('/p secret')],
  ['dsadd dsmod dsquery', program('/pwd secret, /p secret, /u user, /s host')],
  ['xfreerdp wfreerdp rdesktop', program('/p secret, -p secret, /u user, -u user, /v host')],
  ['mstsc', program('/v host')],
  ['plink pscp psftp putty kitty', program('-pw secret, -l user')],
  ['manage-bde', program('/recoverypassword secret, /password secret, /rp secret, /computername host')],
  ['quser qwinsta logoff', program('/server host')],
  ['shutdown', program('/m host')],
  ['nltest dcdiag repadmin nbtstat', program('/server host, /s host, /a host')],
  ['ping tracert tracepath pathping traceroute', program('', { choose: (words) => at('host', words, 0) })],
  ['nslookup', program('', { choose: (words) => at('host', words, 0) })],
  [
    'enter-pssession new-pssession test-connection test-netconnection restart-computer stop-computer test-wsman',
    program('', { choose: (words) => at('host', words, 0) }),
  ],
  // PowerShell.
  ['convertto-securestring', program('-String secret, -Key secret', { choose: (words) => at('secret', words, 0) })],
  [
    'new-localuser new-aduser set-adaccountpassword set-localuser',
    program('-Name user, -Identity user, -NewPassword secret'),
  ],
  // Unix.
  [
    'mysql mysqldump mysqladmin mysqlimport mysqlsh mariadb mariadb-dump mycli',
    program('-p* secret, -u user, -h host'),
  ],
  ['psql pg_dump pg_restore createdb', program('-U user, -h host')],
  ['sshpass', program('-p secret, -p* secret')],
  ['ssh', program('-l user', { valued: VALUED_BY_SSH, choose: (words) => remoteTargets(words.slice(0, 1), true) })],
  [
    'scp sftp rsync ssh-copy-id',
    program('-l user', { valued: VALUED_BY_SSH, choose: (words) => remoteTargets(words, false) }),
  ],
  [
    'curl',
    program(
      '-u login, --user login, -U login, --proxy-user login, -u* login, -U* login, -b cookies, --cookie cookies, --pass secret, --proxy-pass secret, --tlspassword secret, --oauth2-bearer secret',
    ),
  ],
  ['wget', program('--user user, --http-user user, --ftp-user user')],
  ['redis-cli', program('-a secret, --pass secret, -h host')],
  ['mongo mongosh mongodump mongorestore mongoexport mongoimport', program('-p secret, -p* secret, -u user')],
  [
    'ldapsearch ldapadd ldapmodify ldapdelete ldappasswd ldapwhoami',
    program('-w secret, -w* secret, -s secret, -a secret'),
  ],
  ['smbclient rpcclient smbmap smbget smbcacls samba-tool', program('-U login, --user login, -p secret, -u user')],
  ['openssl', program('-passin passed, -passout passed, -pass passed, -k secret, -K secret')],
  ['gpg gpg2', program('--passphrase secret')],
  ['7z 7za 7zr 7zz', program('-p* secret')],
  ['rar unrar winrar', program('-hp* secret, -p* secret')],
  ['zip zipcloak', program('-P secret, -P* secret')],
  ['unzip', program('-P secret, -P* secret')],
  ['useradd usermod', program('-p secret')],
  ['htpasswd', program('', { choose: (words) => at('secret', words, 2) })],
  ['keytool jarsigner', program('-storepass secret, -keypass secret, -srcstorepass secret, -deststorepass secret')],
  ['lftp ncftp ftp', program('-u login, -p secret')],
  ['sqlcmd osql isql bcp', program('-P secret, -P* secret, -U user, -S host')],
  ['sqlplus expdp impdp sqlldr', program('', { choose: (words) => at('slashed', words, 0) })],
  ['rclone', program('', { choose: afterSecretNames, isLast: true })],
  // Of those who attack, and of those who test.
  ['crackmapexec cme nxc netexec', program('-p secret, -u user, -H secret')],
  ['evil-winrm', program('-p secret, -u user, -i host, -H secret')],
  ['hydra medusa ncrack', program('-p secret, -l user')],
  ['kerbrute', program('-p secret')],
  [
    'secretsdump wmiexec psexec.py smbexec atexec dcomexec getuserspns getnpusers gettgt getst ticketer mssqlclient lookupsid addcomputer rbcd samrdump impacket-secretsdump impacket-wmiexec impacket-psexec impacket-smbexec',
    program('-hashes secret, -aesKey secret, -p secret', { choose: (words) => at('target', words, 0) }),
  ],
  [
    'rubeus mimikatz sekurlsa::pth kerberos::golden lsadump::dcsync',
    program(
      '/rc4 secret, /ntlm secret, /aes128 secret, /aes256 secret, /des secret, /krbtgt secret, /ticket secret, /password secret, /user user, /creduser user, /credpassword secret',
    ),
  ],
  ['bloodhound-python certipy ldapdomaindump', program('-p secret, -u user, -hashes secret')],
  // Tools of those who build and run things.
  ['az', program('-p secret, -u user, --account-key secret, --sas-token secret, --admin-password secret')],
  ['docker podman nerdctl buildah skopeo', program('')],
  ['login', program('-p secret, -p* secret, -u user')],
  ['kubectl oc', program('--from-literal pair, --docker-password secret')],
  ['aws', program('')],
  ['setx set', program('', { choose: afterSecretNames })],
  [
    'npm yarn pnpm git',
    program('', { choose: (words) => (words[0]?.text === 'config' ? afterSecretNames(words) : []) }),
  ],
  ['twine', program('-p secret, -u user')],
  ['vault', program('', { positions: [['login', ['secret']]] })],
  [
    'ngrok',
    program('--authtoken secret', {
      positions: [
        ['authtoken', ['secret']],
        ['config add-authtoken', ['secret']],
      ],
    }),
  ],
  ['openvpn', program('--askpass secret')],
  ['net-snmp snmpwalk snmpget', program('-c secret, -A secret, -X secret')],
  ['ipmitool', program('-P secret, -U user, -H host')],
  ['cloudflared tailscale', program('--token secret, --authkey secret, --auth-key secret')],
  ['anydesk teamviewer rustdesk', program('--password secret')],
  ['sudo su doas', program('')],
];

export const PROGRAMS: ReadonlyMap<string, Program> = new Map(
  TABLE.flatMap(([names, spec]) => names.split(' ').map((name) => [name, spec] as const)),
);

function at(role: Role, words: readonly Positional[], index: number): (readonly [Role, Positional])[] {
  const word = words[index];
  return word === undefined ? [] : [[role, word]];
}

/** A word behind the name of a secret. */
function afterSecretNames(words: readonly Positional[]): (readonly [Role, Positional])[] {
  return words.slice(1).flatMap((word, i) => (isSecretName(words[i]?.text ?? '') ? [['secret', word] as const] : []));
}

/** `user@host:folder`; where a host is expected, `host` alone. */
function remoteTargets(words: readonly Positional[], isHost: boolean): (readonly [Role, Positional])[] {
  return words.flatMap((word) => {
    const at = word.text.indexOf('@');
    if (at === -1) return isHost ? [['host', word] as const] : [];
    const colon = word.text.indexOf(':', at);
    const end = colon === -1 ? word.text.length : colon;
    const part = (from: number, to: number): Positional => ({
      start: word.start + from,
      end: word.start + to,
      text: word.text.slice(from, to),
    });
    return [['user', part(0, at)] as const, ['host', part(at + 1, end)] as const];
  });
}
