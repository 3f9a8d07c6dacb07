import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { FileError } from '../../harness/files/errors.js';
import { runTests } from '../../harness/measure/unit-tests.js';
import { compileTraced } from '../../harness/measure/world.js';
import { Session } from '../../harness/watch/session.js';
import { GOOD, Sandbox } from '../detections/folder.js';
import { CATALOG } from '../measure/world.js';

const OPTIONS = { workload: {}, attackRate: 0.01 };

describe('Session.test', () => {
  it('finds what the tests find one by one', async () => {
    const shipped = readDetection(join('detections', 'dead-drop-repaired'));
    const detection = { ...shipped, tests: shipped.tests.filter(({ scenario }) => scenario === undefined) };
    const session = await Session.open(OPTIONS);
    const engine = await Engine.open();
    try {
      const one = await runTests(detection, compileTraced(detection.deployed.text, CATALOG), CATALOG, engine);
      expect(await session.test(detection)).toEqual(one);
      // Nothing of one run is left over for the next.
      expect(await session.test(detection)).toEqual(one);
    } finally {
      engine.close();
      session.close();
    }
  });

  it('names a test that cannot be run at its place', async () => {
    const sandbox = new Sandbox();
    const tests = (GOOD['tests.yaml'] ?? '').replace('RemoteUrl:', 'RemoteUri:');
    const detection = readDetection(sandbox.detection({ 'tests.yaml': tests }));
    const session = await Session.open(OPTIONS);
    try {
      await expect(session.test(detection)).rejects.toThrow(FileError);
      await expect(session.test(detection)).rejects.toThrow(/tests\.yaml:5:.*RemoteUri.*RemoteUrl/);
    } finally {
      session.close();
      sandbox.remove();
    }
  });
});
