/** `bhatti setup` as the client sees it: with this machine's folders and the program that runs here. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { MachineSetup } from '../cli/context.ts';
import { readRecord, withMade, writeRecord } from '../setup/record.ts';
import { makeServer, removeServer, USER } from '../setup/server.ts';
import { SERVER_DIR } from './data-directory.ts';
import { daemonOf } from './lock.ts';

const CACHE_DIR = '/var/cache/bhatti';
const LISTEN = { host: '127.0.0.1', port: 8440 };
const END_MS = 60_000;

/** @param argv program and arguments that stand for `bhatti` */
export function machineSetup(argv: readonly string[], env: NodeJS.ProcessEnv): MachineSetup {
  return {
    dataDir: SERVER_DIR,
    record: () => readRecord(SERVER_DIR),
    async make(tell) {
      const service = {
        argv: [...argv, 'serve', '--data-dir', SERVER_DIR, '--group', USER],
        env: { BHATTI_CACHE_DIR: CACHE_DIR },
        outFile: join(SERVER_DIR, 'daemon.out'),
      };
      const settings = firstSettings(await isFree(LISTEN), env.BHATTI_RELEASE);
      await makeServer({ dataDir: SERVER_DIR, cacheDir: CACHE_DIR, service, settings, endDaemon }, tell);
    },
    keyMade() {
      const record = readRecord(SERVER_DIR);
      if (record !== null) writeRecord(SERVER_DIR, withMade(record, 'key'));
    },
    remove(tell) {
      const record = readRecord(SERVER_DIR);
      if (record !== null) removeServer(SERVER_DIR, record, CACHE_DIR, tell);
    },
  };
}

/** config.yaml of a new server. JSON strings are YAML. */
export function firstSettings(portIsFree: boolean, release: string | undefined): { text: string; said: string } {
  const address = `${LISTEN.host}:${LISTEN.port}`;
  const lines = [
    '# Written by "bhatti setup"; docs/daemon.md lists the keys. For clients elsewhere set another address, and tls.',
    portIsFree ? `listen: ${address}` : `# listen: ${address}    another program had this port`,
    ...(release ? ['release:', `  source: ${JSON.stringify(release)}`] : []),
  ];
  const said = portIsFree ? `the API listens on ${address}` : `no TCP, for another program has ${address}`;
  return { text: lines.map((line) => `${line}\n`).join(''), said };
}

function isFree({ host, port }: { host: string; port: number }): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer()
    .once('error', () => resolve(false))
    .listen(port, host, () => probe.close(() => resolve(true)));
  return promise;
}

async function endDaemon(): Promise<boolean> {
  const pid = daemonOf(SERVER_DIR);
  if (pid === null) return false;
  process.kill(pid, 'SIGTERM');
  for (const until = Date.now() + END_MS; Date.now() < until; ) {
    if (daemonOf(SERVER_DIR) === null) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new BhattiError('host.setup-failed', `cannot begin the service: the daemon ${pid} does not end`, {
    remedy: `end it, then: sudo bhatti setup`,
  });
}
