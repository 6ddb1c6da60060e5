import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What happens to something that a client sends. */
export type LineFault =
  /** It arrives, and so does the answer. */
  | 'none'
  /** The connection breaks before it arrives. */
  | 'cut-before'
  /** It arrives and is carried out, but the connection breaks before the answer comes back. */
  | 'cut-before-answer';

/** A line to a Postgres server that breaks where a test wants it to. */
export interface FaultyLine {
  /** The server, through this line. */
  readonly connectionString: string;
  /** Decides on each piece that clients send from now on; `sent` is its bytes as Latin-1. */
  fault(decide: (sent: string) => LineFault): void;
  /** Breaks all connections and closes the line. */
  stop(): Promise<void>;
}

/** Opens a line to the server of `connectionString`. */
export async function openFaultyLine(connectionString: string): Promise<FaultyLine> {
  const { hostname, port } = new URL(connectionString);
  const sockets = new Set<Socket>();
  let decide: (sent: string) => LineFault = () => 'none';

  const line = createServer((client) => {
    const server = connect(Number(port || 5432), hostname);
    let answers = true;
    const end = (): void => void (client.destroy(), server.destroy());
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (sent) => {
      const fault = decide(sent.toString('latin1'));
      if (fault === 'cut-before') return end();
      if (fault === 'cut-before-answer') answers = false;
      server.write(sent);
    });
    server.on('data', (answer) => {
      // The answer is there, so the server has carried it out.
      if (answers) client.write(answer);
      else end();
    });
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const url = new URL(connectionString);
  url.hostname = '127.0.0.1';
  url.port = String((line.address() as AddressInfo).port);
  return {
    connectionString: url.href,
    fault: (next) => void (decide = next),
    stop: async () => {
      const closed = new Promise((resolve) => line.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
