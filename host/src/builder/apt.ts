/**
 * Fetches what a layer needs before anything is unpacked: package lists and .debs, by the host's apt-get in a root of
 * its own under the cache. A download that is cut off goes on where it stopped, as often as it takes.
 */
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Progress } from '../ports/engine.ts';
import { runProgram } from './program.ts';

/** Seconds until a silent mirror is given up; apt tries again three times. */
const MIRROR_TIMEOUT_S = 20;

export interface AptJob {
  readonly cacheDir: string;
  /** Names the private root: one for each layer. */
  readonly id: string;
  /** One-line sources, each with its key (sources.list(5)). */
  readonly sources: readonly string[];
  /** apt_preferences(5), as the guest will have them. */
  readonly preferences: string;
  /** dpkg's status of the layer below; empty for a bootstrap. */
  readonly status: string;
  readonly packages: readonly string[];
  /** The package whose newest kernel is fetched too. */
  readonly kernel: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface Fetched {
  /** Folder with package lists as apt keeps them. */
  readonly lists: string;
  /** Paths of .debs to install. */
  readonly debs: readonly string[];
  /** Paths of .debs to unpack: image and modules. */
  readonly kernelDebs: readonly string[];
}

/** @throws BhattiError tier.build-failed | host.disk-full | host.missing-program | operation.cancelled */
export async function fetchPackages(job: AptJob): Promise<Fetched> {
  const apt = await AptRoot.make(job);
  job.progress.step('reading the package lists of the mirror');
  await apt.run(['update', '--error-on=any']);
  const wanted = job.status === '' ? ['?essential', 'apt', ...job.packages] : job.packages;
  const install = ['install', '-y', '--no-install-recommends', ...wanted];
  const debs = wanted.length > 0 ? await apt.debs(install) : [];
  const kernel = job.kernel === undefined ? [] : await apt.kernelPackages(job.kernel);
  const kernelDebs = kernel.length > 0 ? await apt.debs(['download', ...kernel]) : [];
  if (debs.length > 0) await apt.download(['--download-only', ...install], 'downloading packages');
  if (kernel.length > 0) await apt.download(['download', ...kernel], 'downloading the kernel');
  const paths = (files: readonly string[]) => files.map((file) => join(apt.archives, file));
  return { lists: apt.lists, debs: paths(debs), kernelDebs: paths(kernelDebs) };
}

/** Puts files into a folder, by hard link where that works. */
export async function gather(files: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    const to = join(folder, file.slice(file.lastIndexOf('/') + 1));
    await link(file, to).catch(() => copyFile(file, to));
  }
}

class AptRoot {
  readonly lists: string;
  readonly archives: string;
  /** apt names only what it would have to fetch: asked here, everything. */
  readonly #noArchives: string;
  readonly #config: string;
  readonly #job: AptJob;

  private constructor(job: AptJob, root: string) {
    this.#job = job;
    this.lists = join(root, 'lists');
    this.archives = join(job.cacheDir, 'debs');
    this.#noArchives = join(root, 'no-archives');
    this.#config = join(root, 'apt.conf');
  }

  static async make(job: AptJob): Promise<AptRoot> {
    const root = join(job.cacheDir, 'apt', job.id);
    const apt = new AptRoot(job, root);
    const archives = [join(apt.archives, 'partial'), join(apt.#noArchives, 'partial')];
    for (const folder of [join(apt.lists, 'partial'), ...archives]) await mkdir(folder, { recursive: true });
    await writeFile(join(root, 'sources.list'), `${job.sources.join('\n')}\n`);
    await writeFile(join(root, 'status'), job.status);
    await writeFile(join(root, 'preferences'), job.preferences);
    await writeFile(apt.#config, aptConfig(root, apt.lists, apt.archives));
    return apt;
  }

  /** The host's own apt settings are not read; a proxy comes from http_proxy in the environment (apt-transport-http(1)). */
  async run(args: readonly string[], onLine?: (line: string) => void, cwd = this.archives): Promise<void> {
    const { signal } = this.#job;
    const say = (line: string) => {
      this.#job.onLine(line);
      onLine?.(line);
    };
    const env = { APT_CONFIG: this.#config, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
    await runProgram('apt-get', args, { signal, env, cwd, onLine: say });
  }

  /** @returns the file names of the .debs a command would fetch */
  async debs(args: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    const onLine = (line: string) => {
      const [, file] = /^'[^']+' (\S+\.deb) \d+ /.exec(line) ?? [];
      if (file !== undefined) found.push(file);
    };
    const nowhere = `Dir::Cache::archives=${this.#noArchives}`;
    await this.run(['--print-uris', '-qq', '-o', nowhere, ...args], onLine, this.#noArchives);
    return found;
  }

  async download(args: readonly string[], label: string): Promise<void> {
    this.#job.progress.step(label, 0);
    await this.run(['-o', 'APT::Status-Fd=1', ...args], (line) => {
      const [, percent] = /^dlstatus:\d+:([\d.]+):/.exec(line) ?? [];
      if (percent !== undefined) this.#job.progress.step(label, Math.min(1, Number(percent) / 100));
    });
  }

  /** @returns the newest image and modules a meta package such as linux-image-virtual asks for */
  async kernelPackages(meta: string): Promise<string[]> {
    let image: string | undefined;
    await this.run(['--simulate', '-q', 'install', '--no-install-recommends', meta], (line) => {
      image ??= /^Inst (linux-image-\d\S+)/.exec(line)?.[1];
    });
    if (image) return [image, image.replace('linux-image-', 'linux-modules-')];
    throw new BhattiError('tier.build-failed', `cannot build the tier: ${meta} asks for no kernel image`, {
      remedy: 'name a kernel meta package in the recipe, such as linux-image-virtual',
    });
  }
}

function aptConfig(root: string, lists: string, archives: string): string {
  const settings: readonly (readonly [string, string])[] = [
    ['Dir', `${root}/`],
    ['Dir::Etc::main', '/dev/null'],
    ['Dir::Etc::parts', '/dev/null'],
    ['Dir::Etc::sourcelist', join(root, 'sources.list')],
    ['Dir::Etc::sourceparts', '/dev/null'],
    ['Dir::Etc::preferences', join(root, 'preferences')],
    ['Dir::Etc::preferencesparts', '/dev/null'],
    ['Dir::Etc::trusted', '/dev/null'],
    ['Dir::Etc::trustedparts', '/dev/null'],
    ['Dir::State', root],
    ['Dir::State::status', join(root, 'status')],
    ['Dir::State::lists', lists],
    ['Dir::Cache', root],
    ['Dir::Cache::archives', archives],
    ['Dir::Log', root],
    ['APT::Architecture', 'amd64'],
    ['APT::Architectures', 'amd64'],
    // The cache is the user's own: apt's download user could not read it.
    ['APT::Sandbox::User', 'root'],
    ['Acquire::Languages', 'none'],
    ['Acquire::Retries', '3'],
    ['Acquire::http::Timeout', `${MIRROR_TIMEOUT_S}`],
    ['Acquire::https::Timeout', `${MIRROR_TIMEOUT_S}`],
  ];
  return settings.map(([name, value]) => `${name} "${value}";\n`).join('');
}
