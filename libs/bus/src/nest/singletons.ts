import type { ModulesContainer } from '@nestjs/core';

/**
 * The providers and controllers of an application whose classes have marks.
 * @param marksOf the marks of a class
 * @param refuse makes the error for one that is made per request
 */
export function markedSingletons<Mark>(
  modules: ModulesContainer,
  marksOf: (type: { readonly prototype: unknown }) => readonly Mark[],
  refuse: (name: string, mark: Mark) => Error,
): readonly { readonly instance: object; readonly mark: Mark }[] {
  const found = new Map<object, readonly Mark[]>();
  for (const module of modules.values()) {
    for (const wrapper of [...module.providers.values(), ...module.controllers.values()]) {
      const type: unknown = wrapper.inject ? (wrapper.instance as object | undefined)?.constructor : wrapper.metatype;
      const marks = typeof type === 'function' ? marksOf(type) : [];
      const [first] = marks;
      if (typeof type !== 'function' || first === undefined) continue;
      if (!wrapper.isDependencyTreeStatic()) throw refuse(type.name, first);
      found.set(wrapper.instance as object, marks);
    }
  }
  return [...found].flatMap(([instance, marks]) => marks.map((mark) => ({ instance, mark })));
}
