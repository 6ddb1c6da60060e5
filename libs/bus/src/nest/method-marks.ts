/** What a decorator says of methods, kept at their class. */
export class MethodMarks<Mark extends { readonly method: string }> {
  readonly #key = Symbol('annals:marks');

  /** @param purposeOf a mark: for one purpose a method has one, that of the class nearest to the instance */
  constructor(private readonly purposeOf: (mark: Mark) => string) {}

  /** @param markOf makes the mark from the method's name */
  decorator(markOf: (method: string) => Mark): MethodDecorator {
    return (prototype, method) => {
      const value = [...this.#own(prototype), markOf(String(method))];
      Object.defineProperty(prototype, this.#key, { value, configurable: true });
    };
  }

  /** Those of a class, its superclasses' included; an overriding one wins. */
  of(type: { readonly prototype: unknown }): readonly Mark[] {
    const found = new Map<string, Mark>();
    for (let at: unknown = type.prototype; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
      for (const mark of this.#own(at)) {
        const name = `${mark.method} ${this.purposeOf(mark)}`;
        if (!found.has(name)) found.set(name, mark);
      }
    }
    return [...found.values()];
  }

  #own(prototype: object): readonly Mark[] {
    return (Object.getOwnPropertyDescriptor(prototype, this.#key)?.value as readonly Mark[] | undefined) ?? [];
  }
}
