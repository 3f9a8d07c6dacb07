/** Functions that take a text apart: URLs, paths, command lines, CSV, versions, XML. */
import { Refusal } from '../errors.js';
import type { Dynamic } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';
import { sqlFunction } from './registry.js';
import { constantText, need } from './text.js';
import { parseXml } from './xml.js';

const MOST_VERSION_PARTS = 4;
const VERSION_DIGITS = 8;

const parseUrl: HostFunction = {
  name: 'parse_url',
  params: ['string'],
  returns: 'dynamic',
  run: (url: string) => {
    const match =
      /^(?:([A-Za-z][\w+.-]*):\/\/(?:([^/?#]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?)?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(
        url,
      );
    const [, scheme = '', user = '', host = '', port = '', path = '', query = '', fragment = ''] = match ?? [];
    const colon = user.indexOf(':');
    return bag({
      Scheme: scheme,
      Host: host,
      Port: port,
      Path: path,
      Username: colon < 0 ? user : user.slice(0, colon),
      Password: colon < 0 ? '' : user.slice(colon + 1),
      'Query Parameters': parameters(query),
      Fragment: fragment,
    });
  },
};

const parseUrlQuery: HostFunction = {
  name: 'parse_urlquery',
  params: ['string'],
  returns: 'dynamic',
  run: (query: string) => bag({ 'Query Parameters': parameters(query.replace(/^\?/, '')) }),
};

const parsePath: HostFunction = {
  name: 'parse_path',
  params: ['string'],
  returns: 'dynamic',
  run: (path: string) => {
    const [, scheme = '', rest = ''] = /^(?:([A-Za-z][\w+.-]+):\/\/)?(?:\\\\\?\\)?([\s\S]*)$/.exec(path) ?? [];
    const [, root = ''] = /^([A-Za-z]:)/.exec(rest) ?? [];
    const cut = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\'));
    const directory = rest.slice(0, Math.max(cut, 0));
    const [, filename = '', stream = ''] = /^([^:]*)(?::([\s\S]*))?$/.exec(rest.slice(cut + 1)) ?? [];
    const dot = filename.lastIndexOf('.');
    return bag({
      Scheme: scheme,
      RootPath: root,
      DirectoryPath: directory,
      DirectoryName: directory.slice(Math.max(directory.lastIndexOf('/'), directory.lastIndexOf('\\')) + 1),
      Filename: filename,
      Extension: dot < 0 ? '' : filename.slice(dot + 1),
      AlternateDataStreamName: stream,
    });
  },
};

const parseCommandLine: HostFunction = {
  name: 'parse_command_line',
  params: ['string'],
  returns: 'dynamic',
  run: (line: string) => (line === '' ? null : commandLine(line)),
};

const parseCsv: HostFunction = {
  name: 'parse_csv',
  params: ['string'],
  returns: 'dynamic',
  run: (text: string) => {
    const fields: string[] = [];
    const field = /(?:"((?:[^"]|"")*)"([^,\r\n]*)|([^,\r\n]*))(,?)/y;
    for (;;) {
      const match = field.exec(text);
      if (!match) return fields;
      fields.push(match[1] === undefined ? (match[3] ?? '') : match[1].replaceAll('""', '"') + (match[2] ?? ''));
      if (match[4] === '') return fields;
    }
  },
};

/** The digits of a version as a whole number, `''` when it is none. */
const versionDigits: HostFunction = {
  name: 'version_digits',
  params: ['string'],
  returns: 'string',
  run: (version: string) => {
    const parts = version.split('.');
    if (parts.length > MOST_VERSION_PARTS || !parts.every((part) => /^\d{1,8}$/.test(part))) return '';
    return [...parts, '', '', '']
      .slice(0, MOST_VERSION_PARTS)
      .map((part) => part.padStart(VERSION_DIGITS, '0'))
      .join('');
  },
};

export const hosts: readonly HostFunction[] = [
  parseUrl,
  parseUrlQuery,
  parsePath,
  parseCommandLine,
  parseCsv,
  versionDigits,
  parseXml,
];

export const functions: readonly ScalarFunction[] = [
  hostCall('parsing', parseUrl, [], ['parseurl']),
  hostCall('parsing', parseUrlQuery, [], ['parseurlquery']),
  hostCall('parsing', parsePath),
  hostCall('parsing', parseCsv),
  hostCall('parsing', parseXml),
  sqlFunction('parsing', 'parse_command_line', ([line, parser], _type, context) => {
    if (constantText(need(parser))?.toLowerCase() !== 'windows') {
      throw new Refusal('unsupported-argument', "parse_command_line() takes 'windows' as its parser.", "'windows'");
    }
    return context.host(parseCommandLine, [context.convert(need(line), 'string')]);
  }),
  // A version has up to 32 digits, more than KQL's usual decimals have here before the point.
  sqlFunction('parsing', 'parse_version', ([version], _type, context) => {
    const digits = context.host(versionDigits, [context.convert(need(version), 'string')]);
    return `nullif(${digits}, '')::DECIMAL(38,0)`;
  }),
];

function bag(entries: Readonly<Record<string, Dynamic>>): Dynamic {
  return new Map(Object.entries(entries));
}

function parameters(query: string): Dynamic {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair): [string, Dynamic] => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/**
 * Arguments of a Windows command line, as CommandLineToArgvW splits it (learn.microsoft.com): the program's name ends at
 * a blank or its closing quote; after it, backslashes before a quote come in pairs, an odd one makes the quote literal,
 * and the third quote of a row is literal.
 */
function commandLine(line: string): string[] {
  const [program = '', quoted, bare = ''] = /^(?:"([^"]*)"?|([^ \t]*))/.exec(line) ?? [];
  const args = [quoted ?? bare];
  let rest = line.slice(program.length).trimStart();
  while (rest !== '') {
    const { text, length } = argument(rest);
    args.push(text);
    rest = rest.slice(length).replace(/^[ \t]+/, '');
  }
  return args;
}

function argument(rest: string): { text: string; length: number } {
  const piece = /(\\*)("+)|\\+|[^\\" \t]+|[ \t]+/y;
  let [text, length] = ['', 0];
  /** Quotes seen since the last that closed: 1 while a quotation is open. */
  let quotes = 0;
  while (length < rest.length) {
    piece.lastIndex = length;
    const match = piece.exec(rest);
    if (!match || (quotes === 0 && /^[ \t]/.test(match[0]))) break;
    length += match[0].length;
    if (match[2] === undefined) {
      text += match[0];
      continue;
    }
    const slashes = match[1]?.length ?? 0;
    text += '\\'.repeat(Math.floor(slashes / 2));
    if (slashes % 2 === 1) text += '"';
    for (let left = match[2].length - (slashes % 2); left > 0; left--) {
      if (++quotes < 3) continue;
      text += '"';
      quotes = 0;
    }
    if (quotes === 2) quotes = 0;
  }
  return { text, length };
}
