/** A class, as far as it is read here. */
interface AnyClass {
  readonly name: string;
  readonly prototype: unknown;
}

/** A provider or controller in Nest's containers, as far as it is read here: this library goes without `@nestjs`. */
interface Wrapper {
  readonly inject?: unknown;
  readonly instance: unknown;
  readonly metatype: unknown;
  isDependencyTreeStatic(): boolean;
}

/** A module in Nest's containers. */
type Wrapped = Readonly<Record<'providers' | 'controllers', { values(): Iterable<Wrapper> }>>;

/** The class of a provider or controller, or of what a factory returned; undefined for what has none. */
export function classOf({ inject, instance, metatype }: Wrapper): AnyClass | undefined {
  const type: unknown = inject ? (instance as object | undefined)?.constructor : metatype;
  return typeof type === 'function' ? type : undefined;
}

/**
 * What an application has whose class has marks, once for each mark.
 * @param modules Nest's `ModulesContainer`
 * @param places where to look
 * @param marksOf the marks of a class
 * @param refuse makes the error for one that is made per request
 */
export function markedSingletons<Mark>(
  modules: { values(): Iterable<Wrapped> },
  places: readonly (keyof Wrapped)[],
  marksOf: (type: AnyClass) => readonly Mark[],
  refuse: (name: string, mark: Mark) => Error,
): readonly { readonly instance: object; readonly mark: Mark }[] {
  const found = new Map<object, readonly Mark[]>();
  for (const module of modules.values()) {
    for (const wrapper of places.flatMap((place) => [...module[place].values()])) {
      const type = classOf(wrapper);
      const marks = type === undefined ? [] : marksOf(type);
      const [first] = marks;
      if (type === undefined || first === undefined) continue;
      if (!wrapper.isDependencyTreeStatic()) throw refuse(type.name, first);
      found.set(wrapper.instance as object, marks);
    }
  }
  return [...found].flatMap(([instance, marks]) => marks.map((mark) => ({ instance, mark })));
}
