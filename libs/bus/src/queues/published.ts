/** What became of a message that was published. */
export interface Published {
  readonly messageId: string;
  /** Whether it is, or will be, in a queue; a delayed one is routed later, so this is true for it. */
  readonly routed: boolean;
}
