import { hash } from 'node:crypto';
import { checkId } from './uuid-v7.js';

/**
 * The id that follows from a command and a name: the same for the same two on every machine, so that what a command
 * brings about has the same ids when it is executed again. A UUID v7 with the time of the command and, for the other
 * 74 bits, the start of SHA-256 of the command's id and the name.
 * @param commandId UUID v7
 * @param name what is told apart within the command, as in `order-1/0`
 * @throws InvalidId (`MESSAGE_INVALID_ID`) when `commandId` is no UUID v7
 */
export function derivedId(commandId: string, name: string): string {
  const command = checkId(commandId, 'command id');
  // The command's id always has 36 characters, so no two pairs make the same text.
  const digest = hash('sha256', command + name, 'hex');
  const variant = ((parseInt(digest.charAt(3), 16) & 0x3) | 0x8).toString(16);
  return `${command.slice(0, 14)}7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
}
