import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes: DuckDB is native, and a crash there must not take the results of all files with it. Files share them,
    // since the parser takes longer to load and to warm up than most files to run.
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    // What is printed is tested as at a desk; tests of a build server say so.
    env: { GITHUB_ACTIONS: '' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
