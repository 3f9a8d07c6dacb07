import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anonymize } from '../../../harness/anonymize/anonymize.js';
import { eventText, TEXT_FORMATS } from '../event-files.js';
import { mutated } from '../mutated.js';
import { ended, type Mode, shown } from './mode.js';

/** A host that the generated events name in a column of hosts. */
const HOST = 'pc-8.corp.example';

/** Telemetry to be anonymized; a sound file keeps no name of a host. */
export const ANONYMIZE: Mode = {
  name: 'anonymize',
  what: 'telemetry with stand-ins in place of names',
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
    const out = join(folder, 'out');
    return Promise.resolve({
      async judge(random) {
        const format = random.pick(TEXT_FORMATS);
        const sound = random.chance(4);
        const text = eventText(random, format);
        const bytes = sound ? Buffer.from(text) : mutated(random, text, [eventText(random, format)]);
        const path = join(folder, `events.${format}`);
        writeFileSync(path, bytes);
        rmSync(out, { recursive: true, force: true });
        const input = shown(bytes);
        try {
          const { files } = await anonymize([path], { out, ownDomains: [], ownNetworks: [] });
          const written = files.map(({ written: file }) => readFileSync(file, 'utf8')).join('\n');
          if (sound && written.includes(HOST)) return { end: 'written', fault: 'the name of a host is left', input };
          return { end: (files[0]?.lostCount ?? 0) > 0 ? 'written in part' : 'written', input };
        } catch (error) {
          const left = existsSync(out) ? readdirSync(out) : [];
          if (left.length > 0)
            return { end: 'refused', fault: `a file is left half written: ${left.join(', ')}`, input };
          return ended(error, input);
        }
      },
      close: () => rmSync(folder, { recursive: true, force: true }),
    });
  },
};
