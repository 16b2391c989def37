/** What a daemon runs with: flags before environment, environment before config.yaml, that before the defaults. */
import { join, resolve } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type IdleMs, THERMAL_DEFAULT, type ThermalPolicy } from '../core/thermal.ts';
import type { Accelerator } from '../ports/engine.ts';
import type { ReleaseSource } from '../release/source.ts';
import { CLONES_MAX, type Config, idleSetting } from './config-file.ts';
import { cacheDirectory, dataDirectory, type Surroundings } from './data-directory.ts';

export interface ServeFlags {
  readonly dataDir?: string | undefined;
  readonly imagesDir?: string | undefined;
  readonly config?: string | undefined;
  readonly listen?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly group?: string | undefined;
}

export interface TcpSetting {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Settings {
  readonly dataDir: string;
  readonly imagesDir: string;
  readonly cacheDir: string;
  readonly tcp?: TcpSetting;
  readonly allowedRanges: readonly string[];
  readonly mirrors: Readonly<Record<string, string>>;
  readonly release: ReleaseSource | undefined;
  readonly accelerator?: Accelerator;
  readonly uids?: { readonly first: number; readonly count: number };
  readonly pool: { readonly clones: number; readonly memoryMib: number };
  readonly thermal: ThermalPolicy;
  /** Of one sandbox, without a name of their own. */
  readonly snapshotsKept: number;
  /** Whose members may open the socket besides its owner. */
  readonly group?: string;
  readonly logLevel: LogLevel;
}

function invalid(what: string, why: string, remedy: string): BhattiError {
  return new BhattiError('config.invalid', `cannot use ${what}: ${why}`, { remedy });
}

/** The file named by --config or BHATTI_CONFIG must be there, the data directory's own need not. */
export function configFile(flags: ServeFlags, around: Surroundings): { path: string; required: boolean } {
  const named = flags.config ?? around.env.BHATTI_CONFIG;
  if (named !== undefined && named !== '') return { path: resolve(named), required: true };
  return { path: join(dataDirectory(flags.dataDir, around), 'config.yaml'), required: false };
}

/** host:port, [v6]:port or :port, which is this machine's own address. @throws BhattiError config.invalid */
export function parseAddress(text: string): { host: string; port: number } {
  const [, v6, name, port] = /^(?:\[([0-9a-f:]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw invalid(`the address ${JSON.stringify(text)}`, 'it is not of the form host:port', 'write 127.0.0.1:8440');
  }
  return { host: v6 ?? (name || '127.0.0.1'), port: Number(port) };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function tcpSetting(address: string | undefined, config: Config): TcpSetting | undefined {
  if (address === undefined || address === '') return undefined;
  const at = parseAddress(address);
  if (config.tls === undefined && !isLoopback(at.host) && config.allowPlaintext !== true) {
    throw invalid(
      `the address ${address}`,
      'API keys would travel readable over the network',
      'set tls (cert, key) in config.yaml, or allowPlaintext: true behind a proxy that adds it',
    );
  }
  return { ...at, ...(config.tls === undefined ? {} : { tls: config.tls }) };
}

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'];
const ACCELERATORS: readonly string[] = ['kvm', 'hvf', 'tcg'];

function oneOf<T extends string>(what: string, value: string | undefined, allowed: readonly string[]): T | undefined {
  if (value === undefined || value === '') return undefined;
  if (allowed.includes(value)) return value as T;
  throw invalid(what, `${JSON.stringify(value)} is none of ${allowed.join(', ')}`, `choose ${allowed[0]}`);
}

/** One clone that waits costs little, and spares who makes a second sandbox most of the wait. */
const POOL_DEFAULT = { clones: 1, memoryMib: 1024 };

function poolSetting(env: Surroundings['env'], { pool = {} }: Config): Settings['pool'] {
  const asked = env.BHATTI_POOL;
  const memoryMib = pool.memoryMib ?? POOL_DEFAULT.memoryMib;
  if (asked === undefined || asked === '') return { clones: pool.clones ?? POOL_DEFAULT.clones, memoryMib };
  const clones = Number(asked);
  if (Number.isInteger(clones) && clones >= 0 && clones <= CLONES_MAX) return { clones, memoryMib };
  throw invalid('BHATTI_POOL', `${JSON.stringify(asked)} is no number from 0 to ${CLONES_MAX}`, 'BHATTI_POOL=1');
}

/** @throws BhattiError config.invalid */
function thermalSetting(env: Surroundings['env'], { idle = {} }: Config): ThermalPolicy {
  const asked = (name: 'BHATTI_IDLE_WARM' | 'BHATTI_IDLE_COLD', inFile: IdleMs | undefined): IdleMs | undefined => {
    const text = env[name];
    if (text === undefined || text === '') return inFile;
    const parsed = idleSetting(text);
    if (parsed !== undefined) return parsed;
    throw invalid(name, `${JSON.stringify(text)} is no duration from 500ms to 720h`, `${name}=30s, or never`);
  };
  return {
    keepHot: idle.keepHot ?? THERMAL_DEFAULT.keepHot,
    idleWarmMs: asked('BHATTI_IDLE_WARM', idle.warm) ?? THERMAL_DEFAULT.idleWarmMs,
    idleColdMs: asked('BHATTI_IDLE_COLD', idle.cold) ?? THERMAL_DEFAULT.idleColdMs,
    wakeForTimers: idle.wakeForTimers ?? THERMAL_DEFAULT.wakeForTimers,
  };
}

/** The environment names another source; the key stays, for who may set one may not be who may be trusted. */
function releaseSource(env: Surroundings['env'], { release }: Config): ReleaseSource | undefined {
  const source = env.BHATTI_RELEASE || release?.source;
  if (source === undefined) return undefined;
  return { source, ...(release?.key === undefined ? {} : { key: release.key }) };
}

/** @throws BhattiError config.invalid */
export function mergeSettings(flags: ServeFlags, around: Surroundings, config: Config): Settings {
  const { env } = around;
  const dataDir = dataDirectory(flags.dataDir, around);
  const tcp = tcpSetting(flags.listen ?? env.BHATTI_LISTEN ?? config.listen, config);
  const accelerator =
    oneOf<Accelerator>('BHATTI_ACCELERATOR', env.BHATTI_ACCELERATOR, ACCELERATORS) ?? config.accelerator;
  const logLevel = oneOf<LogLevel>('the log level', flags.logLevel ?? env.BHATTI_LOG_LEVEL, LEVELS);
  const imagesDir = flags.imagesDir ?? (env.BHATTI_IMAGES_DIR || config.imagesDir);
  return {
    dataDir,
    imagesDir: imagesDir === undefined ? join(dataDir, 'images') : resolve(imagesDir),
    cacheDir: cacheDirectory(around),
    ...(tcp === undefined ? {} : { tcp }),
    allowedRanges: config.network?.allow ?? [],
    mirrors: config.mirrors ?? {},
    release: releaseSource(env, config),
    ...(accelerator === undefined ? {} : { accelerator }),
    pool: poolSetting(env, config),
    thermal: thermalSetting(env, config),
    snapshotsKept: config.snapshots?.keep ?? Infinity,
    ...(config.uids === undefined ? {} : { uids: config.uids }),
    ...(flags.group === undefined ? {} : { group: flags.group }),
    logLevel: logLevel ?? config.logLevel ?? 'info',
  };
}
