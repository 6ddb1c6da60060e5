import { describe, expect, it } from 'vitest';
import { markedSingletons } from './marked-singletons.js';

class Marked {
  readonly is = 'marked';
}
class Other {
  readonly is = 'other';
}

const made = (metatype: unknown, instance: unknown, isStatic = true, inject?: unknown[]) => {
  return { metatype, instance, isDependencyTreeStatic: () => isStatic, ...(inject && { inject }) };
};
type Made = ReturnType<typeof made>;
const moduleOf = (providers: readonly Made[], controllers: readonly Made[] = []) => ({
  providers: new Map(providers.entries()),
  controllers: new Map(controllers.entries()),
});

describe('markedSingletons', () => {
  const find = (...modules: readonly ReturnType<typeof moduleOf>[]) =>
    markedSingletons(
      new Map(modules.entries()),
      ['providers'],
      (type) => (type.prototype === Marked.prototype ? ['a', 'b'] : []),
      (name, mark) => new TypeError(`${name} ${mark}`),
    );

  it('finds what has marks, once for each of them, in however many modules it is', () => {
    const [marked, factorys] = [new Marked(), new Marked()];
    const providers = [
      ...[made(Marked, marked), made(Other, new Other()), made(null, 7)],
      made(() => factorys, factorys, true, []),
    ];
    expect(find(moduleOf(providers), moduleOf([made(Marked, marked)], [made(Marked, new Marked())]))).toEqual([
      { instance: marked, mark: 'a' },
      { instance: marked, mark: 'b' },
      { instance: factorys, mark: 'a' },
      { instance: factorys, mark: 'b' },
    ]);
  });

  it('refuses one that is made per request', () => {
    expect(() => find(moduleOf([made(Marked, undefined, false)]))).toThrow('Marked a');
    expect(find(moduleOf([made(Other, undefined, false)]))).toEqual([]);
  });
});
