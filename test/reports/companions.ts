import type { Advice } from '../../harness/advise/result.js';
import type { EvasionResult } from '../../harness/evade/result.js';
import type { Guide } from '../../harness/guide/result.js';
import type { MutationResult } from '../../harness/mutate/result.js';
import type { Tuning } from '../../harness/tune/result.js';
import type { Companions } from '../../reports/companions.js';

/** What mutating the sample's second detection found: one survivor, with a hostile witness. */
export function sampleMutation(): MutationResult {
  const at = { line: 3, column: 29, endLine: 3, endColumn: 56, clause: 'where RemoteUrl has_any (Domains)' };
  return {
    version: 1,
    detection: 'loud',
    title: 'Loud',
    rule: { file: 'loud/rule.kql', sha256: 'b'.repeat(64), source: '' },
    tests: ['reads a paste'],
    mutants: [
      {
        id: 0,
        mutator: 'drop-where',
        does: 'drops it',
        replacement: '',
        ...at,
        status: 'killed',
        killedBy: 'reads a paste',
      },
      {
        id: 1,
        mutator: 'change-match',
        does: 'matches <b>anywhere</b>',
        replacement: 'contains',
        ...at,
        status: 'survived',
        witness: { difference: '0 alerts by the rule, 1 by the mutant', test: '- name: </script><script>alert(1)\n' },
      },
      { id: 2, mutator: 'change-case', does: 'changes its case', replacement: '', ...at, status: 'equivalent' },
    ],
    score: 0.5,
    searched: 12,
  };
}

/** What tuning the sample's second detection found. */
export function sampleTuning(): Tuning {
  const rates = (mid: number): { low: number; mid: number; high: number } => ({ low: mid / 3, mid, high: mid * 3 });
  const point = (entries: number, remaining: number, trueLost: number): Tuning['curve'][number] => ({
    entries,
    removed: 800 - remaining,
    removedPerDayPer1000Hosts: 800 - remaining,
    remaining,
    remainingPerDayPer1000Hosts: remaining,
    trueLost,
    events: 0.01,
    hosts: 0.2,
  });
  return {
    version: 1,
    detection: 'loud',
    title: 'Loud',
    rule: { file: 'loud/rule.kql', sha256: 'b'.repeat(64) },
    workload: { name: 'enterprise', hosts: 1000, days: 1, seed: 1, rates: 'mid', digest: 'c0ffee' },
    settings: { budget: 2, maxTrueLost: 1, worstGrade: 'C', place: 'after line 3' },
    search: { method: 'exact', candidates: 40, safe: 12, compared: 12 },
    before: { alerts: { true: 50, false: 800 }, falsePerDayPer1000Hosts: rates(800), detected: 30 },
    after: { alerts: { true: 49, false: 90 }, falsePerDayPer1000Hosts: rates(90), detected: 29 },
    curve: [point(0, 800, 0), point(1, 300, 0), point(2, 90, 1)],
    split: {
      chosen: { falseAlerts: 400, removed: 360, detected: 15, lost: 0 },
      judged: { falseAlerts: 400, removed: 350, detected: 15, lost: 1 },
      unseenScenarios: 0.4,
    },
    exceptions: [
      {
        condition: 'InitiatingProcessFolderPath =~ "c:\\\\program files\\\\<git>"',
        reason: 'Git fetches over HTTPS.',
        grade: 'B',
        way: 'Write below Program Files, which takes an administrator.',
        fields: [{ field: 'InitiatingProcessFolderPath', kind: 'path', control: 'administrator' }],
        removed: 700,
        removedOnly: 650,
        removedPerDayPer1000Hosts: 700,
        chosenOn: 350,
        judgedOn: 350,
        scenarios: [{ scenario: 'git-client', alerts: 700 }],
        hides: [],
        lost: 1,
        evasions: [],
        blast: { events: 900, shareOfEvents: 0.01, hosts: 200, shareOfHosts: 0.2 },
      },
    ],
    rejected: [],
  };
}

/** What evading the sample's second detection found: two changes of one scenario, one of which hides it. */
export function sampleEvasion(): EvasionResult {
  const transformation = (id: string, title: string): EvasionResult['transformations'][number] => ({
    id,
    title,
    does: 'changes it',
    cost: { level: 'edit', why: 'a line' },
    requires: [],
    applies: 'always',
    sources: [],
  });
  const pair = (name: string, caught: number): EvasionResult['pairs'][number] => ({
    scenario: 'lookup-by-shell',
    transformation: name,
    activities: 5,
    caught,
    detected: caught > 2,
    cost: 'edit',
    needs: [],
  });
  return {
    version: 1,
    detection: 'loud',
    title: 'Loud',
    rule: { file: 'loud/rule.kql', sha256: 'b'.repeat(64), source: '' },
    workload: { name: 'enterprise', hosts: 100, days: 1, seed: 1, runs: 5, judged: 'row' },
    depth: 1,
    words: { disguises: [] },
    transformations: [transformation('other-service', 'other <service>'), transformation('url-case', 'Upper case')],
    scenarios: [
      {
        id: 'lookup-by-shell',
        title: 'Fetch with a shell',
        procedure: 'S0000',
        hiding: 'interpreter',
        activities: 5,
        caught: 5,
        detected: true,
        cheapest: { transformations: ['other-service'], cost: 'edit', effort: 1, needs: [] },
      },
    ],
    pairs: [pair('other-service', 0), pair('url-case', 5)],
    leftOut: [],
    stillDetected: { estimate: 0.5, low: 0.095, high: 0.905, n: 2 },
    detectedOfAll: { estimate: 0.5, low: 0.095, high: 0.905, n: 2 },
    clauses: [
      {
        text: 'RemoteUrl has_any (Domains)',
        line: 3,
        column: 29,
        endLine: 3,
        endColumn: 56,
        fields: ['RemoteUrl'],
        level: 1,
        why: 'a value that the attacker picks',
      },
    ],
    robustness: 1,
  };
}

const OVER = { name: 'enterprise', hosts: 100, days: 1, seed: 1, digest: 'c0ffee' };

/** What advising on the lists of the sample's second detection found: an entry to drop, and a service that they lack. */
export function sampleAdvice(): Advice {
  const worth = { alerts: { true: 50, false: 800 }, falsePerDayPer1000Hosts: 800, attacks: 30, procedures: 6 };
  const better = { alerts: { true: 50, false: 150 }, falsePerDayPer1000Hosts: 150, attacks: 30, procedures: 6 };
  return {
    version: 1,
    detection: 'loud',
    title: 'Loud',
    rule: { file: 'loud/rule.kql', sha256: 'b'.repeat(64) },
    workload: OVER,
    method: 'one scan',
    versions: 9,
    now: worth,
    entries: [
      {
        list: 'Domains',
        entry: '<i>sharepoint.com</i>',
        line: 1,
        column: 24,
        only: { alerts: { true: 0, false: 650 }, falsePerDayPer1000Hosts: 650, attacks: 0, procedures: 0 },
        advice: 'drop',
        why: 'it brings false alerts alone',
        hosts: [{ host: 'contoso.sharepoint.com', true: 0, false: 650 }],
      },
    ],
    additions: [
      {
        list: 'Domains',
        entry: 'paste.example',
        does: { alerts: { true: 5, false: 0 }, falsePerDayPer1000Hosts: 0, attacks: 5, procedures: 1 },
        procedures: [{ scenario: 'other-paste', title: 'Reads <another> paste', attacks: 5 }],
        usedBy: 1,
      },
    ],
    without: better,
    complete: { ...better, attacks: 35, procedures: 7 },
  };
}

/** What alerts of the sample's second detection look like, with a hostile command line. */
export function sampleGuide(): Guide {
  return {
    version: 1,
    detection: 'loud',
    title: 'Loud',
    rule: { sha256: 'b'.repeat(64) },
    workload: OVER,
    alerts: { true: 50, false: 800 },
    signs: [
      {
        id: 'shell',
        says: 'a shell asked',
        look: 'InitiatingProcessFileName',
        ofAttacks: 0.9,
        ofEveryday: 0.1,
        tells: 0.5,
      },
    ],
    scenarios: [
      {
        id: 'lookup-by-shell',
        title: 'Fetch with a <shell>',
        label: 'malicious',
        technique: 'T1102.001',
        activities: 5,
        detected: 5,
        alerts: 50,
        answers: [],
        facts: [
          {
            fact: 'command',
            column: 'InitiatingProcessCommandLine',
            values: { first: [{ value: 'sh -c "</script><script>alert(1)"', alerts: 50 }], others: 2 },
          },
        ],
        places: [{ role: 'lookup', values: { first: [{ value: 'pastebin.com', alerts: 50 }], others: 0 } }],
        signs: ['shell'],
        lookAlike: {
          scenario: 'git-client',
          title: 'Git client',
          alike: 0.4,
          differs: [{ sign: 'shell', here: true }],
        },
      },
    ],
    silent: [{ id: 'other-paste', title: 'Reads <another> paste', activities: 5 }],
  };
}

/** All that other commands found about the sample's second detection. */
export function sampleCompanions(): Companions {
  return {
    mutation: new Map([['loud', sampleMutation()]]),
    tuning: new Map([['loud', sampleTuning()]]),
    evasion: new Map([['loud', sampleEvasion()]]),
    advice: new Map([['loud', sampleAdvice()]]),
    guide: new Map([['loud', sampleGuide()]]),
  };
}
