// @ts-check
import { ContenderProcess } from './contender-process.js';
import { Databases } from './databases.js';
import { figuresTable } from './report.js';
import { ServerCpu } from './server-cpu.js';

/** @typedef {import('./interleave.js').Figures} Figures */
/** @typedef {import('./options.js').Options} Options */
/** @typedef {import('./report.js').Verdict} Verdict */

/** A named measurement; it says its figures and verdicts to the bench. @typedef {{ name: string, run: (bench: Bench) => Promise<void> }} Scenario */

/** What scenarios measure with: the server, the options, the contenders' processes, and where results are said. */
export class Bench {
  /** @type {Verdict[]} */
  verdicts = [];
  /** @type {ContenderProcess[]} */
  #open = [];

  /** @param {Databases} databases @param {ServerCpu} serverCpu @param {Options} options */
  constructor(databases, serverCpu, options) {
    this.databases = databases;
    this.serverCpu = serverCpu;
    this.options = options;
  }

  /** @param {string} url @param {Options} options */
  static async on(url, options) {
    const databases = new Databases(url);
    return new Bench(databases, await ServerCpu.of(databases.admin), options);
  }

  /** @param {string} contender @returns {boolean} whether this run includes it */
  includes(contender) {
    return this.options.contenders?.includes(contender) ?? true;
  }

  /**
   * Opens a contender in a process of its own.
   *
   * @param {string} name
   * @param {{ streams?: number, url?: string }} [on] its streams (10,000 unless said) and database (a new one unless said)
   */
  async contender(name, { streams = 10_000, url } = {}) {
    const contender = await ContenderProcess.open(name, url ?? (await this.databases.create(name)), streams);
    this.#open.push(contender);
    return contender;
  }

  /** Runs one scenario on databases of its own, which are gone when it ends. @param {Scenario} scenario */
  async run({ name, run }) {
    process.stdout.write(`\n${name}\n`);
    try {
      await run(this);
    } finally {
      for (const contender of this.#open.splice(0)) contender.kill();
      await this.databases.drop();
    }
  }

  /** @param {readonly Figures[]} figures */
  show(figures) {
    process.stdout.write(`${figuresTable(figures)}\n`);
  }

  /** @param {string} line */
  say(line) {
    process.stdout.write(`${line}\n`);
  }

  /**
   * Adds a ratio; left out when one of the two was not measured in this run.
   *
   * @param {string} name
   * @param {{ ours: number | undefined, peer: number | undefined, peerName: string, goal: number, less?: boolean }} of
   *   `less`: a smaller figure is the better one, so the ratio is peer to ours
   */
  judge(name, { ours, peer, peerName, goal, less = false }) {
    if (ours === undefined || peer === undefined) return;
    this.verdicts.push({ name, ours, peer, peerName, ratio: less ? peer / ours : ours / peer, goal });
  }

  close() {
    for (const contender of this.#open.splice(0)) contender.kill();
    return this.databases.close();
  }
}
