import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** The payment gateway, running in a process of its own. */
export interface GatewayProcess {
  /** Lets it finish what it is at. May be called twice. */
  stop(): Promise<void>;
}

/** Starts the payment gateway. @throws Error when it ends before it is ready */
export async function startGateway(connectionString: string): Promise<GatewayProcess> {
  const child = fork(PROGRAM, [], { env: { ...process.env, DATABASE_URL: connectionString } });
  const ended = once(child, 'exit');
  const first = await Promise.race([once(child, 'message').then(() => 'started'), ended.then(() => 'ended')]);
  if (first === 'ended') throw new Error('The payment gateway could not be started');
  return {
    stop: async () => {
      if (child.connected) child.send('end');
      await ended;
    },
  };
}
