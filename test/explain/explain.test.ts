import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { eventInFile } from '../../harness/explain/event.js';
import { explain } from '../../harness/explain/explain.js';
import type { Explanation } from '../../harness/explain/result.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { explanationTerminal } from '../../reports/explanation.js';
import { Sandbox } from '../detections/folder.js';

const CATALOG = builtInCatalog('defender-xdr');

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

async function explained(rule: string, events: string): Promise<Explanation> {
  const detection = readDetection(sandbox.detection({ 'rule.kql': rule }));
  const event = await eventInFile(sandbox.file('event.yaml', events), detection, CATALOG);
  return await explain(detection, event, CATALOG).finally(event.close);
}

const SHELL = `DeviceNetworkEvents
| where RemoteUrl has_any ("pastebin.com", "github.com") and RemotePort == 443
| where InitiatingProcessFileName =~ "powershell.exe" or InitiatingProcessFileName in~ ("cmd.exe", "pwsh.exe")
| extend Paste = RemoteUrl has "pastebin.com"
| project DeviceName, RemoteUrl, Paste`;

describe('explaining an event', () => {
  it('marks each clause of the rule with what it said, and where the event dropped out', async () => {
    const explanation = await explained(
      SHELL,
      `events:
  DeviceNetworkEvents:
    - { RemoteUrl: gist.github.com, RemotePort: 443, InitiatingProcessFileName: git.exe }
`,
    );
    expect(
      explanationTerminal(explanation, { color: false, width: 120 }),
    ).toBe(`✘ shell-lookup  drops this event of DeviceNetworkEvents at 3:9, InitiatingProcessFileName =~ "powershell.exe" or Initia…
  RemoteUrl "gist.github.com"
  RemotePort 443
  InitiatingProcessFileName "git.exe"

   1  DeviceNetworkEvents
   2  | where RemoteUrl has_any ("pastebin.com", "github.com") and RemotePort == 443
              ✔ true: RemoteUrl is "gist.github.com", by "github.com"
                                                                   ✔ true: RemotePort is 443
   3  | where InitiatingProcessFileName =~ "powershell.exe" or InitiatingProcessFileName in~ ("cmd.exe", "pwsh.exe")
              ✘ false: InitiatingProcessFileName is "git.exe"
                                                               ✘ false: InitiatingProcessFileName is "git.exe" ← here it dropped out
   4  | extend Paste = RemoteUrl has "pastebin.com"
                       · the event did not come this far
   5  | project DeviceName, RemoteUrl, Paste

It would be an alert if
  InitiatingProcessFileName were "cmd.exe" rather than "git.exe"
`);
  });

  it('tells what every clause of a where said, also behind the one that stopped the event', async () => {
    const explanation = await explained(
      `DeviceNetworkEvents
| where RemotePort == 443 and (RemoteUrl has "pastebin.com" or RemoteUrl has "github.com") and InitiatingProcessFileName =~ "cmd.exe"`,
      `events:
  DeviceNetworkEvents:
    - { RemoteUrl: pastebin.com, RemotePort: 80, InitiatingProcessFileName: cmd.exe }
`,
    );
    const [step] = explanation.steps;
    const said = step?.kind === 'where' ? step.parts.map(({ text, value, decides }) => [text, value, decides]) : [];
    expect(said.filter(([text]) => text !== '"pastebin.com"')).toEqual([
      ['RemotePort == 443', false, true],
      ['RemoteUrl has "pastebin.com"', true, false],
      ['RemoteUrl has "github.com"', false, false],
      ['InitiatingProcessFileName =~ "cmd.exe"', true, false],
    ]);
    expect(explanationTerminal(explanation, { color: false, width: 120 })).toMatch(
      /✘ false: RemotePort is 80 ← here it dropped out$/m,
    );
  });

  const PAIRS = `DeviceProcessEvents
| where FileName =~ "mshta.exe"
| join kind=inner (DeviceNetworkEvents | where RemotePort == 443) on DeviceId
| summarize Sites = dcount(RemoteUrl) by DeviceId
| where Sites >= 2`;

  it('tells what about the events beside it would turn the outcome: at a join, and at a threshold', async () => {
    const explanation = await explained(
      PAIRS,
      `events:
  DeviceProcessEvents:
    - { DeviceId: d, FileName: mshta.exe }
  DeviceNetworkEvents:
    - { DeviceId: d, RemotePort: 443, RemoteUrl: a.example }
    - { Timestamp: '2026-03-02T11:00:00Z', DeviceId: d, RemotePort: 80, RemoteUrl: b.example }
`,
    );
    expect(explanation.flips).toEqual([]);
    expect(explanation.partnerFlips).toEqual([
      {
        what: 'field',
        table: 'DeviceNetworkEvents',
        place: 2,
        at: '2026-03-02T11:00:00Z',
        column: 'RemotePort',
        from: 80,
        to: 443,
      },
    ]);
    expect(explanationTerminal(explanation, { color: false, width: 120 })).toMatch(
      /It would be an alert if\n {2}RemotePort of event 2 of DeviceNetworkEvents \(2026-03-02T11:00:00Z\) were 443 rather than 80\n$/,
    );
  });

  it('tells how often an event would have to come, and with what', async () => {
    const explanation = await explained(
      'DeviceNetworkEvents | summarize Sites = dcount(RemoteUrl) by DeviceName | where Sites >= 4',
      `events:
  DeviceNetworkEvents:
    - { DeviceName: h, RemoteUrl: a.example }
    - { DeviceName: h, RemoteUrl: b.example }
`,
    );
    expect(explanation.partnerFlips).toEqual([{ what: 'again', times: 2, column: 'RemoteUrl' }]);
    expect(explanationTerminal(explanation, { color: false, width: 120 })).toMatch(
      /the event came 2 times more, each time with another RemoteUrl\n$/,
    );
  });

  it('tells which of the events beside it kept an event from being one, or made it one', async () => {
    const explanation = await explained(
      `DeviceNetworkEvents
| join kind=leftanti (DeviceProcessEvents | where FileName =~ "setup.exe") on DeviceId`,
      `events:
  DeviceNetworkEvents:
    - { DeviceId: d, RemoteUrl: a.example }
  DeviceProcessEvents:
    - { DeviceId: d, FileName: setup.exe }
`,
    );
    expect(explanation.partnerFlips).toContainEqual({ what: 'absent', table: 'DeviceProcessEvents', place: 1 });
  });

  it('looks at what becomes of the event itself, whatever else is an alert', async () => {
    const explanation = await explained(
      SHELL,
      `events:
  DeviceNetworkEvents:
    - { RemoteUrl: pastebin.com, RemotePort: 80, InitiatingProcessFileName: cmd.exe }
    - { RemoteUrl: pastebin.com, RemotePort: 443, InitiatingProcessFileName: cmd.exe }
`,
    );
    expect(explanation.flips).toEqual([{ column: 'RemotePort', from: 80, to: 443 }]);
    expect(explanation.partnerFlips).toBeUndefined();
  });

  it('looks into columns that the data makes', async () => {
    const explanation = await explained(
      `DeviceEvents
| extend Bag = parse_json(AdditionalFields)
| evaluate bag_unpack(Bag)
| where Command has "curl" and isnotempty(Target)`,
      `events:
  DeviceEvents:
    - { AdditionalFields: '{"Command":"curl x"}' }
    - { AdditionalFields: '{"Target":"y"}' }
`,
    );
    expect(explanation.steps.at(-1)).toMatchObject({ kind: 'where', value: false, values: { Command: 'curl x' } });
  });

  it('tells of an event that is returned what would lose it, the nearest first', async () => {
    const explanation = await explained(
      SHELL,
      `now: '2026-03-02T12:00:00Z'
events:
  DeviceNetworkEvents:
    - { RemoteUrl: pastebin.com, RemotePort: 443, InitiatingProcessFileName: cmd.exe }
`,
    );
    expect(explanation.returned).toBe(true);
    expect(explanation.droppedAt).toBeUndefined();
    expect(explanation.steps.at(-1)).toMatchObject({ kind: 'column', makes: 'Paste', value: true });
    expect(explanation.flips).toEqual([
      { column: 'RemoteUrl', from: 'pastebin.com', to: 'xpastebin.com' },
      { column: 'InitiatingProcessFileName', from: 'cmd.exe', to: 'xcmd.exe' },
      { column: 'RemotePort', from: 443, to: 444 },
    ]);
  });

  it('tells the group that an event fell into, and the threshold that the group missed', async () => {
    const explanation = await explained(
      `DeviceNetworkEvents
| where RemoteUrl has "pastebin.com"
| summarize Reads = count() by DeviceName
| where Reads > 2`,
      `events:
  DeviceNetworkEvents:
    - { DeviceName: a, RemoteUrl: pastebin.com }
    - { DeviceName: a, RemoteUrl: pastebin.com }
    - { DeviceName: b, RemoteUrl: pastebin.com }
`,
    );
    expect(explanation.steps[1]).toMatchObject({
      kind: 'group',
      events: 2,
      values: { DeviceName: 'a', Reads: 2 },
      line: 3,
    });
    expect(explanation.droppedAt).toBe(2);
    expect(explanation.steps[2]).toMatchObject({
      kind: 'where',
      text: 'Reads > 2',
      value: false,
      values: { Reads: 2 },
    });
  });

  it('tells the partners that an event found on the other side of a join, or that there were none', async () => {
    const rule = `DeviceNetworkEvents
| where RemoteUrl has "pastebin.com"
| join kind=inner (DeviceProcessEvents | where FileName =~ "cmd.exe") on DeviceName
| project DeviceName, FileName`;
    const events = (process: string): string => `events:
  DeviceNetworkEvents:
    - { DeviceName: a, RemoteUrl: pastebin.com }
  DeviceProcessEvents:
    - { DeviceName: a, FileName: ${process} }
    - { DeviceName: a, FileName: ${process} }
    - { DeviceName: b, FileName: cmd.exe }
`;
    const met = await explained(rule, events('cmd.exe'));
    expect(met.returned).toBe(true);
    const join = { kind: 'join', join: 'inner', side: 'left', values: { DeviceName: 'a' } };
    expect(met.steps.find(({ kind }) => kind === 'join')).toMatchObject({ ...join, partners: 2 });
    const alone = await explained(rule, events('calc.exe'));
    expect(alone.returned).toBe(false);
    const step = alone.steps.findIndex(({ kind }) => kind === 'join');
    expect(alone.steps[step]).toMatchObject({ ...join, partners: 0, text: 'on DeviceName', line: 3, column: 71 });
    expect(alone.droppedAt).toBe(step);
  });

  it('tells which partners were missing, how near the others come, and where the right ones dropped out', async () => {
    const rule = `DeviceNetworkEvents
| join kind=inner (
    DeviceProcessEvents
    | where FileName =~ "cmd.exe"
    | project Host = DeviceName, Pid = ProcessId
  ) on $left.DeviceName == $right.Host, $left.InitiatingProcessId == $right.Pid`;
    const events = (process: string): string => `events:
  DeviceNetworkEvents:
    - { DeviceName: a, InitiatingProcessId: 7 }
  DeviceProcessEvents:
    - { DeviceName: a, ProcessId: 8, FileName: cmd.exe }
    - { DeviceName: b, ProcessId: 9, FileName: cmd.exe }
${process}`;
    const near = await explained(rule, events(''));
    const join = near.steps.find(({ kind }) => kind === 'join');
    expect(join).toMatchObject({
      partners: 0,
      missing: {
        tables: ['DeviceProcessEvents'],
        rows: 2,
        keys: [
          { name: 'Host', rows: 1 },
          { name: 'Pid', rows: 0 },
        ],
      },
    });
    expect(near.flips).toEqual([{ column: 'InitiatingProcessId', from: 7, to: 8 }]);
    const kept = await explained(rule, events('    - { DeviceName: a, ProcessId: 7, FileName: calc.exe }\n'));
    expect(kept.steps.find(({ kind }) => kind === 'join')).toMatchObject({
      missing: { keptOut: { line: 4, text: 'FileName =~ "cmd.exe"', rows: 1 } },
    });
    expect(explanationTerminal(kept, { color: false, width: 100 })).toContain(
      `  ) on $left.DeviceName == $right.Host, $left.InitiatingProcessId == $right.Pid
          ▲ from the left of a join (inner) it met 0 rows with DeviceName "a", InitiatingProcessId 7 ← here it dropped out
            the other side holds 2 rows of DeviceProcessEvents: 1 with this Host, 0 with this Pid
            1 row with all of these dropped out on its way at 4:13, FileName =~ "cmd.exe"`,
    );
  });

  it('sets apart what belongs to an event among many, to find what turns it', async () => {
    const rule = `DeviceNetworkEvents
| where RemoteUrl has "pastebin.com"
| summarize n = count() by DeviceName
| where n >= 2`;
    const events = `events:
  DeviceNetworkEvents:
    - { DeviceName: a, RemoteUrl: pastebin.com }
    - { DeviceName: a, RemoteUrl: pastebin.com }
    - { DeviceName: b, RemoteUrl: pastebin.com }
`;
    const detection = readDetection(sandbox.detection({ 'rule.kql': rule }));
    const event = await eventInFile(sandbox.file('event.yaml', events), detection, CATALOG);
    const found = await explain(detection, { ...event, events: undefined }, CATALOG).finally(event.close);
    expect(found).toMatchObject({ returned: true, among: 2 });
    expect(found.flips.map(({ column }) => column).sort()).toEqual(['DeviceName', 'RemoteUrl']);
    expect(found.steps.find(({ kind }) => kind === 'group')).toMatchObject({ events: 2, values: { n: 2 } });
  });

  it('sets some of them apart where too many belong to it, and says so', async () => {
    const event = (name: string): string => `    - { DeviceName: a, RemoteUrl: ${name} }\n`;
    const file = sandbox.file(
      'event.yaml',
      `events:\n  DeviceNetworkEvents:\n${Array.from({ length: 250 }, () => event('pastebin.com')).join('')}`,
    );
    const told = async (most: number): Promise<Explanation> => {
      const rule = `DeviceNetworkEvents | where RemoteUrl has "pastebin.com" | summarize n = count() by DeviceName | where n >= ${most}`;
      const detection = readDetection(sandbox.detection({ 'rule.kql': rule }));
      const placed = await eventInFile(file, detection, CATALOG);
      return await explain(detection, { ...placed, events: undefined }, CATALOG).finally(placed.close);
    };
    const few = await told(2);
    expect(few).toMatchObject({ returned: true, amongSome: true });
    expect(few.flips.map(({ column }) => column)).toContain('RemoteUrl');
    expect(explanationTerminal(few, { color: false, width: 100 })).toContain(
      `It would be no alert beside ${(few.among ?? 0) - 1} of the events that it met if`,
    );
    // What such a rule sees in all of them, it does not see in some.
    expect((await told(240)).withoutFlips).toMatch(/^the rule does something else .* of the more than 200 events/);
  });

  it('names the place of an event that does not fit', async () => {
    await expect(explained(SHELL, 'events:\n  DeviceNetworkEvents:\n    - { RemoteUrll: x }\n')).rejects.toThrow(
      /event\.yaml:3:\d+: There is no column 'RemoteUrll'.*RemoteUrl/,
    );
    await expect(explained(SHELL, 'events: {}\n')).rejects.toThrow('The file holds no event.');
  });
});
