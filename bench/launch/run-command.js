// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a command to its end; what it prints goes to standard error, so that standard output stays the report's.
 *
 * @param {string} purpose said before, and in the error
 * @param {string} command
 * @param {readonly string[]} args
 * @param {URL} directory
 */
export async function run(purpose, command, args, directory) {
  process.stderr.write(`${purpose}: ${command} ${args.join(' ')}\n`);
  const child = spawn(command, args, { cwd: directory, stdio: ['ignore', 2, 2] });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${purpose} failed: ${command} ${args.join(' ')} ended with ${signal ?? code}`);
}
