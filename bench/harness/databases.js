// @ts-check
import pg from 'pg';

/** Databases made for one run on the server under test, and dropped after it. */
export class Databases {
  /** @type {string[]} */
  #made = [];
  #url;
  #admin;

  /** @param {string} url a database the run may connect to; its server is the one measured */
  constructor(url) {
    this.#url = url;
    // A pool of one: contenders are opened side by side, and a client must not be given a query while it has one.
    this.#admin = new pg.Pool({ connectionString: url, max: 1 });
    this.#admin.on('error', () => undefined); // an idle connection's end is no news; the next query says what is wrong
  }

  /** What runs administrative queries on the given database. */
  get admin() {
    return this.#admin;
  }

  /**
   * Makes an empty database.
   *
   * @param {string} contender a plain word
   * @returns {Promise<string>} its URL
   */
  async create(contender) {
    const name = `annals_bench_${process.pid}_${this.#made.length + 1}_${contender}`;
    await this.#admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    this.#made.push(name);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Drops what was made, whoever is still connected. */
  async drop() {
    for (const [n, name] of this.#made.entries()) {
      if (name === '') continue;
      await this.#admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
      this.#made[n] = '';
    }
  }

  async close() {
    await this.drop();
    await this.#admin.end();
  }
}
