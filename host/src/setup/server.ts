/**
 * What makes a server of a machine, in this order; each step looks first whether it is done. It is recorded before it is
 * done, so that `remove` finds also what a broken run left.
 *
 *   data folder -> cache -> user and group -> settings -> service
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceManager, thisInit, writeServiceFile } from './init.ts';
import { type Made, readRecord, removeRecord, type SetupRecord, withMade, writeRecord } from './record.ts';
import { recordPath } from './record-path.ts';
import { attempt, perform } from './run.ts';
import type { Service } from './service-files.ts';

export const USER = 'bhatti';

export interface ServerOrder {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly service: Service;
  /** What config.yaml says when there is none, and that in words. */
  readonly settings: { readonly text: string; readonly said: string };
  /** Ends a daemon of the folder that somebody began by hand. @returns false when there was none */
  endDaemon(): Promise<boolean>;
}

export interface Step {
  readonly subject: string;
  readonly changed: boolean;
  readonly said: string;
}

type Tell = (step: Step) => void;

/** @throws BhattiError host.setup-failed; the next run goes on where this one ended */
export async function makeServer(order: ServerOrder, tell: Tell): Promise<void> {
  const { dataDir, cacheDir } = order;
  const isNew = !existsSync(dataDir) || readdirSync(dataDir).length === 0;
  mkdirSync(dataDir, { recursive: true });
  let record: SetupRecord = readRecord(dataDir) ?? { init: thisInit(), made: [] };
  const making = (one: Made): void => {
    record = withMade(record, one);
    writeRecord(dataDir, record);
  };
  if (isNew) making('folder');
  else if (!existsSync(recordPath(dataDir))) writeRecord(dataDir, record);
  chmodSync(dataDir, 0o711);
  tell({ subject: 'data folder', changed: isNew, said: `${dataDir} ${isNew ? 'made' : 'is there'}` });
  if (!existsSync(cacheDir)) {
    making('cache');
    mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
  }
  tell(makeUser(dataDir, making));
  tell(makeSettings(join(dataDir, 'config.yaml'), order.settings, making));
  tell(await makeService(order, record, making));
}

function makeUser(dataDir: string, making: (one: Made) => void): Step {
  const subject = 'user';
  if (attempt('getent', 'passwd', USER).ok && attempt('getent', 'group', USER).ok)
    return { subject, changed: false, said: `${USER} is there, and a group of that name` };
  making('user');
  const own = attempt('getent', 'group', USER).ok ? ['--gid', USER] : ['--user-group'];
  const shell = ['--shell', '/usr/sbin/nologin'];
  perform('useradd', '--system', ...own, '--home-dir', dataDir, '--no-create-home', ...shell, USER);
  return { subject, changed: true, said: `${USER} made; members of its group may use the daemon` };
}

function makeSettings(path: string, { text, said }: ServerOrder['settings'], making: (one: Made) => void): Step {
  const subject = 'settings';
  if (existsSync(path)) return { subject, changed: false, said: `${path} is there` };
  making('settings');
  writeFileSync(path, text, { mode: 0o644 });
  return { subject, changed: true, said: `${path} written: ${said}` };
}

async function makeService(
  { service, endDaemon }: ServerOrder,
  { init }: SetupRecord,
  making: (one: Made) => void,
): Promise<Step> {
  const subject = 'service';
  const manager = serviceManager(init);
  if (!existsSync(manager.file)) making('service');
  const written = writeServiceFile(manager, service);
  if (written) manager.enable();
  if (!written && manager.running()) return { subject, changed: false, said: `${manager.file} runs` };
  if (!manager.running()) await endDaemon();
  manager.restart();
  return { subject, changed: true, said: `${manager.file} ${written ? 'written and started' : 'started'}` };
}

/** Takes away what `makeServer` made, sandboxes with the folder they lie in: the caller has ended them. */
export function removeServer(dataDir: string, { init, made }: SetupRecord, cacheDir: string, tell: Tell): void {
  const gone = (subject: string, said: string): void => tell({ subject, changed: true, said });
  if (made.includes('service')) {
    const manager = serviceManager(init);
    if (existsSync(manager.file)) manager.remove();
    gone('service', `${manager.file} stopped and removed`);
  }
  if (made.includes('user')) {
    if (attempt('getent', 'passwd', USER).ok) perform('userdel', USER);
    gone('user', `${USER} removed`);
  }
  if (made.includes('cache')) {
    rmSync(cacheDir, { recursive: true, force: true });
    gone('cache', `${cacheDir} removed`);
  }
  if (made.includes('folder')) {
    rmSync(dataDir, { recursive: true, force: true });
    gone('data folder', `${dataDir} removed`);
    return;
  }
  if (made.includes('settings')) rmSync(join(dataDir, 'config.yaml'), { force: true });
  removeRecord(dataDir);
  tell({ subject: 'data folder', changed: false, said: `${dataDir} was there before, and stays` });
}
