/** The form of a secret that a service hands out: it is one wherever it stands. */
interface Format {
  readonly kind: string;
  readonly pattern: string;
}

const W = '[A-Za-z0-9_-]';
const A = '[A-Za-z0-9]';
const H = '[0-9a-f]';

/**
 * The kinds that gitleaks and secretlint look for, as far as their form alone shows them, from what the services say of
 * their keys. Lengths are lower bounds: keys have grown before. A pattern neither ends in a condition that a long run of
 * its own characters could fail, nor captures: so that one pass over a text decides.
 */
const FORMATS: readonly Format[] = [
  {
    kind: 'private key',
    pattern: String.raw`-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\:,-]*`,
  },
  { kind: 'private key', pattern: `AGE-SECRET-KEY-1[A-Z0-9]{20,}|PuTTY-User-Key-File-[23]:[A-Za-z0-9+/=\\s\\\\:,-]+` },
  { kind: 'JSON web token', pattern: `(?<![_-])eyJ${W}{8,}\\.${W}{5,}(?:\\.${W}*){0,3}` },
  { kind: 'AWS access key', pattern: '(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}' },
  { kind: 'AWS access key', pattern: `ABSK[A-Za-z0-9+/]{60,}={0,2}` },
  { kind: 'GitHub token', pattern: `gh[pousr]_${A}{16,}|github_pat_${A}{10,}_?${A}{10,}` },
  { kind: 'GitLab token', pattern: `(?:gl(?:pat|rt|dt|cbt|ptt|ft|soat|agent|imt|ffct|oas)|GR1348941)-?${W}{20,}` },
  { kind: 'Slack token', pattern: `xox[abceoprs]-${W}{10,}|xapp-\\d-${W}{10,}|xoxe\\.xox[bp]-${W}{10,}` },
  { kind: 'Stripe key', pattern: `(?:sk|rk)_(?:live|test|prod)_${A}{10,}|whsec_[A-Za-z0-9+/=]{20,}` },
  { kind: 'Twilio key', pattern: `SK${H}{32}` },
  { kind: 'SendGrid key', pattern: `SG\\.${W}{16,}\\.${W}{16,}` },
  { kind: 'Mailgun key', pattern: `(?:key|pubkey)-${H}{32}` },
  { kind: 'Mailchimp key', pattern: `${H}{32}-us\\d{1,2}` },
  { kind: 'Brevo key', pattern: `xkeysib-${H}{64}-${A}{16}` },
  { kind: 'npm token', pattern: `npm_${A}{16,}` },
  { kind: 'PyPI token', pattern: `pypi-${W}{50,}` },
  { kind: 'RubyGems key', pattern: `rubygems_${H}{48}` },
  { kind: 'NuGet key', pattern: `oy2[a-z0-9]{43}` },
  { kind: 'crates.io token', pattern: `cio${A}{32}` },
  { kind: 'Docker Hub token', pattern: `dckr_(?:pat|oat)_${W}{20,}` },
  { kind: 'Discord token', pattern: `[MNO]${A}[A-Za-z0-9]{21,26}\\.${W}{6}\\.${W}{27,}` },
  { kind: 'Telegram bot token', pattern: `\\d{8,10}:AA${W}{30,}` },
  { kind: 'Google key', pattern: `AIza${W}{30,}|GOCSPX-${W}{20,}|ya29\\.${W}{20,}|1//0${W}{20,}` },
  { kind: 'Azure client secret', pattern: `[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}` },
  { kind: 'Azure DevOps token', pattern: `[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}` },
  { kind: 'OpenAI or Anthropic key', pattern: `sk-${W}{16,}` },
  { kind: 'Hugging Face token', pattern: `(?:hf|api_org)_${A}{20,}` },
  { kind: 'Groq, xAI or Perplexity key', pattern: `(?:gsk_|xai-|pplx-)${A}{20,}` },
  { kind: 'DigitalOcean token', pattern: `do[oprst]_v1_${H}{16,}` },
  { kind: 'Databricks token', pattern: `dapi${H}{32}` },
  { kind: 'Shopify token', pattern: `shp(?:at|ca|pa|ss)_${A}{32,}` },
  { kind: 'Square token', pattern: `sq0[a-z]{3}-${W}{22,}|EAAA${W}{40,}` },
  { kind: 'PayPal or Braintree token', pattern: `access_token\\$production\\$[0-9a-z]{16}\\$${H}{32}` },
  { kind: 'Facebook token', pattern: `EAA[A-Z]${A}{60,}` },
  { kind: 'New Relic key', pattern: `NR(?:AK|JS|II|AA|RA|AL)-${W}{19,}` },
  { kind: 'Dynatrace token', pattern: `dt0[a-z]\\d\\d\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}` },
  { kind: 'Grafana token', pattern: `glsa_${A}{32}_${H}{8}|glc_[A-Za-z0-9+/]{32,}={0,2}` },
  { kind: 'Sentry token', pattern: `sntrys_[A-Za-z0-9_+/=-]{20,}|sntryu_${H}{32,}` },
  { kind: 'SonarQube token', pattern: `sq[pua]_${H}{40}` },
  { kind: 'Doppler token', pattern: `dp\\.(?:pt|st|sa|ct|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?${A}{40,}` },
  { kind: 'Vault token', pattern: `hv[sbr]\\.${W}{20,}` },
  { kind: 'Terraform token', pattern: `${A}{14}\\.atlasv1\\.${W}{60,}` },
  { kind: 'Pulumi token', pattern: `pul-${H}{40}` },
  { kind: 'Postman key', pattern: `PMAK-${H}{24}-${H}{34}` },
  { kind: 'Linear, Notion or Figma token', pattern: `lin_api_${A}{32,}|ntn_${A}{40,}|secret_${A}{43}|figd_${W}{40,}` },
  { kind: 'Atlassian token', pattern: `ATATT3xFfGF0[A-Za-z0-9_=-]{30,}|ATCTT3xFfGN0[A-Za-z0-9_=-]{30,}` },
  { kind: 'Airtable or Asana token', pattern: `pat${A}{14}\\.${H}{64}|[0-2]/\\d{16,20}(?:/\\d{16,20})?:${H}{32}` },
  { kind: 'Vercel or Netlify token', pattern: `vc[piark]_${A}{20,}|nfp_${A}{30,}` },
  { kind: 'Fly or Render token', pattern: `FlyV1 fm\\d_[A-Za-z0-9+/=,_-]{40,}|fo1_${W}{40,}|rnd_${A}{24,}` },
  { kind: 'PlanetScale or Supabase token', pattern: `pscale_(?:tkn|pw|oauth)_${W}{32,}|sbp_${H}{40}` },
  { kind: 'Tailscale key', pattern: `tskey-(?:[a-z]{2,12}-)?${A}{8,}(?:-${A}{8,})?` },
  { kind: 'Cloudflare key', pattern: `v1\\.0-${H}{24}-${H}{100,}` },
  { kind: '1Password token', pattern: `ops_eyJ[A-Za-z0-9+/=]{60,}|A3-[A-Z0-9]{6}-[A-Z0-9]{6,11}(?:-[A-Z0-9]{5}){3,4}` },
  { kind: 'Kerberos hash', pattern: String.raw`\$krb5(?:tgs|asrep|pa)\$[^\s"']{16,}` },
  { kind: 'Kerberos ticket', pattern: `(?:doI|YII)[A-Za-z0-9+/]{60,}={0,2}` },
  {
    kind: 'password hash',
    pattern: String.raw`\$(?:2[abxy]|[156y]|7|argon2(?:id|i|d)|pbkdf2[\w-]{0,16}|apr1)\$[A-Za-z0-9./$=,+-]{16,}`,
  },
  { kind: 'password hash', pattern: '(?:[0-9A-F]{32}|[0-9a-f]{32}):(?:[0-9A-F]{32}|[0-9a-f]{32})(?![0-9A-Za-z])' },
  { kind: 'password hash', pattern: '[0-9A-Fa-f]{16}:[0-9A-Fa-f]{32}:[0-9A-Fa-f]{16,}' },
  { kind: 'DPAPI secret', pattern: `01000000d08c9ddf0115d1118c7a00c04fc297eb${H}*` },
  { kind: 'BitLocker recovery password', pattern: String.raw`\d{6}(?:-\d{6}){7}` },
];

/** Keys begin where no word goes on; what addresses encode (`%3D`) ends a word as well. */
const BEGINNING = '(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f][0-9A-Fa-f]))';

/** Every format in one pattern, each as a group. */
export const ANY_FORMAT = new RegExp(`${BEGINNING}(?:${FORMATS.map(({ pattern }) => `(${pattern})`).join('|')})`, 'g');

/** The kind of what `ANY_FORMAT` matched. */
export function formatOf(match: RegExpMatchArray): string {
  const group = match.findIndex((text, i) => i > 0 && text !== undefined);
  return FORMATS[group - 1]?.kind ?? 'key';
}
