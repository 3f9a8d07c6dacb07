import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { Sandbox } from './folder.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const SAMPLES = `samples:
  network: { Protocol: Tcp, RemotePort: 443 }
  shell: { like: network, InitiatingProcessFileName: powershell.exe }
`;

function tests(rows: string, expectation = '{ alerts: 0 }', samples = SAMPLES): Record<string, string> {
  const events = `      DeviceNetworkEvents:\n${rows}`;
  return { 'tests.yaml': `${samples}tests:\n  - name: a\n    events:\n${events}\n    expect: ${expectation}\n` };
}

const refusal = (changes: Record<string, string>): string => sandbox.refusal(changes);

describe('samples', () => {
  it('give rows their columns, of which a row may say others, and one row comes of each value', () => {
    const rows = `        - { like: shell, RemotePort: 80, each: { RemoteUrl: [t.me, x.com], DeviceId: [a, b] } }
        - { like: [shell, network] }`;
    const [test] = readDetection(
      sandbox.detection(tests(rows, '{ rows: [{ each: { RemoteUrl: [t.me, x.com] } }] }')),
    ).tests;
    const shell = { Protocol: 'Tcp', InitiatingProcessFileName: 'powershell.exe' };
    expect(test?.events?.['DeviceNetworkEvents']).toEqual([
      { ...shell, RemotePort: 80, RemoteUrl: 't.me', DeviceId: 'a' },
      { ...shell, RemotePort: 80, RemoteUrl: 't.me', DeviceId: 'b' },
      { ...shell, RemotePort: 80, RemoteUrl: 'x.com', DeviceId: 'a' },
      { ...shell, RemotePort: 80, RemoteUrl: 'x.com', DeviceId: 'b' },
      { ...shell, RemotePort: 443 },
    ]);
    expect(test?.expect).toEqual({ rows: [{ RemoteUrl: 't.me' }, { RemoteUrl: 'x.com' }] });
  });

  it('leave every value at the place where it is written', () => {
    const rows = `        - { like: shell, each: { RemoteUrl: [t.me, x.com] } }
        - { like: shell, RemotePort: eighty }`;
    const detection = readDetection(sandbox.detection(tests(rows)));
    const [test] = detection.tests;
    if (test === undefined) throw new Error('There is no test.');
    const at = (path: (string | number)[]) => {
      const { line, column } = detection.placeInTests(test, path);
      return [line, column];
    };
    expect(at(['events', 'DeviceNetworkEvents', 1, 'RemoteUrl'])).toEqual([8, 11]);
    expect(at(['events', 'DeviceNetworkEvents', 2, 'RemotePort'])).toEqual([9, 38]);
    expect(at(['expect', 'alerts'])).toEqual([10, 23]);
  });

  it('that are not there, are like themselves, or are more than one row are refused', () => {
    expect(refusal(tests('        - { like: shel }'))).toMatch(
      /^tests.yaml:8:19: There is no sample 'shel' under 'samples'\. Did you mean 'shell'\?$/,
    );
    const like = (samples: string): string => refusal(tests('        - {}', undefined, `samples:\n${samples}`));
    expect(like('  a: { like: b }\n  b: { like: a }\n')).toMatch(/^tests.yaml:3:14: The sample 'a' is like itself\.$/);
    expect(like('  a: { like: b }\n')).toMatch(/^tests.yaml:2:14: There is no sample 'b'/);
    expect(like('  a: { each: { X: [1] } }\n')).toMatch(/2:6: .*a sample is one row: 'each' is for tests/);
    const many = Array.from({ length: 101 }, (_, i) => i).join(', ');
    expect(refusal(tests(`        - { each: { A: [${many}], B: [${many}] } }`))).toMatch(
      /8:19: The rows come to 10201 here\. The limit is 10,000;/,
    );
  });
});
