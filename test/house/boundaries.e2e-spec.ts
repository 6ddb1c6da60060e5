import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlantedHouse } from './support/planted-house.js';
import { plantHouse } from './support/planted-house.js';

interface Planted {
  /** What breaks the rule, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The crossings the check must name, without the rule. */
  readonly crossings: readonly string[];
}

interface Cruise {
  /** What the check complains about, a line each. */
  readonly faults: readonly string[];
  readonly passed: boolean;
}

const run = promisify(execFile);
const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  forbidden: { name: string }[];
};
const uses = (...specifiers: string[]): string => specifiers.map((specifier) => `import '${specifier}';\n`).join('');

async function cruise(root: string): Promise<Cruise> {
  const { stderr, passed } = await run(process.execPath, ['tools/check-boundaries.js', root]).then(
    (ended) => ({ stderr: ended.stderr, passed: true }),
    (failure: unknown) => ({ stderr: (failure as { stderr: string }).stderr, passed: false }),
  );
  return { faults: stderr.split('\n').filter((line) => /^\S/.test(line)), passed };
}

const upward = (library: string, above: string): Planted => ({
  files: { [`libs/${library}/src/nest/upward.ts`]: uses(`@annals/${above}`) },
  crossings: [`libs/${library}/src/nest/upward.ts → libs/${above}/src/index.ts`],
});

/** One file for each way to cross a boundary, by the rule that forbids it. */
const PLANTED: Readonly<Record<string, Planted>> = {
  'direction-message': upward('message', 'log'),
  'direction-postgres': upward('postgres', 'log'),
  'direction-log': upward('log', 'event-store'),
  'direction-event-store': upward('event-store', 'bus'),
  'direction-bus': upward('bus', 'event-store'),
  'direction-cqrs': upward('cqrs', 'saga'),
  'direction-saga': upward('saga', 'console'),
  'direction-console': {
    files: { 'libs/console/src/page.ts': uses('../../../apps/shop/src/main.js'), 'apps/shop/src/main.ts': '' },
    crossings: ['libs/console/src/page.ts → apps/shop/src/main.ts'],
  },
  'every-library-has-a-place': {
    files: { 'libs/attic/src/index.ts': '', 'apps/shop/src/attic.ts': uses('../../../libs/attic/src/index.js') },
    crossings: ['apps/shop/src/attic.ts → libs/attic/src/index.ts'],
  },
  'no-circular': {
    files: { 'libs/log/src/hen.ts': uses('./egg.js'), 'libs/log/src/egg.ts': uses('./hen.js') },
    crossings: ['libs/log/src/egg.ts → libs/log/src/hen.ts → libs/log/src/egg.ts'],
  },
  resolvable: {
    files: { 'libs/log/src/lost.ts': uses('@annals/message/nowhere', 'not-installed') },
    crossings: ['libs/log/src/lost.ts → @annals/message/nowhere', 'libs/log/src/lost.ts → not-installed'],
  },
  'front-door-only': {
    files: {
      'libs/message/src/inside.ts': '',
      'libs/log/src/back-door.ts': uses('../../message/src/inside.js'),
      'apps/shop/src/back-door.ts': uses('../../../libs/message/src/inside.js'),
    },
    crossings: [
      'apps/shop/src/back-door.ts → libs/message/src/inside.ts',
      'libs/log/src/back-door.ts → libs/message/src/inside.ts',
    ],
  },
  'apps-are-not-imported': {
    files: { 'apps/other/src/main.ts': uses('../../shop/src/cart.js'), 'apps/shop/src/cart.ts': '' },
    crossings: ['apps/other/src/main.ts → apps/shop/src/cart.ts'],
  },
  'testing-stays-in-tests': {
    files: {
      'libs/event-store/src/contract.ts': uses('@annals/log/testing', './stream.spec.js', './testing/index.js'),
      'libs/event-store/src/stream.spec.ts': uses('@annals/log/testing'),
      'libs/event-store/src/testing/store-contract.ts': uses('@annals/log/testing'),
      'apps/shop/src/fake.ts': uses('./importing/testing/fixture.js'),
      'apps/shop/src/importing/testing/fixture.ts': '',
    },
    crossings: [
      'apps/shop/src/fake.ts → apps/shop/src/importing/testing/fixture.ts',
      'libs/event-store/src/contract.ts → libs/event-store/src/stream.spec.ts',
      'libs/event-store/src/contract.ts → libs/event-store/src/testing/index.ts',
      'libs/event-store/src/contract.ts → libs/log/src/testing/index.ts',
    ],
  },
  'test-tools-stay-in-tests': {
    files: { 'libs/log/src/probe.ts': uses('vitest'), 'libs/log/src/probe.int-spec.ts': uses('vitest') },
    crossings: ['libs/log/src/probe.ts → node_modules/vitest/index.js'],
  },
  'nest-at-the-edge': {
    files: {
      'libs/cqrs/src/commanding/bus.ts': uses('@nestjs/common'),
      'libs/cqrs/src/nest/cqrs-module.ts': uses('@nestjs/common'),
    },
    crossings: ['libs/cqrs/src/commanding/bus.ts → node_modules/@nestjs/common/index.js'],
  },
  'nest-is-not-inside': {
    files: { 'libs/cqrs/src/commanding/wiring.ts': uses('../nest/cqrs-module.js') },
    crossings: ['libs/cqrs/src/commanding/wiring.ts → libs/cqrs/src/nest/cqrs-module.ts'],
  },
  'drivers-live-in-engines': {
    files: {
      'libs/log/src/core.ts': uses('pg', 'typeorm', '@annals/postgres'),
      'libs/log/src/engines/postgres/log.ts': uses('pg', 'typeorm', '@annals/postgres'),
    },
    crossings: [
      'libs/log/src/core.ts → libs/postgres/src/index.ts',
      'libs/log/src/core.ts → node_modules/pg/index.js',
      'libs/log/src/core.ts → node_modules/typeorm/index.js',
    ],
  },
  'projections-see-types-of-typeorm-only': {
    files: { 'libs/cqrs/src/projecting/raw.ts': `import type { Client } from 'pg';\nexport type Raw = Client;\n` },
    crossings: ['libs/cqrs/src/projecting/raw.ts → node_modules/pg/index.js'],
  },
  'projections-never-run-typeorm': {
    files: {
      'libs/cqrs/src/projecting/handed.ts': `import type { EntityManager } from 'typeorm';\nexport type Handed = EntityManager;\n`,
      'libs/cqrs/src/projecting/taken.ts': uses('typeorm'),
    },
    crossings: ['libs/cqrs/src/projecting/taken.ts → node_modules/typeorm/index.js'],
  },
  'engines-wired-only-by-nest': {
    files: { 'libs/log/src/choice.ts': uses('./engines/postgres/log.js') },
    crossings: ['libs/log/src/choice.ts → libs/log/src/engines/postgres/log.ts'],
  },
  'engines-are-strangers': {
    files: {
      'libs/log/src/engines/in-memory/log.ts': uses('../postgres/log.js', './ring.js'),
      'libs/log/src/engines/in-memory/ring.ts': '',
    },
    crossings: ['libs/log/src/engines/in-memory/log.ts → libs/log/src/engines/postgres/log.ts'],
  },
  'named-by-the-concept': {
    files: {
      'apps/shop/src/cart-page.ts': uses('./utils.js', './helpers/money.js', './CartItem.js'),
      'apps/shop/src/utils.ts': '',
      'apps/shop/src/helpers/money.ts': '',
      'apps/shop/src/CartItem.ts': '',
    },
    crossings: [
      'apps/shop/src/cart-page.ts → apps/shop/src/CartItem.ts',
      'apps/shop/src/cart-page.ts → apps/shop/src/helpers/money.ts',
      'apps/shop/src/cart-page.ts → apps/shop/src/utils.ts',
    ],
  },
};

describe('The boundary check', () => {
  let house: PlantedHouse;
  let found: Cruise;

  beforeAll(async () => {
    house = await plantHouse(
      Object.assign({}, ...Object.values(PLANTED).map(({ files }) => files)) as Planted['files'],
    );
    found = await cruise(house.root);
  });
  afterAll(() => house.remove());

  it('fails', () => {
    expect(found.passed).toBe(false);
  });

  it.each(forbidden)('names what crosses $name, and nothing else by that name', ({ name }) => {
    const named = found.faults
      .filter((fault) => fault.startsWith(`${name}: `))
      .map((fault) => fault.slice(name.length + 2));
    expect(named.sort()).toEqual(PLANTED[name]?.crossings);
  });

  it('passes a house in which nothing crosses', async () => {
    const sound = await plantHouse({});
    expect(await cruise(sound.root)).toEqual({ faults: [], passed: true });
    await sound.remove();
  });

  it('fails when the cruise overlooks a file', async () => {
    // The cruiser does not look into what it takes for installed packages.
    const overlooked = await plantHouse({ 'libs/log/src/node_modules-reader.ts': uses('@annals/saga') });
    expect(await cruise(overlooked.root)).toEqual({
      faults: ['not cruised: libs/log/src/node_modules-reader.ts'],
      passed: false,
    });
    await overlooked.remove();
  });
});
