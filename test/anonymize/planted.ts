/** A secret, the cell that it is planted in, and what a report may call the case. */
export interface Planted {
  readonly name: string;
  readonly column: string;
  readonly text: string;
  /** What must not be left of the cell: the secret as it is written there. */
  readonly secret: string;
}

const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const LARGE = SMALL.toUpperCase();
const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
const ALNUM = SMALL + LARGE + DIGITS;

/** Draws that are the same in every run. Nothing here is a key of anybody: all of it is made when the tests run. */
class Draws {
  private state = 20260302;

  text(alphabet: string, length: number): string {
    let out = '';
    for (let i = 0; i < length; i += 1) {
      this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
      out += alphabet[(this.state >>> 8) % alphabet.length];
    }
    return out;
  }

  /** As people choose them. */
  password(): string {
    const ends = ['!', '#7', '2026', '?x', '_9', '+4', '*b'];
    return `${this.text(LARGE, 1)}${this.text(SMALL, 5)}${ends[Number(this.text(DIGITS, 1)) % ends.length]}${this.text(DIGITS, 2)}`;
  }
}

const draws = new Draws();
const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

const planted: Planted[] = [];

function plant(
  name: string,
  write: (secret: string) => string,
  secret = draws.password(),
  column = 'ProcessCommandLine',
) {
  planted.push({ name, column, text: write(secret), secret });
}

/** Where the secret as written differs from what it is. */
function plantEncoded(name: string, text: string, secret: string, column = 'ProcessCommandLine') {
  planted.push({ name, column, text, secret });
}

// Environment variables.
plant('cmd set', (s) => `cmd.exe /c set DB_PASSWORD=${s}&& node app.js`);
plant('cmd set, quoted whole', (s) => `cmd.exe /c set "SMTP_PASSWORD=${s}" && run.bat`);
plant('setx', (s) => `setx DB_PASSWORD ${s} /M`);
plant('setx, quoted', (s) => `setx.exe API_TOKEN "${s}"`);
plant('PowerShell env', (s) => `powershell -c $env:GITHUB_TOKEN='${s}'; gh pr list`);
plant('PowerShell env, blanks', (s) => `$env:ARM_CLIENT_SECRET = "${s}"`);
plant('PowerShell braces', (s) => `\${env:SQL_PASSWORD} = "${s}"`);
plant('SetEnvironmentVariable', (s) => `[Environment]::SetEnvironmentVariable("VAULT_TOKEN","${s}","User")`);
plant('Set-Item env', (s) => `Set-Item -Path Env:PGPASSWORD -Value '${s}'`);
plant('export', (s) => `bash -c "export STRIPE_SECRET=${s}; ./run.sh"`);
plant('env prefix', (s) => `PGPASSWORD=${s} psql -h db -U app`);
plant('env prefix MYSQL_PWD', (s) => `MYSQL_PWD='${s}' mysqldump app`);
plant(
  'env block',
  (s) => `PATH=/usr/bin\nAWS_SECRET_ACCESS_KEY=${s}\nHOME=/root`,
  draws.text(`${ALNUM}+`, 40),
  'InitiatingProcessCommandLine',
);
plant('aws lower case', (s) => `aws_secret_access_key = ${s}`, draws.text(ALNUM, 40));
plant('docker -e', (s) => `docker run -e MYSQL_ROOT_PASSWORD=${s} mysql:8`);
plant('docker --env', (s) => `docker run --env "POSTGRES_PASSWORD=${s}" postgres`);
plant('suffix PROD', (s) => `DB_PASSWORD_PROD=${s} ./migrate`);
plant('suffix number', (s) => `set ADMIN_PASS1=${s}`);
plant('no separator in name', (s) => `export DBPASSWORD=${s}`);
plant('SSHPASS', (s) => `SSHPASS=${s} sshpass -e ssh root@10.1.1.1`);
plant('SECRET_KEY_BASE', (s) => `SECRET_KEY_BASE=${s} rails s`, draws.text(HEX, 64));
plant('GH_PAT', (s) => `GH_PAT=${s}`, draws.text(ALNUM, 20));
plant('ENCRYPTION_KEY', (s) => `ENCRYPTION_KEY=${s}`, draws.text(ALNUM, 32));
plant('java -D', (s) => `java -Dspring.datasource.password=${s} -jar app.jar`);
plant('java keystore', (s) => `java -Djavax.net.ssl.keyStorePassword=${s} Main`);
plant('systemd environment', (s) => `Environment="REDIS_PASS=${s}"`);
plant('awk-like pair', (s) => `[client]\npassword=${s}\nuser=root`);

// Windows programs.
plant('net use', (s) => String.raw`net use Z: \\files01\share ${s} /user:CORP\svc-scan`);
plant('net use, user first', (s) => String.raw`net use \\files01\share /user:CORP\svc-scan ${s}`);
plant('net use, quoted', (s) => String.raw`net.exe use \\files01\ipc$ "${s}" /u:admin1`, 'Quiet river 83');
plant('net user', (s) => `net user helpdesk ${s} /add /domain`);
plant('net user, path', (s) => String.raw`C:\Windows\System32\net1.exe user helpdesk2 ${s} /add`);
plant('net user, quoted name', (s) => `net user "Help Desk" ${s}`);
plant('cmdkey', (s) => String.raw`cmdkey /add:server7 /user:CORP\eve7 /pass:${s}`);
plant('cmdkey, quoted', (s) => `cmdkey.exe /generic:TERMSRV/host1 /user:joe1 /pass:"${s}"`, 'Blank in here 5');
plant('schtasks /rp', (s) => String.raw`schtasks /create /tn Job /tr c:\x.exe /sc daily /ru CORP\svc /rp ${s}`);
plant('schtasks /rp, quoted', (s) => `schtasks.exe /change /tn Job /rp "${s}"`);
plant('schtasks /p', (s) => `schtasks /query /s srv9 /u admin9 /p ${s}`);
plant('psexec -p', (s) => String.raw`psexec.exe \\srv9 -u CORP\adm -p ${s} cmd`);
plant('psexec64 /p', (s) => String.raw`PsExec64.exe /accepteula \\srv9 /u adm /p "${s}" cmd`);
plant('wmic', (s) => `wmic /node:srv9 /user:adm /password:${s} process list`);
plant('wmic, quoted', (s) => `wmic.exe /node:"srv9" /user:"CORP\\adm" /password:"${s}" os get caption`);
plant('sc config', (s) => String.raw`sc config Spooler obj= CORP\svc password= ${s}`);
plant('sc create', (s) => String.raw`sc.exe \\srv9 create Svc binPath= c:\s.exe obj= CORP\svc password= "${s}"`);
plant('runas with echo', (s) => `echo ${s} | runas /user:CORP\\adm cmd`);
plant('tasklist', (s) => `tasklist /s srv9 /u adm /p ${s}`);
plant('systeminfo', (s) => `systeminfo /s srv9 /u CORP\\adm /p ${s}`);
plant('winrs', (s) => `winrs -r:srv9 -u:adm -p:${s} hostname`);
plant('winrs long', (s) => `winrs /remote:srv9 /username:adm /password:${s} hostname`);
plant('bitsadmin', (s) => `bitsadmin /setcredentials job SERVER BASIC adm ${s}`);
plant('dsadd', (s) => `dsadd user "CN=x,DC=corp" -pwd ${s} -mustchpwd yes`);
plant('netdom', (s) => `netdom join pc1 /domain:corp /userd:adm /passwordd:${s}`);
plant(
  'reg add DefaultPassword',
  (s) =>
    String.raw`reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v DefaultPassword /t REG_SZ /d ${s} /f`,
);
plant(
  'reg add, quoted',
  (s) => String.raw`reg.exe add HKCU\Software\SimonTatham\PuTTY\Sessions\x /v ProxyPassword /d "${s}"`,
);
plant('certutil -p', (s) => `certutil -f -p ${s} -importpfx cert.pfx`);
plant('signtool', (s) => `signtool sign /f cert.pfx /p ${s} app.exe`);
plant('msiexec property', (s) => `msiexec /i agent.msi ACCOUNTPASSWORD=${s} /qn`);
plant('rdp xfreerdp', (s) => `xfreerdp /v:srv9 /u:adm /p:${s}`);
plant('plink -pw', (s) => `plink.exe -ssh root@10.1.1.9 -pw ${s} uname`);
plant('pscp -pw', (s) => `pscp -pw "${s}" a.txt root@10.1.1.9:/tmp`);
plant('winscp', (s) => `winscp.com /command "open sftp://adm:${s}@files.example/" exit`);
plant(
  'manage-bde',
  (s) => `manage-bde -unlock D: -RecoveryPassword ${s}`,
  Array.from({ length: 8 }, () => draws.text(DIGITS, 6)).join('-'),
);
plant(
  'dism / answer file',
  (s) => `<AutoLogon><Password><Value>${s}</Value></Password></AutoLogon>`,
  base64('Xw9pass!Password', 'utf16le'),
);
plant('rasdial', (s) => `rasdial "Corp VPN" adm ${s}`);
plant('wevtutil', (s) => `wevtutil qe Security /r:srv9 /u:adm /p:${s}`);
plant('appcmd', (s) => `appcmd set apppool /processModel.userName:adm /processModel.password:${s}`);
plant(
  'aspnet machineKey',
  (s) => `<machineKey validationKey="${s}" decryptionKey="AutoGenerate" />`,
  draws.text(HEX.toUpperCase(), 64),
);
plant('web.config add', (s) => `<add key="SmtpPassword" value="${s}" />`);
plant('netsh wlan', (s) => `netsh wlan set profileparameter name=corp keyMaterial=${s}`);
plant('dsmod', (s) => `dsmod user CN=x -pwd "${s}"`);

// PowerShell.
plant('ConvertTo-SecureString', (s) => `ConvertTo-SecureString "${s}" -AsPlainText -Force`);
plant('ConvertTo-SecureString, single', (s) => `$p = ConvertTo-SecureString '${s}' -AsPlainText -Force`);
plant('ConvertTo-SecureString, bare', (s) => `ConvertTo-SecureString ${s} -AsPlainText -Force`);
plant('ConvertTo-SecureString, -String', (s) => `ConvertTo-SecureString -String "${s}" -AsPlainText -Force`);
plant('ConvertTo-SecureString, options first', (s) => `ConvertTo-SecureString -AsPlainText -Force -String '${s}'`);
plant('ConvertTo-SecureString, options before', (s) => `ConvertTo-SecureString -AsPlainText "${s}" -Force`);
plant('ConvertTo-SecureString, escaped', (s) => `powershell -Command "ConvertTo-SecureString \\"${s}\\" -AsPlainText"`);
plant('ConvertTo-SecureString, piped', (s) => `"${s}" | ConvertTo-SecureString -AsPlainText -Force`);
plant('PSCredential', (s) => `New-Object PSCredential("adm", (ConvertTo-SecureString "${s}" -A -F))`);
plant('NetworkCredential', (s) => `New-Object System.Net.NetworkCredential("adm","${s}","CORP")`);
plant('-Password', (s) => `New-LocalUser -Name adm2 -Password ${s}`);
plant('-Password:', (s) => `Connect-Thing -Password:'${s}'`);
plant('-AccountPassword', (s) => `New-ADUser x -AccountPassword "${s}"`);
plant('-ApiKey', (s) => `Publish-Module -NuGetApiKey ${s}`, `oy2${draws.text(SMALL + DIGITS, 43)}`);
plant('-Credential tuple', (s) => `Invoke-X -Credential adm:${s}`);
plant('variable', (s) => `$password = "${s}"`);
plant('variable, escaped quotes', (s) => `powershell -Command "$pwd = \\"${s}\\"; go"`);
plant('hashtable', (s) => `@{ Username='adm'; Password='${s}' }`);
plant('New-ItemProperty', (s) => String.raw`New-ItemProperty -Path HKLM:\x -Name DefaultPassword -Value '${s}'`);
plant(
  'New-ItemProperty, value first',
  (s) => String.raw`New-ItemProperty -Path HKLM:\x -Value '${s}' -Name DefaultPassword`,
);
plantEncoded(
  '-EncodedCommand',
  `powershell -EncodedCommand ${base64(`$p='${'Zx9!'}secret'`, 'utf16le')}`,
  base64(`$p='${'Zx9!'}secret'`, 'utf16le'),
);
plantEncoded(
  '-e',
  `powershell.exe -nop -w hidden -e ${base64('net user x Pw11 /add', 'utf16le')}`,
  base64('net user x Pw11 /add', 'utf16le'),
);
plantEncoded(
  'FromBase64String',
  `[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${base64('password=Vogel77!x')}'))`,
  base64('password=Vogel77!x'),
);
plantEncoded(
  'echo | base64 -d',
  `echo ${base64('mysql -u root -pVogel78!x')} | base64 -d | sh`,
  base64('mysql -u root -pVogel78!x'),
);
plant('Set-Content', (s) => `Set-Content cred.txt 'password: ${s}'`);
plant('here-string', (s) => `$x = @"\nuser=adm\npassword=${s}\n"@`);
plant('Add-Type param', (s) => `-ArgumentList "/user:adm","/password:${s}"`);
plant(
  'SecureString of DPAPI',
  (s) => `$s = '${s}' | ConvertTo-SecureString`,
  `01000000d08c9ddf0115d1118c7a00c04fc297eb${draws.text(HEX, 60)}`,
);

// Unix programs.
plant('mysql -p', (s) => `mysql -u root -p${s} -h db`);
plant('mysqldump', (s) => `mysqldump -uroot -p'${s}' app`);
plant('mysqladmin', (s) => `/usr/bin/mysqladmin -u root --password=${s} status`);
plant('sshpass -p', (s) => `sshpass -p ${s} ssh root@10.1.1.1`);
plant('sshpass -p, attached', (s) => `sshpass -p${s} scp a root@10.1.1.1:`);
plant('sshpass -p, quoted', (s) => `sshpass -p '${s}' ssh root@10.1.1.1`, 'three word pass');
plant('curl -u', (s) => `curl -u deploy:${s} https://nexus.example/x`);
plant('curl -u, quoted', (s) => `curl -s -u "deploy:${s}" https://nexus.example/x`);
plant('curl --user', (s) => `curl --user deploy:${s} https://nexus.example/x`);
plant('curl --user=', (s) => `curl --user=deploy:${s} https://nexus.example/x`);
plant('curl -udeploy', (s) => `curl -udeploy:${s} ftp://files.example`);
plant('curl --proxy-user', (s) => `curl -U px:${s} https://x.example`);
plant('curl -d', (s) => `curl -d "username=adm&password=${s}" https://x.example/login`);
plant('curl -d json', (s) => `curl -d "{\\"user\\":\\"adm\\",\\"password\\":\\"${s}\\"}" https://x.example/login`);
plant('curl -d json, single', (s) => `curl -d '{"user":"adm","password":"${s}"}' https://x.example/login`);
plant('curl -b', (s) => `curl -b "session=${s}" https://x.example`);
plant('curl --cookie', (s) => `curl --cookie 'sid=${s}; lang=de' https://x.example`);
plant('wget --password', (s) => `wget --user=adm --password=${s} ftp://x.example/a`);
plant('wget --http-password', (s) => `wget --http-password ${s} https://x.example/a`);
plant('psql url', (s) => `psql postgresql://app:${s}@db.example:5432/app`);
plant('redis-cli -a', (s) => `redis-cli -h cache -a ${s} ping`);
plant('mongo -p', (s) => `mongosh -u root -p ${s} --authenticationDatabase admin`);
plant('ldapsearch -w', (s) => `ldapsearch -x -D "cn=adm,dc=corp" -w ${s} -b dc=corp`);
plant('smbclient', (s) => `smbclient //files01/share -U adm%${s}`);
plant('smbclient, quoted', (s) => `smbclient //files01/share -U "CORP/adm%${s}"`);
plant('rpcclient', (s) => `rpcclient -U 'adm%${s}' 10.1.1.1`);
plant('mount cifs', (s) => `mount -t cifs //files01/x /mnt -o username=adm,password=${s}`);
plant('openssl -passin', (s) => `openssl rsa -in k.pem -passin pass:${s}`);
plant('openssl -k', (s) => `openssl enc -aes-256-cbc -k ${s} -in a -out b`);
plant('gpg --passphrase', (s) => `gpg --batch --passphrase ${s} -d a.gpg`);
plant('7z -p', (s) => `7z a -p${s} out.7z data`);
plant('7z -p, quoted', (s) => `"C:\\Program Files\\7-Zip\\7z.exe" a -tzip "-p${s}" out.zip data`);
plant('rar -hp', (s) => `rar a -hp${s} out.rar data`);
plant('zip -P', (s) => `zip -P ${s} out.zip data`);
plant('unzip -P', (s) => `unzip -P ${s} in.zip`);
plant('chpasswd', (s) => `echo 'root:${s}' | chpasswd`);
plant('useradd -p', (s) => `useradd -p ${s} bob`, `$6$${draws.text(ALNUM, 8)}$${draws.text(ALNUM, 60)}`);
plant('htpasswd', (s) => `htpasswd -b /etc/ht adm ${s}`);
plant('sudo -S', (s) => `echo ${s} | sudo -S id`);
plant('keytool', (s) => `keytool -list -keystore a.jks -storepass ${s}`);
plant('ftp -u', (s) => `lftp -u adm,${s} ftp.example`);
plant('bcp -P', (s) => `bcp db.dbo.t out f -S srv9 -U sa -P ${s}`);
plant('sqlcmd -P', (s) => `sqlcmd -S srv9 -U sa -P "${s}" -Q "select 1"`);
plant('sqlcmd -P, attached', (s) => `sqlcmd -Ssrv9 -Usa -P${s}`);
plant('osql', (s) => `osql -E -S srv9 -U sa -P ${s}`);
plant('sqlplus', (s) => `sqlplus system/${s}@orcl`);
plant('expdp', (s) => `expdp hr/${s} schemas=hr`);
plant('rclone', (s) => `rclone config create x sftp pass ${s}`);
plant('restic', (s) => `RESTIC_PASSWORD=${s} restic backup`);
plant('crackmapexec', (s) => `crackmapexec smb 10.1.1.0/24 -u adm -p ${s}`);
plant('nxc hash', (s) => `nxc smb 10.1.1.1 -u adm -H ${s}`, `${draws.text(HEX, 32)}:${draws.text(HEX, 32)}`);
plant('impacket', (s) => `secretsdump.py CORP/adm:${s}@10.1.1.1`);
plant('impacket, quoted', (s) => `wmiexec.py 'CORP/adm:${s}'@10.1.1.1`);
plant('evil-winrm', (s) => `evil-winrm -i 10.1.1.1 -u adm -p '${s}'`);
plant('hydra', (s) => `hydra -l adm -p ${s} ssh://10.1.1.1`);
plant('mimikatz pth', (s) => `mimikatz "sekurlsa::pth /user:adm /domain:corp /ntlm:${s}"`, draws.text(HEX, 32));
plant('rubeus', (s) => `Rubeus.exe asktgt /user:adm /rc4:${s}`, draws.text(HEX, 32));
plant('rubeus aes', (s) => `Rubeus.exe asktgt /user:adm /aes256:${s}`, draws.text(HEX, 64));
plant('rubeus password', (s) => `Rubeus.exe hash /password:${s}`);
plant('rubeus ticket', (s) => `Rubeus.exe ptt /ticket:${s}`, `doIF${draws.text(ALNUM, 60)}==`);
plant('kinit', (s) => `echo "${s}" | kinit adm@CORP.EXAMPLE`);

// Tools.
plant(
  'az login -p',
  (s) => `az login --service-principal -u app -p ${s} --tenant x`,
  `${draws.text(ALNUM, 3)}8Q~${draws.text(ALNUM, 34)}`,
);
plant('az account-key', (s) => `az storage blob list --account-key ${s}`, `${draws.text(ALNUM, 86)}==`);
plant('docker login -p', (s) => `docker login -u bot -p ${s} registry.example`);
plant('docker login --password', (s) => `docker login --username bot --password=${s}`);
plant('podman login', (s) => `podman login -u bot -p "${s}" quay.example`);
plant('kubectl --token', (s) => `kubectl --token=${s} get pods`, draws.text(ALNUM, 24));
plant('kubectl from-literal', (s) => `kubectl create secret generic db --from-literal=password=${s}`);
plant('kubectl from-literal, other name', (s) => `kubectl create secret generic db --from-literal=value=${s}`);
plant('helm --set', (s) => `helm install x --set auth.rootPassword=${s}`);
plant('aws configure set', (s) => `aws configure set aws_secret_access_key ${s}`, draws.text(ALNUM, 40));
plant('git clone', (s) => `git clone https://oauth2:${s}@git.example/x.git`, draws.text(ALNUM, 20));
plant(
  'git extraheader',
  (s) => `git -c http.extraheader="AUTHORIZATION: basic ${s}" fetch`,
  base64(`x:${draws.text(ALNUM, 20)}`),
);
plant('npm config', (s) => `npm config set //registry.example/:_authToken ${s}`, draws.text(HEX, 36));
plant('npmrc', (s) => `//registry.example/:_authToken=${s}`, draws.text(HEX, 36));
plant('nuget', (s) => `nuget push a.nupkg -ApiKey ${s} -Source x`, draws.text(HEX, 30));
plant('twine', (s) => `twine upload -u __token__ -p ${s} dist/*`, `pypi-${draws.text(ALNUM, 60)}`);
plant('terraform', (s) => `terraform apply -var="db_password=${s}"`);
plant('ansible', (s) => `ansible all -e "ansible_become_pass=${s}"`);
plant('vault login', (s) => `vault login ${s}`, `hvs.${draws.text(ALNUM, 90)}`);
plant('vault kv put', (s) => `vault kv put secret/x password=${s}`);
plant('heroku', (s) => `heroku config:set API_KEY=${s}`, draws.text(HEX, 32));
plant('gh auth', (s) => `echo ${s} | gh auth login --with-token`, `gho_${draws.text(ALNUM, 36)}`);
plant('mvn', (s) => `mvn deploy -Dgpg.passphrase=${s}`);
plant('sonar', (s) => `sonar-scanner -Dsonar.login=${s}`, `sqp_${draws.text(HEX, 40)}`);
plant('openvpn', (s) => `openvpn --config c.ovpn --askpass ${s}`);
plant('ngrok', (s) => `ngrok config add-authtoken ${s}`, `2${draws.text(ALNUM, 26)}_${draws.text(ALNUM, 21)}`);
plant('ngrok old', (s) => `ngrok authtoken ${s}`, draws.text(ALNUM, 43));
plant(
  'tailscale',
  (s) => `tailscale up --authkey ${s}`,
  `tskey-auth-${draws.text(ALNUM, 12)}-${draws.text(ALNUM, 24)}`,
);
plant('cloudflared', (s) => `cloudflared tunnel run --token ${s}`, `eyJ${draws.text(ALNUM, 120)}`);
plant('anydesk', (s) => `echo ${s} | anydesk.exe --set-password`);
plant('rustdesk', (s) => `rustdesk.exe --password ${s}`);

// Web addresses, headers and cookies.
plant('userinfo', (s) => `https://adm:${s}@intra.example/a`, undefined, 'RemoteUrl');
plant('userinfo, empty user', (s) => `https://:${s}@intra.example/a`, undefined, 'RemoteUrl');
plant('userinfo, at sign', (s) => `ftp://adm:${s}@files.example/a`, 'Kl@us77x', 'RemoteUrl');
plant('userinfo, token alone', (s) => `https://${s}@git.example/x.git`, draws.text(HEX, 40), 'RemoteUrl');
plant('query password', (s) => `https://x.example/login?user=a&password=${s}`, undefined, 'RemoteUrl');
plant(
  'query access_token',
  (s) => `https://x.example/#access_token=${s}&token_type=bearer`,
  draws.text(ALNUM, 30),
  'RemoteUrl',
);
plant('query api key', (s) => `https://x.example/v1?apikey=${s}`, draws.text(HEX, 32), 'RemoteUrl');
plant('query key', (s) => `https://maps.example/api?key=${s}`, draws.text(ALNUM, 30), 'RemoteUrl');
plant('query code', (s) => `https://app.example/cb?code=${s}&state=1`, draws.text(ALNUM, 30), 'RemoteUrl');
plant(
  'SAS',
  (s) => `https://acc.blob.example/c/b?sv=2024-01-01&sp=r&sig=${s}&se=2026`,
  `${draws.text(ALNUM, 43)}%3D`,
  'RemoteUrl',
);
plant(
  'S3 signature',
  (s) => `https://b.s3.example/k?X-Amz-Signature=${s}&X-Amz-Date=2`,
  draws.text(HEX, 64),
  'RemoteUrl',
);
plant(
  'encoded address',
  (s) => `https://x.example/go?u=https%3A%2F%2Fy.example%2F%3Ftoken%3D${s}%26a%3D1`,
  draws.text(ALNUM, 18),
  'RemoteUrl',
);
plant(
  'doubly encoded address',
  (s) => `https://x.example/go?u=https%253A%252F%252Fy.example%252F%253Fpassword%253D${s}%2526a%253D1`,
  draws.text(ALNUM, 10),
  'RemoteUrl',
);
plantEncoded('encoded password', 'https://x.example/?pwd=Kr%40n%21%39x7', 'Kr%40n%21%39x7', 'RemoteUrl');
plant(
  'session id in path',
  (s) => `https://x.example/a;jsessionid=${s}?b=1`,
  draws.text(HEX.toUpperCase(), 32),
  'RemoteUrl',
);
plant('Bearer', (s) => `curl -H "Authorization: Bearer ${s}" https://x.example`, draws.text(ALNUM, 40));
plant('bearer, lower case', (s) => `Invoke-RestMethod -Headers @{authorization="bearer ${s}"}`, draws.text(ALNUM, 40));
plant('Basic', (s) => `curl -H 'Authorization: Basic ${s}' https://x.example`, base64(`adm:${draws.password()}`));
plant('Authorization: token', (s) => `curl -H "Authorization: token ${s}" https://x.example`, draws.text(HEX, 40));
plant('Authorization: ApiKey', (s) => `curl -H "Authorization: ApiKey ${s}" https://x.example`, draws.text(ALNUM, 30));
plant('x-api-key', (s) => `curl -H "x-api-key: ${s}" https://x.example`, draws.text(ALNUM, 30));
plant('Ocp-Apim', (s) => `-H "Ocp-Apim-Subscription-Key: ${s}"`, draws.text(HEX, 32));
plant('PRIVATE-TOKEN', (s) => `curl --header "PRIVATE-TOKEN: ${s}" https://x.example`, draws.text(ALNUM, 20));
plant('X-Vault-Token', (s) => `curl -H "X-Vault-Token: ${s}" https://x.example`, `s.${draws.text(ALNUM, 24)}`);
plant('Cookie', (s) => `curl -H "Cookie: theme=dark; mysess=${s}" https://x.example`, draws.text(ALNUM, 26));
plant(
  'Cookie, first',
  (s) => `GET / HTTP/1.1\r\nCookie: MyApp=${s}; a=b\r\n\r\n`,
  draws.text(ALNUM, 26),
  'AdditionalFields',
);
plant(
  'Set-Cookie',
  (s) => `Set-Cookie: .AspNet.Cookies=${s}; path=/; HttpOnly`,
  draws.text(ALNUM, 60),
  'AdditionalFields',
);
plant('ESTSAUTH', (s) => `ESTSAUTHPERSISTENT=${s}`, `0.A${draws.text(ALNUM, 60)}`, 'AdditionalFields');
plant('PHPSESSID', (s) => `document.cookie="PHPSESSID=${s}"`, draws.text(SMALL + DIGITS, 26));
plant('connect.sid', (s) => `connect.sid=s%3A${s}.x`, draws.text(ALNUM, 32), 'AdditionalFields');
plant(
  'JSON cookie',
  (s) => JSON.stringify({ headers: { Cookie: `sess=${s}` } }),
  draws.text(ALNUM, 20),
  'AdditionalFields',
);

// JSON, XML and settings.
plant('JSON', (s) => JSON.stringify({ user: 'adm', password: s }), undefined, 'AdditionalFields');
plant(
  'JSON in JSON',
  (s) => JSON.stringify({ body: JSON.stringify({ clientSecret: s }) }),
  undefined,
  'AdditionalFields',
);
plant('JSON, camel case', (s) => JSON.stringify({ dbPassword: s }), undefined, 'AdditionalFields');
plant('JSON, refresh token', (s) => JSON.stringify({ refresh_token: s }), draws.text(ALNUM, 30), 'AdditionalFields');
plant('JSON, name and value', (s) => JSON.stringify([{ Name: 'Password', Value: s }]), undefined, 'AdditionalFields');
plant(
  'JSON, value and name',
  (s) => JSON.stringify([{ Value: s, Name: 'NewPassword' }]),
  undefined,
  'AdditionalFields',
);
plant('JSON list', (s) => JSON.stringify({ secrets: [s] }), undefined, 'AdditionalFields');
plant('JSON object', (s) => JSON.stringify({ password: { value: s } }), undefined, 'AdditionalFields');
plant(
  'GCP key',
  (s) =>
    JSON.stringify({
      type: 'service_account',
      private_key: `-----BEGIN PRIVATE ${'KEY'}-----\n${s}\n-----END PRIVATE ${'KEY'}-----\n`,
    }),
  `MIIE${draws.text(ALNUM, 80)}`,
  'AdditionalFields',
);
plant('broken JSON', (s) => `{"user":"adm","password":"${s}","cut`, undefined, 'AdditionalFields');
plant('XML', (s) => `<user>adm</user><password>${s}</password>`, undefined, 'AdditionalFields');
plant('XML attribute', (s) => `<conn user="adm" password="${s}"/>`, undefined, 'AdditionalFields');
plant('YAML', (s) => `user: adm\npassword: ${s}\nhost: db`, undefined, 'AdditionalFields');
plant('YAML, quoted', (s) => `db:\n  password: "${s}"`, String.raw`space and \"ok`, 'AdditionalFields');
plant('column', (s) => s, undefined, 'Password');
plant('column, token', (s) => s, draws.text(ALNUM, 20), 'access_token');
plant('column, camel case', (s) => s, undefined, 'ServiceAccountPassword');

// Connection strings.
plant('SQL Server', (s) => `Server=srv9;Database=app;User Id=sa;Password=${s};Encrypt=true`);
plant('SQL Server Pwd', (s) => `Data Source=srv9;uid=sa;pwd=${s};`);
plant('SQL Server, quoted', (s) => `Server=srv9;User Id=sa;Password="${s}";`, 'has;semi colon7');
plant('SQL Server, single', (s) => `Server=srv9;User Id=sa;Password='${s}';`, 'has;semi two8');
plant('JDBC', (s) => `jdbc:sqlserver://srv9;user=sa;password=${s}`);
plant('JDBC Oracle', (s) => `jdbc:oracle:thin:scott/${s}@//srv9:1521/orcl`);
plant('JDBC query', (s) => `jdbc:postgresql://db/app?user=a&password=${s}`);
plant('AMQP', (s) => `amqps://bus:${s}@mq.example/vh`);
plant('Mongo', (s) => `mongodb+srv://root:${s}@cluster0.example/app`);
plant('Redis', (s) => `redis://:${s}@cache.example:6379/0`);
plant('Redis .NET', (s) => `cache.example:6380,password=${s},ssl=True`);
plant(
  'AccountKey',
  (s) => `DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=${s};EndpointSuffix=x`,
  `${draws.text(ALNUM, 86)}==`,
);
plant(
  'SharedAccessKey',
  (s) => `Endpoint=sb://x.example/;SharedAccessKeyName=Root;SharedAccessKey=${s}`,
  `${draws.text(ALNUM, 43)}=`,
);
plant(
  'SharedAccessSignature',
  (s) => `SharedAccessSignature sr=x.example&sig=${s}&se=1&skn=k`,
  `${draws.text(ALNUM, 43)}%3d`,
);
plant(
  'InstrumentationKey',
  (s) => `InstrumentationKey=${s};IngestionEndpoint=https://x.example`,
  '3f1c2d4e-aaaa-4bbb-8ccc-1234567890ab',
);
plant('ODBC', (s) => `Driver={SQL Server};Server=srv9;Uid=sa;Pwd={${s}};`);
plant('LDAP bind', (s) => `ldap://srv9 bindDN=cn=adm bindPassword=${s}`);

// Formats of services.
const services: readonly (readonly [string, string])[] = [
  ['AWS access key', `AKIA${draws.text(`${LARGE}234567`, 16)}`],
  ['AWS temporary key', `ASIA${draws.text(`${LARGE}234567`, 16)}`],
  ['GitHub classic', `ghp_${draws.text(ALNUM, 36)}`],
  ['GitHub fine', `github_pat_${draws.text(ALNUM, 22)}_${draws.text(ALNUM, 59)}`],
  ['GitHub app', `ghs_${draws.text(ALNUM, 36)}`],
  ['GitLab', `glpat-${draws.text(ALNUM, 20)}`],
  ['GitLab runner', `glrt-${draws.text(ALNUM, 20)}`],
  ['Slack bot', `xoxb-${draws.text(DIGITS, 12)}-${draws.text(DIGITS, 12)}-${draws.text(ALNUM, 24)}`],
  ['Slack app', `xapp-1-A${draws.text(LARGE, 10)}-${draws.text(DIGITS, 13)}-${draws.text(HEX, 64)}`],
  ['Stripe', `sk_live_${draws.text(ALNUM, 24)}`],
  ['Stripe restricted', `rk_test_${draws.text(ALNUM, 24)}`],
  ['Stripe webhook', `whsec_${draws.text(ALNUM, 32)}`],
  ['Twilio', `SK${draws.text(HEX, 32)}`],
  ['SendGrid', `SG.${draws.text(ALNUM, 22)}.${draws.text(ALNUM, 43)}`],
  ['npm', `npm_${draws.text(ALNUM, 36)}`],
  ['PyPI', `pypi-${draws.text(ALNUM, 100)}`],
  ['Discord bot', `M${draws.text(ALNUM, 23)}.${draws.text(ALNUM, 6)}.${draws.text(ALNUM, 27)}`],
  ['Telegram bot', `${draws.text('123456789', 10)}:AA${draws.text(ALNUM, 33)}`],
  ['Google API', `AIza${draws.text(ALNUM, 35)}`],
  ['Google client secret', `GOCSPX-${draws.text(ALNUM, 28)}`],
  ['Google access', `ya29.${draws.text(ALNUM, 60)}`],
  ['Azure client secret', `${draws.text(ALNUM, 3)}7Q~${draws.text(ALNUM, 34)}`],
  ['JWT', `eyJ${draws.text(ALNUM, 20)}.eyJ${draws.text(ALNUM, 30)}.${draws.text(ALNUM, 43)}`],
  ['OpenAI', `sk-proj-${draws.text(ALNUM, 48)}`],
  ['Anthropic', `sk-ant-api03-${draws.text(ALNUM, 93)}AA`],
  ['Hugging Face', `hf_${draws.text(ALNUM, 34)}`],
  ['DigitalOcean', `dop_v1_${draws.text(HEX, 64)}`],
  ['Databricks', `dapi${draws.text(HEX, 32)}`],
  ['Shopify', `shpat_${draws.text(HEX, 32)}`],
  ['Mailgun', `key-${draws.text(HEX, 32)}`],
  ['Mailchimp', `${draws.text(HEX, 32)}-us12`],
  ['Square', `sq0atp-${draws.text(ALNUM, 22)}`],
  ['New Relic', `NRAK-${draws.text(LARGE + DIGITS, 27)}`],
  ['Dynatrace', `dt0c01.${draws.text(LARGE, 24)}.${draws.text(LARGE, 64)}`],
  ['Grafana', `glsa_${draws.text(ALNUM, 32)}_${draws.text(HEX, 8)}`],
  ['Docker Hub', `dckr_pat_${draws.text(ALNUM, 27)}`],
  ['Doppler', `dp.pt.${draws.text(ALNUM, 43)}`],
  ['Postman', `PMAK-${draws.text(HEX, 24)}-${draws.text(HEX, 34)}`],
  ['Linear', `lin_api_${draws.text(ALNUM, 40)}`],
  ['Atlassian', `ATATT3xFfGF0${draws.text(ALNUM, 60)}`],
  ['age key', `AGE-SECRET-KEY-1${draws.text(LARGE, 58)}`],
  ['Terraform cloud', `${draws.text(ALNUM, 14)}.atlasv1.${draws.text(ALNUM, 64)}`],
  ['Facebook', `EAAC${draws.text(ALNUM, 90)}`],
  ['Okta', `00${draws.text(ALNUM, 40)}`],
];
for (const [name, secret] of services) plant(name, (s) => `tool.exe run ${s} now`, secret);
plant(
  'Slack webhook',
  (s) => `https://hooks.slack.com/services/${s}`,
  `T${draws.text(LARGE, 8)}/B${draws.text(LARGE, 8)}/${draws.text(ALNUM, 24)}`,
  'RemoteUrl',
);
plant('Discord webhook', (s) => `https://discord.com/api/webhooks/1234567890/${s}`, draws.text(ALNUM, 68), 'RemoteUrl');
plant(
  'Teams webhook',
  (s) => `https://acme1.webhook.office.com/webhookb2/${s}`,
  `${draws.text(HEX, 32)}/IncomingWebhook/${draws.text(HEX, 32)}`,
  'RemoteUrl',
);
plant(
  'Telegram address',
  (s) => `https://api.telegram.org/bot${s}/sendMessage`,
  `${draws.text('123456789', 9)}:AA${draws.text(ALNUM, 33)}`,
  'RemoteUrl',
);
plant(
  'PEM in one line',
  (s) => `echo "-----BEGIN RSA PRIVATE ${'KEY'}-----\\n${s}\\n-----END RSA PRIVATE ${'KEY'}-----" > k`,
  `MIIE${draws.text(ALNUM, 200)}`,
);
plant('PEM, cut off', (s) => `-----BEGIN OPENSSH PRIVATE ${'KEY'}-----\n${s}`, `b3Bl${draws.text(ALNUM, 80)}`);
plant('NTLM dump', (s) => `Administrator:500:aad3b435b51404eeaad3b435b51404ee:${s}:::`, draws.text(HEX, 32));
plant('Kerberoast', (s) => `$krb5tgs$23$*svc$CORP$x/y*$${s}`, `${draws.text(HEX, 32)}$${draws.text(HEX, 80)}`);
plant('shadow', (s) => `root:${s}:19000:0:99999:7:::`, `$6$${draws.text(ALNUM, 8)}$${draws.text(ALNUM, 86)}`);
plant('bcrypt', (s) => `adm ${s}`, `$2y$10$${draws.text(ALNUM, 53)}`);
plant('NetNTLMv2', (s) => `adm::CORP:${s}`, `1122334455667788:${draws.text(HEX, 32)}:${draws.text(HEX, 60)}`);
plant('WPA in netsh output', (s) => `Key Content            : ${s}`);

// The same again as others write it.
plant('SqlServer module', (s) => `Invoke-Sqlcmd -ServerInstance db -Username sa -Password "${s}"`);
plant('Azure extension', (s) => `Set-AzVMAccessExtension -UserName x -Password ${s}`);
plant('net user, quoted both', (s) => `net user "anna b" "${s}" /domain`);
plant('net by path in quotes', (s) => String.raw`"C:\Windows\system32\net.exe" user anna ${s}`);
plant('net use in cmd', (s) => String.raw`cmd /c "net use \\srv\ipc$ ${s} /user:corp\x & dir"`);
plant('net use, WebDAV', (s) => `net use * http://h/dav ${s} /user:x`);
plant(
  'NetworkCredential, short',
  (s) => `(New-Object Net.WebClient).Credentials = New-Object Net.NetworkCredential('u','${s}')`,
);
plant('sshpass in an option', (s) => `ssh -o "ProxyCommand sshpass -p ${s} ssh x"`);
plant('X-Auth-Token', (s) => `curl -k https://h -H "X-Auth-Token: ${s}"`);
plant('odbcconf', (s) => `odbcconf /a {CONFIGSYSDSN "SQL Server" "DSN=x|UID=sa|PWD=${s}"}`);
plant('connectionStrings', (s) => `<add name="x" connectionString="Server=a;User=sa;Password=${s};" />`);
plant('msdeploy', (s) => `msdeploy -dest:auto,computerName=h,userName=u,password='${s}'`);
plant('msbuild', (s) => `msbuild x.csproj /p:Password=${s}`);
plant('cmdkey, quoted option', (s) => `cmdkey /add:h /user:u "/pass:${s}"`);
plant('sudo chpasswd', (s) => `echo "root:${s}" | sudo chpasswd`);
plant('passwd --stdin', (s) => `echo ${s} | passwd --stdin root`);
plant('hash rocket', (s) => `password => '${s}'`);
plant('reg add, data first', (s) => String.raw`reg add HKCU\x /d ${s} /v Password`);
plant('ArgumentList', (s) => `Start-Process x -ArgumentList '-u','adm','-p','${s}'`);
plant('wmic, blank', (s) => `wmic /user:a /password "${s}" /node:h`);
plant('schtasks, colon', (s) => `schtasks /create /RU a /RP:${s}`);
plant('cpassword', (s) => `<Properties userName="adm" cpassword="${s}"/>`, draws.text(ALNUM, 44));
plant('registry output', (s) => `DefaultPassword    REG_SZ    ${s}`);
plant('ldapsearch, attached', (s) => `ldapsearch -D x -w'${s}'`);
plant('SecureString call', (s) => `$sec=ConvertTo-SecureString('${s}') -AsPlainText`);
plant('unknown tool', (s) => `tool.exe -pwd=${s}`);
plant('unknown tool, -P', (s) => `tool -P ${s}`);
plant('spring', (s) => `java -jar x.jar --spring.datasource.password=${s}`);
plant('prose, comma', (s) => `username admin, password ${s}`, undefined, 'Description');
plant('prose, credentials', (s) => `The credentials are admin / ${s}`, undefined, 'Description');
plant('prose, quoted', (s) => `Kennwort "${s}" eingeben`, undefined, 'Description');
plant('a letter alone', (s) => `p=${s}; login`);
plant('here-text', (s) => `kinit adm <<< ${s}`);
plant('one-time code', (s) => `Your code: ${s}`, draws.text(DIGITS, 6), 'Description');
plant(
  'answer file, value last',
  (s) => `<PlainText>true</PlainText><Value>${s}</Value>`,
  undefined,
  'AdditionalFields',
);

// Prose.
plant('password is:', (s) => `The password is: ${s}`, undefined, 'Description');
plant('password is', (s) => `my password is ${s} thanks`, undefined, 'Description');
plant('pw:', (s) => `login adm pw: ${s}`, undefined, 'Description');
plant('user/pass', (s) => `User: adm / Pass: ${s}`, undefined, 'Description');
plant('PIN', (s) => `PIN: ${s}`, draws.text(DIGITS, 6), 'Description');
plant('German', (s) => `Passwort: ${s}`, undefined, 'Description');
plant('German, prose', (s) => `Das Kennwort lautet ${s}`, undefined, 'Description');
plant('French', (s) => `mot de passe : ${s}`, undefined, 'Description');
plant('Spanish', (s) => `contraseña=${s}`, undefined, 'Description');
plant('Portuguese', (s) => `senha: ${s}`, undefined, 'Description');
plant('Dutch', (s) => `wachtwoord: ${s}`, undefined, 'Description');
plant('Polish', (s) => `hasło: ${s}`, undefined, 'Description');
plant('Russian', (s) => `пароль: ${s}`, undefined, 'Description');
plant('Chinese', (s) => `密码：${s}`, undefined, 'Description');
plant('Japanese', (s) => `パスワード: ${s}`, undefined, 'Description');
plant('nothing says it', (s) => `deploy.exe adm ${s}`);
plant('behind a prompt', (s) => `expect -c 'expect "assword:"; send "${s}\\r"'`);
plant('file name', (s) => `C:\\Temp\\password=${s}.txt`, undefined, 'FolderPath');
plant('reversed', (s) => `powershell -c "-join ('${s}')[-1..-99]"`);

export const PLANTED: readonly Planted[] = planted;

/** What looks like a secret and is none; the column, and the text that stays. */
export const LOOKALIKES: readonly (readonly [string, string])[] = [
  ['SHA256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['SHA1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['MD5', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['ProcessCommandLine', 'installer.exe {6F330B47-2577-43AD-9095-1861BA25889B} /quiet'],
  ['ProcessCommandLine', 'python-3.11.4-embed-amd64.exe /S'],
  ['ProcessCommandLine', String.raw`C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule`],
  ['ProcessCommandLine', String.raw`C:\Windows\system32\svchost.exe -k LocalServiceNetworkRestricted -p`],
  ['ProcessCommandLine', 'ssh -p 2222 10.0.0.1'.replace('10.0.0.1', '8.8.8.8')],
  ['ProcessCommandLine', 'mkdir -p /var/lib/app/data'],
  ['ProcessCommandLine', 'cp -p a.txt b.txt'],
  ['ProcessCommandLine', 'docker run -p 8080:80 -u 1000:1000 nginx'],
  ['ProcessCommandLine', 'nmap -p 445 8.8.8.8'],
  ['ProcessCommandLine', 'ps -p 4711 -o comm='],
  ['ProcessCommandLine', 'unzip -p in.zip'],
  ['ProcessCommandLine', 'npm install -g token-list password-strength'],
  ['ProcessCommandLine', 'rundll32.exe keymgr.dll,KRShowKeyMgr'],
  ['ProcessCommandLine', 'net user guest /active:no'],
  ['ProcessCommandLine', 'net user /domain'],
  ['ProcessCommandLine', 'net accounts /minpwlen:12 /maxpwage:90'],
  ['ProcessCommandLine', 'schtasks /run /tn Backup /i'],
  ['ProcessCommandLine', 'wmic os get caption'],
  ['ProcessCommandLine', 'runas /user:administrator cmd.exe'],
  ['ProcessCommandLine', 'System.Core, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089'],
  ['ProcessCommandLine', 'model.exe --max-tokens 2048 --top-p 0.9'],
  ['ProcessCommandLine', 'reg query HKLM /f password /t REG_SZ /s'],
  ['ProcessCommandLine', 'findstr /si password *.xml *.ini *.txt'],
  ['ProcessCommandLine', 'chrome.exe --password-store=basic --enable-features=PasswordImport'],
  ['ProcessCommandLine', 'app.exe --token-file /run/secrets/token'],
  ['ProcessCommandLine', 'PWD=/usr/local/bin OLDPWD=/tmp ls'],
  ['ProcessCommandLine', 'curl -o out.bin https://download.example/file?version=1.2.3&lang=en'],
  ['ProcessCommandLine', 'ConvertTo-SecureString $plain -AsPlainText -Force'],
  ['ProcessCommandLine', `echo %DB_PASSWORD% $env:TOKEN $\{API_KEY} $(pass show x)`],
  ['ProcessCommandLine', `app --password=$DB_PASSWORD --token $\{TOKEN} --secret %SECRET%`],
  ['ProcessCommandLine', 'msedge.exe --type=renderer --field-trial-handle=1840,i,9876543210,262144'],
  ['ProcessCommandLine', 'chmod 600 id_rsa && cat id_rsa.pub'],
  ['ProcessCommandLine', 'git log --author=release --pretty=oneline'],
  ['ProcessCommandLine', 'keyboard.exe --layout de --keycode=65'],
  ['ProcessCommandLine', 'tokenize.py corpus.txt --passes 3 --bypass=true'],
  ['ProcessCommandLine', 'az vm list -o table --query "[].name"'],
  ['ProcessCommandLine', 'kubectl get secret db-credentials -o yaml'],
  ['ProcessCommandLine', 'curl -v -L -u'],
  ['ProcessCommandLine', 'powershell -ExecutionPolicy Bypass -File x.ps1'],
  ['ProcessCommandLine', 'powershell -NoProfile -Command Get-Process'],
  ['ProcessCommandLine', 'tar -cvpzf out.tgz data'],
  ['ProcessCommandLine', 'rsync -e ssh -avz src dst'],
  ['RemoteUrl', 'https://very-long-domain-name-of-a-service.cdn.example.net/assets/app.bundle.min.js'],
  ['RemoteUrl', 'https://www.example.com/search?q=how+to+reset+a+password'],
  ['RemoteUrl', 'https://example.com/docs?page=2&sort=asc&state=open'],
  [
    'FolderPath',
    String.raw`C:\Program Files\WindowsApps\Microsoft.WindowsTerminal_1.19.10573.0_x64__8wekyb3d8bbwe\wt.exe`,
  ],
  [
    'FolderPath',
    String.raw`C:\Windows\WinSxS\amd64_microsoft-windows-s..cingstack_31bf3856ad364e35_10.0.19041.1_none_1a2b\x.dll`,
  ],
  ['FileName', 'KeePass.exe'],
  ['FileName', 'token.dll'],
  ['FileName', 'password-policy-2026.pdf'],
  ['RegistryKey', String.raw`HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Netlogon\Parameters`],
  ['RegistryValueName', 'DisablePasswordChange'],
  ['AdditionalFields', '{"TokenElevationType":"TokenElevationTypeLimited","PasswordAge":30,"LogonType":"Interactive"}'],
  ['AdditionalFields', '{"token_type":"bearer","PasswordNeverExpires":"true","SecretName":"database"}'],
  ['SessionId', '4711001'],
  ['Authorization', '{"scope":"/providers/x","action":"Microsoft.Compute/read"}'],
  ['AdditionalFields', '{"authorization":{"action":"Microsoft.Compute/read","evidence":{"role":"Reader"}}}'],
  ['AdditionalFields', 'PasswordLastSet: never; password expired'],
  ['Description', 'The user changed the password. Reset your password soon.'],
  ['Description', 'Password policy: minimum length 12'],
];
