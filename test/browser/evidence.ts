import type { AlertEvidence, Evidence } from '../../harness/evidence/result.js';

/** Alerts of the sample's scenarios, as many as asked for; the first has a hostile row. */
export function manyAlerts(count: number): Evidence {
  const rows = Array.from({ length: count }, (_, i): AlertEvidence => {
    const malicious = i % 17 === 0;
    return {
      verdict: malicious ? 'true' : 'false',
      scenario: malicious ? 'lookup-by-shell' : 'git-client',
      host: `ws-${String(i % 1000).padStart(4, '0')}.corp.example`,
      events: 1,
      event: String(i + 1),
      row: [
        new Date(1_768_176_000_000 + i * 800).toISOString(),
        i === 0 ? '<img src=x onerror=alert(1)>' : `process-${i % 40}.exe`,
        `process-${i % 40}.exe --fetch https://github.com/acme/tools-${i % 300}`,
        'github.com',
      ],
    };
  });
  return {
    alerts: { columns: ['Timestamp', 'InitiatingProcessFileName', 'InitiatingProcessCommandLine', 'RemoteUrl'], rows },
    activities: [
      {
        scenario: 'lookup-by-browser',
        activity: 12,
        host: 'ws-0003.corp.example',
        detected: false,
        events: [
          {
            id: '4711',
            time: '2026-01-12T09:30:00Z',
            table: 'DeviceNetworkEvents',
            role: 'lookup',
            returned: false,
            facts: { InitiatingProcessFileName: 'msedge.exe', RemoteUrl: 'pastebin.com' },
            explanation: 0,
          },
        ],
      },
    ],
    explanations: [
      {
        returned: false,
        droppedAt: 0,
        steps: [
          {
            kind: 'where',
            text: 'InitiatingProcessFileName !in~ (Browsers) // <script>',
            line: 4,
            column: 9,
            endLine: 4,
            endColumn: 50,
            tables: ['DeviceNetworkEvents'],
            rows: 1,
            values: { InitiatingProcessFileName: 'msedge.exe' },
            value: false,
            parts: [
              {
                kind: 'clause',
                text: 'InitiatingProcessFileName !in~ (Browsers)',
                value: false,
                decides: true,
                line: 4,
                column: 9,
                endLine: 4,
                endColumn: 50,
              },
            ],
          },
        ],
      },
    ],
  };
}
