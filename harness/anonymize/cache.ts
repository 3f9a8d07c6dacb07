const MOST_CHARACTERS = 32 * 1024 ** 2;

/** A cache of up to 32 million characters; it is emptied when it is full. */
export class Cache<Value> {
  private readonly made = new Map<string, Value>();
  private characters = 0;

  get(key: string): Value | undefined {
    return this.made.get(key);
  }

  has(key: string): boolean {
    return this.made.has(key);
  }

  /** @param size characters of the value */
  set(key: string, value: Value, size = 0): void {
    const characters = key.length + size + ENTRY;
    if (characters > MOST_CHARACTERS / 16) return;
    if (this.characters + characters > MOST_CHARACTERS) this.clear();
    this.made.set(key, value);
    this.characters += characters;
  }

  clear(): void {
    this.made.clear();
    this.characters = 0;
  }
}

/** What an entry takes besides its characters, counted as such. */
const ENTRY = 64;
