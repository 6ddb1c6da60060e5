/** The prototypes that an instance or a prototype inherits from, itself included when it is one, the farthest first. */
export function prototypesOf(of: object): readonly object[] {
  const prototypes: object[] = [];
  for (let at: object | null = of; at !== null; at = Object.getPrototypeOf(at) as object | null) prototypes.unshift(at);
  return prototypes;
}
