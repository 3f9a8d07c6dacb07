/** `parse_xml()`: elements, attributes and text of an XML document as dynamic; everything else is left out. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Dynamic } from '../values/dynamic.js';
import type { HostFunction } from './registry.js';

/** Longer texts give null (learn.microsoft.com, "parse_xml()"). */
const LONGEST = 1_048_576;
const TEXT = '#text';
const ATTRIBUTES = ':@';
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

type Node = Readonly<Record<string, unknown>>;

// Entities that a document defines itself are never expanded: a few lines of them can stand for gigabytes.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: true,
  cdataPropName: '#cdata',
  commentPropName: '#comment',
});

export const parseXml: HostFunction = {
  name: 'parse_xml',
  params: ['string'],
  returns: 'dynamic',
  run: (text: string): Dynamic => {
    if (text.length > LONGEST || XMLValidator.validate(text) !== true) return null;
    const nodes = parsed(text).filter((node) => isElement(tagOf(node)));
    const [root] = nodes;
    return root && nodes.length === 1 ? new Map([[tagOf(root), jsonOf(root)]]) : null;
  },
};

function parsed(text: string): readonly Node[] {
  try {
    return parser.parse(text) as readonly Node[];
  } catch {
    return [];
  }
}

/** An element without attributes is its text or null; with them, or with elements inside, a bag. */
function jsonOf(node: Node): Dynamic {
  const bag = new Map<string, Dynamic>();
  for (const [name, value] of Object.entries((node[ATTRIBUTES] ?? {}) as Node)) bag.set(name, decoded(String(value)));
  const children = node[tagOf(node)] as readonly Node[];
  const text = children
    .filter((child) => TEXT in child)
    .map((child) => decoded(String(child[TEXT])))
    .join('');
  if (text !== '') bag.set(TEXT, text);
  const elements = new Map<string, Dynamic[]>();
  for (const child of children) {
    const tag = tagOf(child);
    if (isElement(tag)) elements.set(tag, [...(elements.get(tag) ?? []), jsonOf(child)]);
  }
  for (const [tag, values] of elements) bag.set(tag, values.length === 1 ? (values[0] ?? null) : values);
  if (bag.size === 0) return null;
  return bag.size === 1 && text !== '' ? text : bag;
}

function tagOf(node: Node): string {
  return Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
}

function isElement(tag: string): boolean {
  return tag !== '' && !tag.startsWith('#') && !tag.startsWith('?');
}

function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(\w+));/g, (entity, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? entity;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}
