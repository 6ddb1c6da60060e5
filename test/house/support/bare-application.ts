import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);
/** What the application brings along: the packages leave these to it. */
const PEERS = /^(@nestjs\/(common|core|cqrs|typeorm)|typeorm|reflect-metadata|rxjs|class-validator|class-transformer)$/;

/** The environment without what `npm run` added, which would tell an npm in another folder to work in this one. */
const outsideEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')));

/** An application outside the repository. */
export class BareApplication {
  private constructor(readonly folder: string) {}

  /** An application that depends on the packages' peers, in the versions that the project is tested with. */
  static async create(): Promise<BareApplication> {
    const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const peers = Object.entries(dependencies).filter(([name]) => PEERS.test(name));
    const application = new BareApplication(await mkdtemp(join(tmpdir(), 'annals-application-')));
    await application.write('package.json', {
      name: 'application',
      private: true,
      type: 'module',
      dependencies: Object.fromEntries(peers),
    });
    return application;
  }

  /** Installs tarballs and what they depend on, but nothing optional. */
  async install(tarballs: readonly string[]): Promise<void> {
    const options = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--omit=optional'];
    await this.run('npm', ['install', ...options, '--prefix', this.folder, ...tarballs]);
  }

  /** Compiles programs of the project here, against the installed packages only. */
  async compile(programs: readonly string[]): Promise<void> {
    for (const program of programs) await cp(join(ROOT, program), join(this.folder, 'src', program));
    await this.write('tsconfig.json', {
      compilerOptions: {
        module: 'nodenext',
        target: 'ES2023',
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        skipLibCheck: true,
        rootDir: 'src',
        outDir: 'dist',
        types: ['node'],
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
      include: ['src'],
    });
    await this.run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', this.folder]);
  }

  /**
   * Runs a command in the application's folder.
   * @returns what it wrote to its standard output
   * @throws Error with what it wrote, when it ends with another code than 0
   */
  async run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const env = { ...outsideEnvironment(), ...environment };
    const ended = run(command, args, { cwd: this.folder, env }).catch((error: unknown) => {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
    });
    return (await ended).stdout;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async write(path: string, content: object): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(join(this.folder, path), JSON.stringify(content, null, 2));
  }
}
