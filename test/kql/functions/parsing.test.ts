import { describe, expect, test } from 'vitest';
import { scalarFunctions } from '../../../harness/kql/functions/index.js';
import type { Value } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { answer, arg, evaluate, TestContext } from '../support.js';

function call(name: string, args: readonly Value[], type: KqlType = 'string'): Promise<unknown> {
  const fn = scalarFunctions.get(name);
  if (!fn) throw new Error(`no function ${name}`);
  return evaluate(
    fn,
    args.map((value) => arg(value)),
    type,
  );
}

async function parsed(name: string, text: string): Promise<unknown> {
  const json = await call(name, [text], 'dynamic');
  return typeof json === 'string' ? JSON.parse(json) : json;
}

describe('parse_url', () => {
  const empty = {
    Scheme: '',
    Host: '',
    Port: '',
    Path: '',
    Username: '',
    Password: '',
    'Query Parameters': {},
    Fragment: '',
  };
  test.each([
    [
      'https://ann:secret@files.example.org:8443/a/b.txt?x=1&y=&z#top',
      {
        Scheme: 'https',
        Host: 'files.example.org',
        Port: '8443',
        Path: '/a/b.txt',
        Username: 'ann',
        Password: 'secret',
        'Query Parameters': { x: '1', y: '', z: '' },
        Fragment: 'top',
      },
    ],
    ['http://example.org', { Scheme: 'http', Host: 'example.org' }],
    ['http://[fe80::1]:80/', { Scheme: 'http', Host: '[fe80::1]', Port: '80', Path: '/' }],
    ['?a=b', { 'Query Parameters': { a: 'b' } }],
    ['', {}],
  ])('%s', async (url, expected) => {
    expect(await parsed('parse_url', url)).toEqual({ ...empty, ...expected });
  });
});

test('parse_urlquery', async () => {
  expect(await parsed('parse_urlquery', '?k=v&k2=a%20b')).toEqual({ 'Query Parameters': { k: 'v', k2: 'a%20b' } });
});

describe('parse_path', () => {
  const empty = {
    Scheme: '',
    RootPath: '',
    DirectoryPath: '',
    DirectoryName: '',
    Filename: '',
    Extension: '',
    AlternateDataStreamName: '',
  };
  test.each([
    [
      String.raw`D:\tools\run.ps1`,
      {
        RootPath: 'D:',
        DirectoryPath: String.raw`D:\tools`,
        DirectoryName: 'tools',
        Filename: 'run.ps1',
        Extension: 'ps1',
      },
    ],
    [
      String.raw`\\?\D:\a\b.tar.gz:Zone.Identifier`,
      {
        RootPath: 'D:',
        DirectoryPath: String.raw`D:\a`,
        DirectoryName: 'a',
        Filename: 'b.tar.gz',
        Extension: 'gz',
        AlternateDataStreamName: 'Zone.Identifier',
      },
    ],
    ['/etc/hosts', { DirectoryPath: '/etc', DirectoryName: 'etc', Filename: 'hosts' }],
    [
      'file://C:/x/y.z',
      { Scheme: 'file', RootPath: 'C:', DirectoryPath: 'C:/x', DirectoryName: 'x', Filename: 'y.z', Extension: 'z' },
    ],
    ['name', { Filename: 'name' }],
    ['', {}],
  ])('%s', async (path, expected) => {
    expect(await parsed('parse_path', path)).toEqual({ ...empty, ...expected });
  });
});

describe('parse_command_line', () => {
  test.each([
    ['cmd /c dir', ['cmd', '/c', 'dir']],
    [String.raw`"C:\a b\x.exe" "one two" three`, [String.raw`C:\a b\x.exe`, 'one two', 'three']],
    [String.raw`x "a\"b" c\\ "d\\" e`, ['x', 'a"b', String.raw`c\\`, 'd\\', 'e']],
    ['x "" y', ['x', '', 'y']],
    ['x a"""b"', ['x', 'a"b']],
    ['x\ty', ['x', 'y']],
    ['x "open', ['x', 'open']],
    ['', null],
  ])('%s', async (line, expected) => {
    const fn = scalarFunctions.get('parse_command_line');
    const context = new TestContext();
    const args = [line, 'Windows'].map((text) => ({
      sql: context.literal(text, 'string'),
      type: 'string' as const,
      constant: text,
    }));
    const json = await answer(fn?.emit(args, 'dynamic', context) ?? '');
    expect(json === null ? null : JSON.parse(json as string)).toEqual(expected);
  });
});

describe('parse_csv takes the first record', () => {
  test.each([
    ['a,b,', ['a', 'b', '']],
    ['"a,1","b ""x""",c', ['a,1', 'b "x"', 'c']],
    ['one\ntwo', ['one']],
    ['"one\ntwo",3\r\nnext', ['one\ntwo', '3']],
    ['', ['']],
  ])('%j', async (text, expected) => {
    expect(await parsed('parse_csv', text)).toEqual(expected);
  });
});

describe('parse_version', () => {
  test.each([
    ['1.2.3.4', '1000000020000000300000004'],
    ['1', '1000000000000000000000000'],
    ['0.0.0.99999999', '99999999'],
    ['1.2.3.4.5', null],
    ['1.123456789', null],
    ['1.x', null],
    ['', null],
  ])('%s: %s', async (text, expected) => {
    const value = await call('parse_version', [text], 'decimal');
    expect(value === null ? null : String(value)).toBe(expected);
  });
});

describe('parse_xml', () => {
  test.each([
    ['<e/>', { e: null }],
    ['<e>text</e>', { e: 'text' }],
    ['<e n="v"/>', { e: { '@n': 'v' } }],
    ['<e n="&quot;v&#x21;">t &amp; u</e>', { e: { '@n': '"v!', '#text': 't & u' } }],
    ['<e><a>1</a><b>2</b><a>3</a></e>', { e: { a: ['1', '3'], b: '2' } }],
    ['<?xml version="1.0"?><!-- c --><r><x>007</x></r>', { r: { x: '007' } }],
    ['<a><b></a>', null],
    ['no xml', null],
    ['', null],
    [`<!DOCTYPE r [<!ENTITY a "${'x'.repeat(50)}">]><r>&a;</r>`, { r: '&a;' }],
  ])('%s', async (xml, expected) => {
    expect(await parsed('parse_xml', xml)).toEqual(expected);
  });
});

describe('encodings', () => {
  test.each<[string, readonly Value[], KqlType, unknown]>([
    ['base64_encode_tostring', ['é'], 'string', 'w6k='],
    ['base64_decode_tostring', ['w6k='], 'string', 'é'],
    ['base64_decode_tostring', ['/w=='], 'string', ''],
    ['base64_decode_tostring', ['w6k'], 'string', ''],
    ['base64_decode_toarray', ['AP8='], 'dynamic', '[0,255]'],
    ['base64_decode_toarray', ['?'], 'dynamic', null],
    ['base64_encode_fromarray', [[0n, 255n]], 'string', 'AP8='],
    ['base64_encode_fromarray', [[256n]], 'string', ''],
    ['base64_decode_toguid', ['AAECAwQFBgcICQoLDA0ODw=='], 'guid', '03020100-0504-0706-0809-0a0b0c0d0e0f'],
    ['base64_decode_toguid', ['AAE='], 'guid', null],
    ['url_encode', ['a b/é~'], 'string', 'a+b%2f%c3%a9%7e'],
    ['url_encode_component', ['a b'], 'string', 'a%20b'],
    ['url_decode', ['a+b%2F%c3%a9%zz%'], 'string', 'a b/é%zz%'],
    ['punycode_from_string', ['bücher'], 'string', 'bcher-kva'],
    ['punycode_to_string', ['bcher-kva'], 'string', 'bücher'],
    ['punycode_to_string', ['é'], 'string', ''],
    ['punycode_domain_to_string', ['Bücher.example'], 'string', 'xn--Bcher-kva.example'],
    ['punycode_domain_from_string', ['xn--Bcher-kva.example'], 'string', 'Bücher.example'],
    ['gzip_decompress_from_base64_string', ['H4sIAAAAAAAAA0tMSgYAwkEkNQMAAAA='], 'string', 'abc'],
    ['gzip_decompress_from_base64_string', ['AAAA'], 'string', ''],
    ['zlib_decompress_from_base64_string', ['eJxLTEoGAAJNASc='], 'string', 'abc'],
  ])('%s(%s)', async (name, args, type, expected) => {
    expect(await call(name, args, type)).toBe(expected);
  });

  test.each(['gzip', 'zlib'])('%s undoes itself', async (kind) => {
    const packed = await call(`${kind}_compress_to_base64_string`, ['some text, some text'], 'string');
    expect(await call(`${kind}_decompress_from_base64_string`, [packed as string], 'string')).toBe(
      'some text, some text',
    );
  });

  test('a guid survives Base64', async () => {
    const guid = '01234567-89ab-cdef-0123-456789abcdef';
    const fn = scalarFunctions.get('base64_encode_fromguid');
    if (!fn) throw new Error('no base64_encode_fromguid');
    const text = await evaluate(fn, [arg(guid, 'guid')], 'string');
    expect(await call('base64_decode_toguid', [text as string], 'guid')).toBe(guid);
  });
});
