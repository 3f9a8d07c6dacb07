/**
 * The walls of the house: data flows one way, from scenarios through rules and measurements to reports.
 *
 * TypeScript is read with swc: dependency-cruiser cannot use the TypeScript 7 compiler.
 */
const PROJECT = '^(harness|simulators|reports|detections|bench|test)/';

/** What knows nothing of rules and detections, and so may be used on either side of the wall. */
const NEUTRAL = '^harness/(tables/|files/|engine/duckdb\\.ts$|kql/(types|errors|sql/literal)\\.ts$|kql/values/)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'kql-stands-alone',
      comment: 'harness/kql imports nothing of the project but its own.',
      severity: 'error',
      from: { path: '^harness/kql/' },
      to: { path: PROJECT, pathNot: '^harness/kql/' },
    },
    {
      name: 'functions-know-neither-parser-nor-duckdb',
      comment: 'A compiled rule from the cache starts without the parser, and values are plain TypeScript.',
      severity: 'error',
      from: { path: '^harness/kql/(functions|values)/' },
      to: { path: '@kusto/|@duckdb/|^harness/kql/(syntax\\.ts|bind/)', reachable: true },
    },
    {
      name: 'tables-know-no-rules',
      comment: 'Schemas and readers use the types of KQL and DuckDB, nothing above them.',
      severity: 'error',
      from: { path: '^harness/tables/' },
      to: { path: PROJECT, pathNot: ['^harness/tables/', NEUTRAL] },
    },
    {
      name: 'simulators-see-no-rule',
      comment: 'No scenario can be shaped to a rule that it cannot see.',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: PROJECT, pathNot: ['^simulators/', NEUTRAL] },
    },
    {
      name: 'reports-see-only-the-measurement',
      comment: 'Every format renders the same document, so that they agree, and gives what may be printed.',
      severity: 'error',
      from: { path: '^reports/' },
      to: {
        path: PROJECT,
        pathNot:
          '^(reports/|harness/measure/measurement\\.ts$|harness/[a-z]+/result\\.ts$|harness/files/printable\\.ts$)',
      },
    },
    {
      name: 'nobody-imports-the-cli',
      comment: 'The command line wires parts and decides nothing, so nothing can need it.',
      severity: 'error',
      from: { pathNot: '^(harness/cli|test)/' },
      to: { path: '^harness/cli/' },
    },
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'A path that leads nowhere would slip past every other wall.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment:
        'What the package runs on is among its dependencies; vitest is the host of the matchers, so it is a peer, and types alone leave nothing to run.',
      severity: 'error',
      from: { path: '^(harness|simulators|reports)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/(vitest|@types)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
