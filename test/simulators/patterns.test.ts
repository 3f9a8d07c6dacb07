import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, placeholderProblem, varies } from '../../simulators/patterns.js';
import { Draws } from '../../simulators/random.js';

const none = new Map<string, string>();

describe('a text with placeholders', () => {
  it('is filled in by what is drawn and by what is given', () => {
    const text = expand('{tenant}/{id:8}/{pick:a|b}/{hex:4}', new Draws(1), new Map([['tenant', 'contoso']]));
    expect(text).toMatch(/^contoso\/[A-Za-z0-9]{8}\/[ab]\/[0-9a-f]{4}$/);
  });

  it('is encoded as PowerShell takes a script', () => {
    expect(expand('-enc {encoded:script}', new Draws(1), new Map([['script', 'Start-Sleep -s 10']]))).toBe(
      '-enc UwB0AGEAcgB0AC0AUwBsAGUAZQBwACAALQBzACAAMQAwAA==',
    );
    expect(placeholderProblem('{encoded:skript}', ['script'])).toMatch(/declared under 'vary'/);
  });

  it('keeps the user for each host', () => {
    expect(expand('C:\\Users\\{user}\\x', new Draws(1), none)).toBe('C:\\Users\\{user}\\x');
    expect(varies('C:\\Users\\{user}\\{tenant}')).toBe(false);
    expect(varies('{word}.example')).toBe(true);
  });

  it('gives attackers nothing but what is reserved for documentation', () => {
    fc.assert(
      fc.property(fc.nat(), (key) => {
        expect(expand('{attacker-address}', new Draws(key), none)).toMatch(
          /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$/,
        );
        expect(expand('{attacker-domain}', new Draws(key), none)).toMatch(/\.example\.(com|net|org)$/);
      }),
    );
  });

  it('is the same for the same key', () => {
    fc.assert(
      fc.property(fc.nat(), (key) => {
        const text = '{word}{digits:3}{guid}{base64:12}';
        expect(expand(text, new Draws(key), none)).toBe(expand(text, new Draws(key), none));
      }),
    );
  });

  it('names a placeholder that there is not, and the nearest', () => {
    expect(placeholderProblem('{wrod}', [])).toBe("Unknown placeholder '{wrod}'. Did you mean 'word'?");
    expect(placeholderProblem('{drop}', ['drop'])).toBeUndefined();
    expect(placeholderProblem('{hex:many}', [])).toMatch(/needs a number of characters/);
  });
});
