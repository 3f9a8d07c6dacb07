import type { KqlType, TableSchema } from '../kql/types.js';
import { columnsOf, type Environment } from './schema.js';
import { ASIM } from './sentinel/asim.js';

/** A parameter of a function that the product provides. */
export interface ProvidedParameter {
  readonly name: string;
  readonly type: KqlType;
  readonly optional?: boolean;
  /** The argument names a column of the input: `invoke FileProfile(SHA1, 1000)`. */
  readonly column?: boolean;
}

/** A tabular function whose body only the product has. A run needs test data in its place. */
export interface ProvidedFunction {
  readonly name: string;
  readonly parameters: readonly ProvidedParameter[];
  /** What it returns, when it makes a table. */
  readonly columns?: TableSchema;
  /** What it adds to the rows that it is invoked on. */
  readonly adds?: TableSchema;
  /** It is invoked on a table: `T | invoke FileProfile()`. */
  readonly input?: boolean;
  /** Columns beyond the known ones may exist, as in a watchlist. */
  readonly open?: boolean;
}

/** The functions of an environment, in no particular order. */
export function providedFunctions(environment: Environment): readonly ProvidedFunction[] {
  return environment === 'defender-xdr' ? defenderFunctions() : sentinelFunctions();
}

function defenderFunctions(): ProvidedFunction[] {
  return [
    {
      name: 'FileProfile',
      input: true,
      parameters: [
        { name: 'x', type: 'string', optional: true, column: true },
        { name: 'y', type: 'long', optional: true },
      ],
      adds: columnsOf(
        'SHA1 SHA256 MD5 FileSize:long GlobalPrevalence:long GlobalFirstSeen:datetime GlobalLastSeen:datetime Signer ' +
          'Issuer SignerHash IsCertificateValid:bool IsRootSignerMicrosoft:bool SignatureState IsExecutable:bool ' +
          'ThreatName Publisher SoftwareName ProfileAvailability DeterminationType DeterminationValue',
      ),
    },
    {
      name: 'DeviceFromIP',
      input: true,
      parameters: [
        { name: 'ip', type: 'string', optional: true },
        { name: 'ts', type: 'datetime', optional: true },
      ],
      adds: columnsOf('DeviceId IP'),
    },
    { name: 'SeenBy', input: true, parameters: [], adds: columnsOf('SeenBy:dynamic') },
    {
      name: 'AssignedIPAddresses',
      parameters: [
        { name: 'DeviceId', type: 'string' },
        { name: 'ts', type: 'datetime', optional: true },
      ],
      columns: columnsOf('Timestamp:datetime IPAddress IPType NetworkAdapterType ConnectedNetworks:dynamic'),
    },
  ];
}

function sentinelFunctions(): ProvidedFunction[] {
  return [
    {
      name: '_GetWatchlist',
      parameters: [
        { name: 'watchlistAlias', type: 'string' },
        { name: 'keys', type: 'dynamic', optional: true },
      ],
      columns: columnsOf('_DTItemId LastUpdatedTimeUTC:datetime SearchKey WatchlistItem:dynamic'),
      open: true,
    },
    parser(
      '_Im_Dns',
      'starttime:datetime endtime:datetime srcipaddr domain_has_any:dynamic responsecodename response_has_ipv4 ' +
        'response_has_any_prefix:dynamic eventtype',
    ),
    parser(
      '_Im_WebSession',
      'starttime:datetime endtime:datetime srcipaddr_has_any_prefix:dynamic ipaddr_has_any_prefix:dynamic ' +
        'url_has_any:dynamic httpuseragent_has_any:dynamic eventresultdetails_in:dynamic eventresult',
    ),
    parser(
      '_Im_NetworkSession',
      'starttime:datetime endtime:datetime srcipaddr_has_any_prefix:dynamic dstipaddr_has_any_prefix:dynamic ' +
        'ipaddr_has_any_prefix:dynamic dstportnumber:int hostname_has_any:dynamic dvcaction:dynamic eventresult',
    ),
    parser('imAuthentication'),
    parser('imProcess'),
    parser('imProcessCreate', '', 'imProcess'),
    parser('imRegistry'),
  ];
}

/** A parser of the Advanced Security Information Model: every parameter narrows, none is required. */
function parser(name: string, parameters = '', schema = name): ProvidedFunction {
  const declared = parameters === '' ? [] : columnsOf(parameters);
  return {
    name,
    parameters: declared.map((parameter) => ({ ...parameter, optional: true })),
    columns: columnsOf(ASIM[schema] ?? ''),
  };
}
