/** What the embedded server is started with, before the application's own settings. */
const FOR_A_DEVELOPERS_MACHINE: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '128MB',
  // Asked for but not granted, as in some containers, huge pages end in SIGBUS.
  huge_pages: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
};

/** For clusters that are thrown away: a crash of the machine may corrupt them, a crash of the server does not. */
const NOT_DURABLE: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/**
 * The settings of the server, as arguments of `postgres`. Reachable on the loopback address only, and by TCP only: the
 * path of a socket in a deep directory would be too long.
 *
 * @param port on 127.0.0.1
 * @param durable false turns fsync off
 * @param further the application's settings, by name; address, port and sockets stay as they are
 */
export function settingArguments(port: number, durable: boolean, further: Readonly<Record<string, string>>): string[] {
  const settings = {
    ...FOR_A_DEVELOPERS_MACHINE,
    ...(durable ? {} : NOT_DURABLE),
    ...further,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const PASSED_ON = [
  'PATH',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'SystemDrive',
];

/**
 * The environment of PostgreSQL's programs. Nothing else of ours is passed on: other processes of the server's user can
 * read it, and there may be secrets in it; and PGDATA and its kin would redirect the programs. Messages are in English,
 * since they are searched.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(([name]) => PASSED_ON.includes(name));
  return { ...Object.fromEntries<string | undefined>(passed), LC_ALL: 'C', TZ: 'UTC' };
}
