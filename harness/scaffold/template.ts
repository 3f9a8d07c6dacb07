import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Texts that a template leaves open, by name. */
export type Values = Readonly<Record<string, string>>;

const FOLDER = fileURLToPath(new URL('./template', import.meta.url));

/**
 * The files of a template by path, with `__name__` replaced.
 *
 * @throws Error for a name that no value is given for: a fault of the template
 */
export function templateFiles(name: string, values: Values): Map<string, string> {
  const root = join(FOLDER, name);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  return new Map(
    files.map((file) => {
      const path = file.split(sep).join('/');
      // A package leaves out files of this name.
      return [path === 'gitignore' ? '.gitignore' : path, filled(readFileSync(join(root, file), 'utf8'), path, values)];
    }),
  );
}

function filled(text: string, path: string, values: Values): string {
  return text.replace(/__([a-z]+)__/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template ${path} asks for '${name}', which nobody gives.`);
    return /\.ya?ml$/.test(path) ? scalar(value) : value;
  });
}

/** A text as YAML writes it: quoted where it could be read as anything else. */
function scalar(text: string): string {
  return /^[A-Za-z0-9./][\w., /-]*$/.test(text) && !/^[\d.]+$|^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
