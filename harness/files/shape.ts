import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { howToRaise, limit } from './limits.js';

/** What makes a document unfit to be built, and where it begins. */
export interface Unfit {
  readonly offset: number;
  readonly message: string;
}

/** What an anchor stands for; while it is open, an alias of it would hold itself. */
interface Anchored {
  values: number;
  height: number;
  open: boolean;
}

interface Frame {
  readonly anchored: Anchored | undefined;
  readonly isMapping: boolean;
  children: number;
  values: number;
  height: number;
}

/**
 * Why the documents of a stream of parser events must not be built: an alias within what it stands for, aliases that
 * come to too many values or lie too deep, a key that objects cannot hold, half a character. Nothing where they may.
 */
export function unfitness(events: readonly Event[], text: string): Unfit | undefined {
  const anchors = new Map<string, Anchored>();
  const frames: Frame[] = [];
  const mostValues = limit('yaml-values');
  const mostDepth = limit('yaml-depth');
  // Values are decoded only where something could hide in them.
  const hides = text.includes('\\');
  const decoded = hides || text.includes(PROTO);
  const anchor = (event: { anchorStart: number; anchorEnd: number }, anchored: Anchored): Anchored | undefined => {
    if (event.anchorStart < 0) return undefined;
    anchors.set(text.slice(event.anchorStart, event.anchorEnd), anchored);
    return anchored;
  };
  let lastOffset = 0;
  for (const event of events) {
    const within = frames.at(-1);
    let values = 1;
    let height = 0;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        anchors.clear();
        frames.push({ anchored: undefined, isMapping: false, children: 0, values: 0, height: 0 });
        continue;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        lastOffset = event.start;
        frames.push({
          anchored: anchor(event, { values: 1, height: 1, open: true }),
          isMapping: event.type === EVENT_ID.MAPPING,
          children: 0,
          values: 1,
          height: 1,
        });
        continue;
      case EVENT_ID.SCALAR: {
        lastOffset = Math.max(lastOffset, event.valueStart);
        anchor(event, { values: 1, height: 0, open: false });
        const isKey = within?.isMapping === true && within.children % 2 === 0;
        const wrong =
          decoded && (isKey || isEscaped(event)) ? unfitText(getScalarValue(text, event), isKey) : undefined;
        if (wrong !== undefined) return { offset: lastOffset, message: wrong };
        break;
      }
      case EVENT_ID.ALIAS: {
        lastOffset = event.anchorStart - 1;
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const meant = anchors.get(name);
        if (meant?.open) return { offset: lastOffset, message: `'*${name}' stands for what it is in itself.` };
        if (meant !== undefined) ({ values, height } = meant);
        break;
      }
      case EVENT_ID.POP: {
        const closed = frames.pop();
        if (closed === undefined) continue;
        ({ values, height } = closed);
        if (closed.anchored !== undefined) Object.assign(closed.anchored, { values, height, open: false });
        break;
      }
    }
    const holder = frames.at(-1);
    if (holder === undefined) continue;
    holder.children += 1;
    holder.values += values;
    holder.height = Math.max(holder.height, height + 1);
    if (holder.values > mostValues)
      return { offset: lastOffset, message: `The values come to too many here. ${howToRaise('yaml-values')}` };
    // The document itself is the first frame.
    if (frames.length - 1 + height > mostDepth) return { offset: lastOffset, message: tooDeep() };
  }
  return undefined;
}

/** That values lie too deep in each other. */
export function tooDeep(): string {
  return `The values lie too deep in each other here. ${howToRaise('yaml-depth')}`;
}

const PROTO = '__proto__';

function isEscaped({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.DOUBLE_QUOTED;
}

/** What is wrong with a text: a key that would be lost without a word, or half a character that no file can hold. */
export function unfitText(value: string, isKey: boolean): string | undefined {
  if (isKey && value === PROTO) return `A key cannot be called '${PROTO}'; take another name.`;
  if (value.isWellFormed()) return undefined;
  return 'This text holds half of a character (a lone surrogate); write the whole one.';
}
