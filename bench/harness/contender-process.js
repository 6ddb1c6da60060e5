// @ts-check
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./contender-child.js').Call} Call */
/** @typedef {import('./contender-child.js').Slice} Slice */

/** Contenders that need a newer Node than the project: one that npm installs. */
const NEWER_NODE = new Set(['pg-boss']);
const NODE = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

/**
 * Megabytes of each half, for every contender. With Node's own 16 what is in flight does not fit, grows old, and is collected at many
 * times the cost; it is what a guide tells users to set, so it is what they get.
 */
const YOUNG_GENERATION = '--max-semi-space-size=64';

const CHILD = fileURLToPath(new URL('./contender-child.js', import.meta.url));

/** A contender in a process of its own, on a database of its own. */
export class ContenderProcess {
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #calls = 0;
  #child;

  /** @param {string} name the module under contenders/ */
  constructor(name) {
    this.name = name;
    this.#child = fork(CHILD, [], {
      execArgv: ['--expose-gc', YOUNG_GENERATION],
      serialization: 'advanced',
      ...(NEWER_NODE.has(name) && { execPath: NODE }),
    });
    this.#child.on(
      'message',
      (/** @type {{ id: number, result?: unknown, error?: string }} */ { id, result, error }) => {
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error === undefined) waiting?.resolve(result);
        else waiting?.reject(new Error(`${name}: ${error}`));
      },
    );
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} ended with ${signal ?? code}`));
      this.#waiting.clear();
    });
  }

  /**
   * @param {string} name
   * @param {string} url its database
   * @param {number} streams how many streams its loads spread over
   */
  static async open(name, url, streams) {
    const contender = new ContenderProcess(name);
    try {
      await contender.#call({ call: 'open', name, url, streams });
    } catch (error) {
      contender.kill();
      throw error;
    }
    return contender;
  }

  /**
   * @param {Extract<Call, { call: 'drive' }>['drive']} drive
   * @param {unknown} [load]
   * @returns {Promise<Slice>}
   */
  drive(drive, load) {
    return this.#call({ call: 'drive', drive, load });
  }

  /** Rejects unless everything acknowledged, and nothing else, is stored without gaps. */
  async audit() {
    const { acknowledged, stored, gaps } = await this.#call({ call: 'audit' });
    if (stored === acknowledged && gaps === 0) return;
    throw new Error(`${this.name}: ${acknowledged} events acknowledged, ${stored} stored, ${gaps} streams with gaps`);
  }

  async close() {
    await this.#call({ call: 'close' });
    this.kill();
  }

  kill() {
    this.#child.removeAllListeners('exit');
    this.#child.kill('SIGKILL');
  }

  /** @param {Call} call @returns {Promise<any>} */
  #call(call) {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, ...call }, (error) => error && reject(error));
    });
  }
}
