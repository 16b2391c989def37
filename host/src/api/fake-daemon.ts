/** A whole daemon over a fake engine, on a real unix socket, for the tests of API and client. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { bytes, mebibytes } from '@bhatti/wire/units.ts';
import { THERMAL_DEFAULT } from '../core/thermal.ts';
import { Activity } from '../operations/activity.ts';
import type { Context } from '../operations/context.ts';
import { recover } from '../operations/recover.ts';
import { ThermalManager } from '../operations/thermal.ts';
import { Turns } from '../operations/turns.ts';
import { FakeEngine } from '../ports/engine-fake.ts';
import { FakeImageMaker } from '../ports/image-maker-fake.ts';
import type { Image } from '../ports/images.ts';
import type { Log } from '../ports/log.ts';
import { fakeStore } from '../ports/store-fake.ts';
import { createApp } from './app.ts';
import { type Listening, listenTcp, listenUnix } from './server.ts';

const MINIMAL: Image = {
  name: 'minimal',
  arch: 'amd64',
  path: '/images/rootfs-minimal-amd64.ext4',
  kernel: '/images/vmlinux',
  sizeMib: mebibytes(1024),
  allocated: bytes(1),
  modifiedMs: 0,
};

/** Remembers lines, so that a test can look for what must not be in them. */
export class FakeLog implements Log {
  readonly lines: string[] = [];
  info(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push(JSON.stringify({ ...fields, message }));
  }
  readonly warn = this.info;
  error(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push(`${message} ${JSON.stringify(fields)} ${fields.err instanceof Error ? fields.err.stack : ''}`);
  }
}

export interface FakeDaemon extends AsyncDisposable {
  readonly socket: string;
  readonly tcp: string;
  readonly engine: FakeEngine;
  readonly log: FakeLog;
  readonly context: Context;
}

/** Starts one, with the engine and the store that another left or with its own. */
export async function startFakeDaemon(
  engine = new FakeEngine(),
  store = fakeStore(),
  also: Partial<Context> = {},
): Promise<FakeDaemon> {
  const home = await mkdtemp(join(tmpdir(), 'bhatti-api-'));
  const log = new FakeLog();
  const context: Context = {
    store,
    engine,
    log,
    images: {
      list: async () => [MINIMAL],
      find: async (name) => {
        if (name === MINIMAL.name) return MINIMAL;
        throw new BhattiError('image.not-found', `cannot find image ${JSON.stringify(name)}: there are minimal`, {
          remedy: 'bhatti image list',
        });
      },
      remove: async () => {},
      rename: async () => {},
    },
    imageMaker: new FakeImageMaker(),
    tiers: {
      list: async () => [{ name: 'minimal', description: 'the base', usedMibMax: 200 }],
      build: async (name) => {
        throw new BhattiError('tier.not-found', `cannot find tier ${JSON.stringify(name)}: tiers are minimal`, {
          remedy: 'bhatti tier list',
        });
      },
    },
    releases: {
      offered: async () => null,
      install: async () => {
        throw new Error('no source is set');
      },
    },
    doctor: { examine: async () => [{ subject: 'accelerator', level: 'ok', found: 'tcg' }] },
    host: { facts: async () => ({ cpus: 2, memoryMib: mebibytes(8192), diskMib: mebibytes(65_536) }) },
    clock: { nowMs: () => Date.now() },
    turns: new Turns(200),
    activity: new Activity(),
    thermal: THERMAL_DEFAULT,
    snapshotsKept: Infinity,
    ...also,
  };
  await recover(context);
  const thermal = new ThermalManager(context);
  await thermal.begin();
  const app = createApp({
    context,
    version: '0.0.0',
    startedMs: context.clock.nowMs(),
    ending: new AbortController().signal,
  });
  const listening: Listening[] = [
    await listenUnix(app, join(home, 'api.sock')),
    await listenTcp(app, { host: '127.0.0.1', port: 0 }),
  ];
  return {
    socket: join(home, 'api.sock'),
    tcp: listening[1]?.address ?? '',
    engine,
    log,
    context,
    async [Symbol.asyncDispose]() {
      await Promise.all(listening.map((one) => one.close()));
      thermal.end();
      await context.turns.idle();
      await rm(home, { recursive: true });
    },
  };
}
