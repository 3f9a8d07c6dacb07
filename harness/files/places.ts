import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';

/** A place in a text, both 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A node of a YAML document with the offset of its first character, and of the key that names it. */
export interface PlacedNode {
  readonly start: number;
  readonly keyStart: number;
  readonly children: ReadonlyMap<string, PlacedNode>;
}

/** The tree of offsets of the first document in a stream of parser events; nothing when there is no document. */
export function placeNodes(events: readonly Event[], text: string): PlacedNode | undefined {
  const reader = new NodeReader(events, text);
  return reader.document();
}

/** Turns an offset into a line and a column. */
export function placeAt(text: string, offset: number): Place {
  return placesIn(text)(offset);
}

/** Turns many offsets of a text into lines and columns: the text is read once, when the first is asked for. */
export function placesIn(text: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let line = 0;
    for (let end = starts.length; end - line > 1; ) {
      const middle = (line + end) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else end = middle;
    }
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

const NO_CHILDREN: ReadonlyMap<string, PlacedNode> = new Map();

class NodeReader {
  private next = 0;
  private lastOffset = 0;
  private readonly events: readonly Event[];
  private readonly text: string;

  constructor(events: readonly Event[], text: string) {
    this.events = events;
    this.text = text;
  }

  document(): PlacedNode | undefined {
    const first = this.events[this.next];
    if (first?.type !== EVENT_ID.DOCUMENT) return undefined;
    this.next += 1;
    return this.node(0);
  }

  private node(keyStart: number): PlacedNode {
    const event = this.events[this.next];
    this.next += 1;
    switch (event?.type) {
      case EVENT_ID.MAPPING:
        return this.mapping(this.at(event.start), keyStart);
      case EVENT_ID.SEQUENCE:
        return this.sequence(this.at(event.start), keyStart);
      case EVENT_ID.SCALAR:
        return { start: this.at(scalarStart(event)), keyStart, children: NO_CHILDREN };
      case EVENT_ID.ALIAS:
        return { start: this.at(event.anchorStart - 1), keyStart, children: NO_CHILDREN };
      default:
        return { start: this.lastOffset, keyStart, children: NO_CHILDREN };
    }
  }

  private mapping(start: number, keyStart: number): PlacedNode {
    const children = new Map<string, PlacedNode>();
    while (!this.ended()) {
      const key = this.events[this.next];
      const placed = this.node(0);
      const name = key?.type === EVENT_ID.SCALAR ? getScalarValue(this.text, key) : '';
      children.set(name, this.node(placed.start));
    }
    return { start, keyStart, children };
  }

  private sequence(start: number, keyStart: number): PlacedNode {
    const children = new Map<string, PlacedNode>();
    while (!this.ended()) children.set(String(children.size), this.node(this.lastOffset));
    return { start, keyStart, children };
  }

  private ended(): boolean {
    const event = this.events[this.next];
    if (event !== undefined && event.type !== EVENT_ID.POP) return false;
    this.next += 1;
    return true;
  }

  /** An empty scalar has no place of its own: it takes that of whatever came before it. */
  private at(offset: number): number {
    if (offset >= 0) this.lastOffset = offset;
    return this.lastOffset;
  }
}

/** Where the text of a scalar begins: inside the quotes' opening mark, and past the indentation of a block. */
function scalarStart(event: ScalarEvent): number {
  switch (event.style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return event.valueStart - 1;
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return event.valueStart + Math.max(0, event.indent);
    default:
      return event.valueStart;
  }
}
