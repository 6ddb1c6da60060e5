import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], testTimeout: number, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include, testTimeout, hookTimeout: testTimeout, globalSetup },
});

const CLUSTER = ['./test/support/cluster.ts'];

/**
 * The suffix tells the cost of a test: `.spec` needs no I/O, `.int-spec` one Postgres, `test/**.e2e-spec` the whole house.
 * `.hard-spec` (crashes, races, soaks) runs by `npm run test:hard` only.
 */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    setupFiles: ['./test/support/metadata.ts'],
    projects: [
      project('unit', ['{apps,libs}/**/*.spec.ts'], 10_000),
      project('int', ['{apps,libs}/**/*.int-spec.ts'], 30_000, CLUSTER),
      project('e2e', ['test/**/*.e2e-spec.ts'], 120_000, CLUSTER),
      project('hard', ['{apps,libs,test}/**/*.hard-spec.ts'], 300_000, CLUSTER),
    ],
  },
});
