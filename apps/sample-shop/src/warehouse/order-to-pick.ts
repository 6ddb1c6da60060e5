/** An order whose goods are to be fetched from the shelves. */
export interface OrderToPick {
  readonly number: string;
  readonly lines: readonly { readonly stockCode: string; readonly quantity: number }[];
}
