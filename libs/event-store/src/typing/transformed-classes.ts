import { createRequire } from 'node:module';

/** The part of class-transformer's storage that tells which classes have decorators of it. */
interface TransformerStorage {
  readonly _typeMetadatas?: Map<unknown, unknown>;
  readonly _transformMetadatas?: Map<unknown, unknown>;
  readonly _exposeMetadatas?: Map<unknown, unknown>;
  readonly _excludeMetadatas?: Map<unknown, unknown>;
}

// It has no public way to ask. Its CommonJS build is what `import 'class-transformer'` loads in Node, so this is the
// storage that the application's decorators write to.
const { defaultMetadataStorage: storage } = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
  readonly defaultMetadataStorage: TransformerStorage;
};

/** Whether a class, or one it extends, has decorators of class-transformer (`@Type`, `@Transform`, `@Expose`, `@Exclude`). */
export function isTransformed(eventClass: object): boolean {
  const maps = [
    storage._typeMetadatas,
    storage._transformMetadatas,
    storage._exposeMetadatas,
    storage._excludeMetadatas,
  ];
  // Another release may keep them elsewhere: then the slow way is the right one for every class.
  if (maps.some((map) => map === undefined)) return true;
  for (let target: unknown = eventClass; typeof target === 'function'; target = Object.getPrototypeOf(target)) {
    if (maps.some((map) => map?.has(target))) return true;
  }
  return false;
}
