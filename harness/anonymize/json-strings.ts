/** Sees a text with the name of its column, and gives what is to stand there. */
export type Visit = (column: string, text: string) => string;

interface Frame {
  readonly isArray: boolean;
  /** The key under which the object or array stands, or that of the array around it. */
  readonly column: string;
  key: string;
  index: number;
}

/**
 * Puts other texts into JSON, piece by piece and without a change to anything but strings: numbers keep all digits,
 * and blanks stay. The column of a string is the nearest key above it; in the answer of Log Analytics, whose rows are
 * arrays, the column at its place.
 */
export class JsonStrings {
  private readonly stack: Frame[] = [];
  private rest = '';
  private columns: string[] = [];
  private rows = 0;
  private objects = 0;

  constructor(private readonly visit: Visit) {}

  /** Records so far: members of an array, rows of an answer, or objects one after the other. */
  get records(): number {
    return this.rows || this.objects;
  }

  /** What becomes of the next piece; what is not decided yet comes with the one after it. */
  write(piece: string): string {
    const text = this.rest + piece;
    const tokens = /"(?:[^"\\]|\\[\s\S])*"|["{}[\],]/g;
    let out = '';
    let at = 0;
    let undecided = text.length;
    for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
      // Whether a string is a key shows after it.
      const after = /[^\s]/.exec(text.slice(tokens.lastIndex, tokens.lastIndex + 64))?.[0];
      if (token[0] === '"' || (token[0].startsWith('"') && after === undefined && piece !== '')) {
        undecided = token.index;
        break;
      }
      out += text.slice(at, token.index) + this.take(token[0], after === ':');
      at = tokens.lastIndex;
    }
    this.rest = text.slice(undecided);
    return out + text.slice(at, undecided);
  }

  /** @throws SyntaxError when a string, an object or an array is not closed */
  end(): string {
    const out = this.write('');
    if (this.rest !== '' || this.stack.length > 0) throw new SyntaxError('The JSON ends too early');
    return out;
  }

  private take(token: string, isKey: boolean): string {
    const frame = this.stack.at(-1);
    if (token.startsWith('"')) return this.string(token, isKey, frame);
    if (token === ',') {
      if (frame !== undefined) frame.index += 1;
    } else if (token === '{' || token === '[') {
      const column = frame === undefined ? '' : frame.isArray ? frame.column : frame.key;
      if (token === '[' && column === 'columns') this.columns = [];
      this.stack.push({ isArray: token === '[', column, key: '', index: 0 });
    } else {
      const closed = this.stack.pop();
      const around = this.stack.at(-1);
      if (around === undefined) this.objects += closed?.isArray === false ? 1 : 0;
      else if (around.isArray && ROWS.test(around.column)) this.rows += 1;
    }
    return token;
  }

  private string(token: string, isKey: boolean, frame: Frame | undefined): string {
    const text = JSON.parse(token) as string;
    if (isKey && frame !== undefined) frame.key = text;
    else if (frame?.key === 'name' && frame.column === 'columns') this.columns.push(text);
    const changed = this.visit(isKey ? '' : this.columnOf(frame), text);
    return changed === text ? token : JSON.stringify(changed);
  }

  private columnOf(frame: Frame | undefined): string {
    if (frame === undefined) return '';
    if (!frame.isArray) return frame.key;
    const around = this.stack.at(-2);
    const isRow = around?.isArray === true && frame.column === 'rows';
    return (isRow ? this.columns[frame.index] : undefined) ?? frame.column;
  }
}

/** What the array of all records is called. */
const ROWS = /^(rows|results)?$/i;

/** JSON with its strings replaced; nothing for text that is no object or array. */
export function replaceInJson(text: string, visit: Visit): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const strings = new JsonStrings(visit);
  return strings.write(text) + strings.end();
}
