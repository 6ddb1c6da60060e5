import { ProducerFull } from './producer-full.js';

/** Bytes that wait to be sent, or for the answer; who would add to too many of them waits for room (Kafka's buffer.memory). */
export class SendBuffer {
  readonly #waiting: (() => void)[] = [];
  #bytes = 0;

  constructor(private readonly limits: { readonly bufferBytes: number; readonly maxBlockMs: number }) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Also for one that is larger than the buffer, when nothing else is in it. */
  hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.limits.bufferBytes;
  }

  /** Waits until there is room. @throws ProducerFull (`BUS_PRODUCER_FULL`) after `maxBlockMs` */
  async room(bytes: number): Promise<void> {
    const { bufferBytes, maxBlockMs } = this.limits;
    const late = AbortSignal.timeout(maxBlockMs);
    late.addEventListener('abort', () => this.#wake());
    while (!this.hasRoom(bytes)) {
      if (late.aborted) throw new ProducerFull(bufferBytes, maxBlockMs);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves when all that is in it is settled. */
  async empty(): Promise<void> {
    while (this.#bytes > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#waiting.length > 0) this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
