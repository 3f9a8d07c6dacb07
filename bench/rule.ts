import { readFileSync } from 'node:fs';
import { Engine } from '../harness/engine/engine.js';
import { compile } from '../harness/kql/index.js';
import { builtInCatalog } from '../harness/tables/catalog.js';
import { makeEvents, NOW } from './events.js';
import { type Result, race } from './race.js';

const RULE = new URL('../detections/dead-drop-repaired/rule.kql', import.meta.url);
const DAY = 864_000_000_000n;

/** The repaired rule over 5 million events against the same in hand-written DuckDB SQL. */
export async function benchRule(rows = 5_000_000): Promise<Result> {
  const catalog = builtInCatalog('defender-xdr');
  const compiled = compile(readFileSync(RULE, 'utf8'), { names: catalog });
  const engine = await Engine.open({ memory: 8 * 1024 ** 3 });
  try {
    await makeEvents(engine.connection, 'DeviceNetworkEvents', catalog.tables.get('DeviceNetworkEvents') ?? [], rows);
    await engine.seal();
    const result = await race(
      { name: 'repaired rule, 5 million events', ours: 'compiled', theirs: 'hand-written', atMost: 1.3 },
      () => engine.materialize(compiled, 'ours', { now: NOW, time: { most: 600, raise: '' } }),
      () => engine.connection.run(`CREATE OR REPLACE TEMP TABLE theirs AS ${handWritten()}`),
    );
    const [[ours, theirs]] = (await engine.query(
      'SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM theirs)',
    )) as [[bigint, bigint]];
    if (ours !== theirs || ours === 0n) throw new Error(`The two queries differ: ${ours} rows against ${theirs}.`);
    return result;
  } finally {
    engine.close();
  }
}

function terms(hosts: readonly string[]): string {
  const escaped = hosts.map((host) => host.replaceAll('.', '\\.')).join('|');
  return `regexp_matches(RemoteUrl, '(?:^|[^a-z0-9])(?:${escaped})(?:$|[^a-z0-9])', 'i')`;
}

function among(names: readonly string[]): string {
  return `lower(InitiatingProcessFileName) IN (${names.map((name) => `'${name}'`).join(', ')})`;
}

/** The rule's meaning as a person would write it in DuckDB. */
function handWritten(): string {
  const domains = [
    ...[
      'pastebin.com',
      'pastebin.pl',
      'paste.ee',
      'hastebin.com',
      'github.com',
      'raw.githubusercontent.com',
      'gist.github.com',
    ],
    ...[
      'twitter.com',
      'api.twitter.com',
      't.co',
      'docs.google.com',
      'drive.google.com',
      'sites.google.com',
      'youtube.com',
    ],
    ...[
      'youtu.be',
      'technet.microsoft.com',
      'social.technet.microsoft.com',
      'livejournal.com',
      'imgur.com',
      'i.imgur.com',
    ],
    ...['reddit.com', 'old.reddit.com', 'cloudflare.com', 'workers.dev', 'amazonaws.com', 's3.amazonaws.com'],
    ...[
      'onedrive.live.com',
      'sharepoint.com',
      'notion.so',
      'trello.com',
      'discord.com',
      'discordapp.com',
      'telegram.org',
      't.me',
    ],
  ];
  const suspicious = [
    'powershell.exe',
    'pwsh.exe',
    'cmd.exe',
    'wscript.exe',
    'cscript.exe',
    'mshta.exe',
    'rundll32.exe',
    'regsvr32.exe',
    'certutil.exe',
    'curl.exe',
    'wget.exe',
    'bitsadmin.exe',
  ];
  const browsers = ['chrome.exe', 'msedge.exe', 'firefox.exe', 'iexplore.exe', 'opera.exe', 'brave.exe'];
  const excluded = [
    ...browsers,
    'safari.exe',
    'outlook.exe',
    'teams.exe',
    'slack.exe',
    'onedrive.exe',
    'dropbox.exe',
    'svchost.exe',
  ];
  return `SELECT Timestamp, DeviceName, InitiatingProcessAccountName, InitiatingProcessFileName, InitiatingProcessCommandLine,
      InitiatingProcessParentFileName, RemoteUrl, RemoteIP, RemotePort, RemoteIPType,
      ${among(browsers)} AS IsKnownBrowser, ${among(suspicious)} AS IsSuspiciousProcess,
      ${terms(['pastebin.com', 'pastebin.pl', 'paste.ee', 'hastebin.com'])} AS PastebinAccess,
      ${terms(['raw.githubusercontent.com', 'gist.github.com'])} AS GitHubRawAccess,
      ${terms(['twitter.com', 'api.twitter.com', 'reddit.com'])} AS SocialMediaAccess,
      ${terms(['amazonaws.com', 'onedrive.live.com', 'sharepoint.com', 'docs.google.com', 'drive.google.com'])} AS CloudStorageAccess
    FROM DeviceNetworkEvents
    WHERE Timestamp > ${NOW - DAY} AND ${terms(domains)} AND (${among(suspicious)} OR NOT ${among(excluded)})
    ORDER BY Timestamp DESC`;
}
