import { basename, join } from 'node:path';
import { isThere } from '../../files/inside.js';
import { readTextFile } from '../../files/text.js';
import { entriesOf } from '../../files/walk.js';
import { GUIDE_FILE, readMark } from '../../guide/result.js';
import { KqlError } from '../../kql/errors.js';
import { compile } from '../../kql/index.js';
import { readBaseline } from '../../measure/baseline.js';
import { isUnmeasured } from '../../measure/measurement.js';
import type { Check, Seen, Subject } from '../finding.js';
import { remedyFor } from '../remedy.js';

/** Checks of what stands beside a rule: its guide, and its hunts. */

export const staleGuide = {
  code: 'guide-outdated',
  severity: 'warning',
  title: 'A guide that was made from another rule, or whose alerts are not those of the baseline.',
  *run({ detection }: Pick<Subject, 'detection'>): Iterable<Seen> {
    if (detection === undefined) return;
    const { folder, deployed, baselineFile, id } = detection.files;
    const file = join(folder, GUIDE_FILE);
    if (!isThere(file)) return;
    const remedy = `Run 'assay guide ${folder} --write' and commit the file.`;
    const at = { file, line: 1, column: 1 };
    const mark = readMark(readTextFile(file));
    if (mark === undefined) {
      yield { at, message: 'The guide does not say what it was made from, as the first line of one does.', remedy };
      return;
    }
    if (mark.rule !== deployed.sha256) {
      yield { at, message: 'The rule has changed since its guide was made.', remedy };
      return;
    }
    const baseline = readBaseline(baselineFile);
    if (baseline === undefined || 'otherVersion' in baseline) return;
    const accepted = baseline.detections.find((each) => each.id === id);
    if (accepted?.workload === undefined || isUnmeasured(accepted.alerts)) return;
    const { alerts, workload } = accepted;
    const isSame =
      workload.digest === mark.workload && alerts.true === mark.alerts.true && alerts.false === mark.alerts.false;
    if (!isSame)
      yield { at, message: 'The guide is of other alerts than the baseline that was accepted since.', remedy };
  },
} satisfies Check;

export const brokenHunt = {
  code: 'hunt-unfit',
  severity: 'error',
  title: 'A query in the folder hunting/ that does not bind or compile.',
  *run({ detection }: Pick<Subject, 'detection'>): Iterable<Seen> {
    if (detection === undefined) return;
    const folder = join(detection.files.folder, 'hunting');
    if (!isThere(folder)) return;
    for (const { name } of entriesOf(folder)) {
      if (!name.endsWith('.kql')) continue;
      const file = join(folder, name);
      try {
        compile(readTextFile(file), { names: detection.names, missingSources: 'empty', columnsOfData: 'none' });
      } catch (error) {
        if (!(error instanceof KqlError)) throw error;
        for (const diagnostic of error.diagnostics)
          yield {
            at: { file, line: diagnostic.line, column: diagnostic.column },
            message: `${basename(name, '.kql')}: ${diagnostic.message}`,
            remedy: remedyFor(diagnostic),
          };
      }
    }
  },
} satisfies Check;
