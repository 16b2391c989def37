/**
 * A daemon: its adapters, joined.
 *
 *   start: lock -> log -> store -> engine -> recover -> listen       (fails: what was begun is let go)
 *   close: stop listening, which cancels requests -> wait for their undoing -> let go of engine, store, lock
 *
 * Sandboxes run on after either; only their requests end with the daemon.
 */
import { readFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createApp } from '../api/app.ts';
import { type Listening, listenTcp, listenUnix } from '../api/server.ts';
import { imageMaker } from '../builder/image-maker.ts';
import { EngineDoctor } from '../engine/doctor.ts';
import { findNetworkPrograms, findProgram } from '../engine/programs.ts';
import { QemuEngine } from '../engine/qemu-engine.ts';
import { BOOT_TIMEOUT_MS, type EngineSettings, FORK_TIMEOUT_MS, UIDS_DEFAULT } from '../engine/settings.ts';
import { ImageCatalog } from '../images/catalog.ts';
import { Activity } from '../operations/activity.ts';
import type { Context } from '../operations/context.ts';
import { recover } from '../operations/recover.ts';
import { ThermalManager } from '../operations/thermal.ts';
import { Turns } from '../operations/turns.ts';
import { releases } from '../release/install.ts';
import { openStore } from '../store/sqlite-store.ts';
import { socketPath } from './data-directory.ts';
import { thisHost } from './host-facts.ts';
import { lockDataDirectory } from './lock.ts';
import { openLog } from './log-file.ts';
import { ARCH, keeperPath, loharPath } from './programs.ts';
import type { Settings } from './settings.ts';
import { storeFile } from './store-file.ts';
import { tierBuilder } from './tier-builder.ts';
import { VERSION } from './version.ts';

/** The one machine type there is so far. */
const QEMU = 'qemu-system-x86_64';

export interface Daemon {
  /** Where it listens. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

async function engineSettings(settings: Settings): Promise<EngineSettings> {
  return {
    folder: join(settings.dataDir, 'engine'),
    keeper: keeperPath(),
    qemu: (await findProgram(QEMU)) ?? QEMU,
    network: await findNetworkPrograms(),
    allowedRanges: settings.allowedRanges,
    uids: process.getuid?.() === 0 ? (settings.uids ?? UIDS_DEFAULT) : null,
    ...(settings.accelerator === undefined ? {} : { accelerator: settings.accelerator }),
    pool: settings.pool,
    bootTimeoutMs: BOOT_TIMEOUT_MS,
    forkTimeoutMs: FORK_TIMEOUT_MS,
  };
}

async function listenAll(app: ReturnType<typeof createApp>, settings: Settings): Promise<Listening[]> {
  const listening = [await listenUnix(app, socketPath(settings.dataDir), settings.group)];
  const { tcp } = settings;
  if (tcp === undefined) return listening;
  try {
    const tls = tcp.tls && { cert: readFileSync(tcp.tls.cert), key: readFileSync(tcp.tls.key) };
    listening.push(await listenTcp(app, { host: tcp.host, port: tcp.port, ...(tls && { tls }) }));
    return listening;
  } catch (error) {
    await Promise.all(listening.map((one) => one.close()));
    throw error;
  }
}

/** @throws BhattiError daemon.running | daemon.address-in-use | store.invalid | store.newer | config.invalid */
export async function startDaemon(settings: Settings): Promise<Daemon> {
  await using undo = new AsyncDisposableStack();
  await mkdir(settings.dataDir, { recursive: true });
  await chmod(settings.dataDir, 0o711); // QEMU's own uid passes through; each thing in it guards itself
  undo.adopt(lockDataDirectory(settings.dataDir), (held) => held.release());
  const { log } = undo.adopt(openLog(join(settings.dataDir, 'daemon.log'), settings.logLevel), (file) => file.close());
  // A promise that nobody waited for any more must not end what everybody else waits for.
  const onRejection = (error: unknown): void => log.error({ err: error }, 'a rejection that nobody handled');
  process.on('unhandledRejection', onRejection);
  undo.defer(() => void process.off('unhandledRejection', onRejection));
  const store = undo.adopt(await openStore(await storeFile(settings.dataDir)), (open) => open.close());
  const forEngine = await engineSettings(settings);
  const engine = undo.adopt(new QemuEngine(forEngine), (open) => open.close());
  const images = new ImageCatalog(settings.imagesDir, ARCH);
  const kernel = async (): Promise<string | null> => (await images.list())[0]?.kernel ?? null;
  const context: Context = {
    store,
    engine,
    images,
    imageMaker: imageMaker({ ...settings, lohar: { path: loharPath(), version: VERSION } }),
    tiers: tierBuilder(settings),
    releases: releases({ ...settings, arch: ARCH }),
    doctor: new EngineDoctor(forEngine, kernel, () => engine.pool()),
    host: thisHost(forEngine.folder),
    clock: { nowMs: () => Date.now() },
    log,
    turns: new Turns(),
    activity: new Activity(),
    thermal: settings.thermal,
    snapshotsKept: settings.snapshotsKept,
  };
  undo.defer(() => context.turns.idle());
  await recover(context);
  const thermal = undo.adopt(new ThermalManager(context), (manager) => manager.end());
  await thermal.begin();
  const ending = new AbortController();
  const app = createApp({ context, version: VERSION, startedMs: context.clock.nowMs(), ending: ending.signal });
  const listening = await listenAll(app, settings);
  undo.defer(async () => {
    await Promise.all(listening.map((one) => one.close()));
  });
  const addresses = listening.map((one) => one.address);
  log.info({ version: VERSION, addresses }, 'the daemon is ready');
  const kept = undo.move();
  return {
    addresses,
    async close() {
      log.info({}, 'the daemon ends');
      ending.abort();
      await kept.disposeAsync();
    },
  };
}
