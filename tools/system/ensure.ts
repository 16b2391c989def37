/** Makes sure that the system packages are there: looks for their programs, and asks apt only for what is missing. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { step } from '../terminal/step.mjs';
import { NEEDS, type Need, packageOf } from './needs.ts';

const ADMIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
const APT_OPTIONS = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
const OUTPUT_TAIL_LINES = 20;

/** Absolute path of a program on the PATH or among the administrator's, which a plain user's PATH lacks on Debian. */
export function findProgram(name: string, path: string = process.env.PATH ?? ''): string | undefined {
  if (isAbsolute(name)) return existsSync(name) ? name : undefined;
  for (const folder of [...path.split(delimiter), ...ADMIN_FOLDERS]) {
    if (folder === '') continue;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not here
    }
  }
  return undefined;
}

/** The needs whose program is not there. */
export function missing(
  wanted: 'run' | 'test',
  root: boolean,
  find: (program: string) => string | undefined = findProgram,
): Need[] {
  return NEEDS.filter((need) => wanted === 'test' || need.for === 'run')
    .filter((need) => !(need.onlyUser && root))
    .filter((need) => find(need.program) === undefined);
}

/** How apt can be called as root here: its prefix of words, or undefined when it cannot. */
export function rootPrefix(
  root: boolean,
  terminal: boolean,
  find: (program: string) => string | undefined = findProgram,
): readonly string[] | undefined {
  if (find('apt-get') === undefined) return undefined;
  if (root) return [];
  const sudo = find('sudo');
  if (sudo === undefined) return undefined;
  // On a terminal sudo may ask for the password; elsewhere it must not need one.
  if (terminal) return [sudo];
  return spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? [sudo, '-n'] : undefined;
}

/** Runs one apt-get command, telling what it does last. @throws Error with the end of its output */
function apt(prefix: readonly string[], args: readonly string[], note: (text: string) => void): Promise<void> {
  const words = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...APT_OPTIONS, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    let tail: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        const lines = text.split('\n').filter((line) => line.trim() !== '');
        tail = [...tail, ...lines].slice(-OUTPUT_TAIL_LINES);
        const last = lines.at(-1);
        if (last !== undefined) note(last);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cannot install system packages: "apt-get ${args[0]}" failed:\n${tail.join('\n')}`));
    });
  });
}

/** @throws Error that names the packages when they cannot be installed from here */
export async function ensureSystem(wanted: 'run' | 'test'): Promise<void> {
  const root = process.getuid?.() === 0;
  const needs = missing(wanted, root);
  if (needs.length === 0) return;
  const packages = needs.map(packageOf);
  const prefix = rootPrefix(root, process.stdin.isTTY === true);
  if (prefix === undefined)
    throw new Error(`bhatti needs system packages; as root, run: apt-get install ${packages.join(' ')}`);
  for (const need of needs) console.log(`  ${packageOf(need)}: ${need.why}`);
  // The password, where one is needed, is asked before the progress line hides the question.
  if (prefix.length === 1) spawnSync(prefix[0] ?? '', ['-v'], { stdio: 'inherit' });
  await step(`system packages by apt: ${packages.join(' ')}`, async (note) => {
    await apt(prefix, ['update'], note);
    await apt(prefix, ['install', '-y', '--no-install-recommends', ...packages], note);
  });
}
