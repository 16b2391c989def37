/**
 * A machine without bhatti, made of this one: a root laid over ours, with processes and network of its own. What is
 * done in it is seen in `changed`, and gone afterwards. Needs root.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { outcome, type Ran } from '../cli/lab.ts';
import { Terminal } from '../cli/terminal.ts';

const CHECKOUT = join(import.meta.dirname, '../..');
const PATH = '/opt/bhatti/bin:/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs as the first process of the machine, which in the end collects all others until its input ends: $1 a folder for it,
 * $2 the checkout that it must not see, $3 Node. A whiteout (overlayfs.rst) hides the daemon's folder that `npm start` as root
 * has made.
 */
const BOOT = `set -e
mount -t tmpfs -o size=20g,mode=0755 tmpfs "$1"
mkdir -p "$1/upper" "$1/work" "$1/root" "$1/hidden/var/lib"
mknod "$1/hidden/var/lib/bhatti" c 0 0
mount -t overlay -o lowerdir=$1/hidden:/,upperdir=$1/upper,workdir=$1/work overlay "$1/root"
cd "$1/root"
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc proc proc
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs tmpfs "$1/root$2"
mkdir -p opt/node/bin
ln "$3" opt/node/bin/node 2>/dev/null || cp "$3" opt/node/bin/node
ip link set lo up
echo ready
exec 3<&0
exec bash -c 'cat <&3 & wait $!'
`;

export interface BareMachine extends AsyncDisposable {
  run(words: readonly string[], options?: { env?: Readonly<Record<string, string>>; input?: string }): Promise<Ran>;
  /** Runs it and wants exit code 0. @returns standard output */
  ok(...words: readonly string[]): Promise<string>;
  /** Runs it on a terminal. */
  terminal(words: readonly string[]): Terminal;
  /** Puts a file or folder of this machine into that one. */
  lay(from: string, to: string): void;
  /** Files and folders that the machine has, and ours has not or has otherwise. */
  changed(): string[];
}

export async function openBareMachine(): Promise<BareMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'bh-machine-'));
  const node = join(CHECKOUT, 'node_modules/node/bin/node');
  const init = spawn(
    'unshare',
    ['--mount', '--net', '--pid', '--fork', '--kill-child', 'sh', '-c', BOOT, 'sh', folder, CHECKOUT, node],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await Promise.race([once(init.stdout, 'data'), ended(init)]);
  const pid = execFileSync('pgrep', ['-P', String(init.pid)], { encoding: 'utf8' }).trim();
  const root = `/proc/${pid}/root${folder}/root`;
  const enter = [
    '--target',
    pid,
    '--mount',
    '--net',
    '--pid',
    'chroot',
    `${folder}/root`,
    '/usr/bin/env',
    '-i',
    '-C',
    '/',
  ];
  const inside = (words: readonly string[], env: Readonly<Record<string, string>>): string[] => {
    const variables = Object.entries({ PATH, HOME: '/root', ...env }).map(([name, value]) => `${name}=${value}`);
    return [...enter, ...variables, ...words];
  };
  const run: BareMachine['run'] = (words, { env = {}, input } = {}) => {
    const child = spawn('nsenter', inside(words, env), { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => {}); // it may not want to read
    child.stdin.end(input);
    return outcome(child);
  };
  return {
    run,
    async ok(...words) {
      const { code, stdout, stderr } = await run(words);
      if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
      return stdout;
    },
    terminal: (words) =>
      Terminal.run(['nsenter', ...inside(words, { TERM: 'xterm' })], {
        cwd: '/',
        env: { PATH: process.env.PATH ?? '' },
      }),
    lay(from, to) {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      execFileSync('cp', ['-a', '--', from, join(root, to)]);
    },
    changed: () => entriesIn(`/proc/${pid}/root${folder}/upper`),
    async [Symbol.asyncDispose]() {
      const gone = once(init, 'exit');
      init.stdin.end(); // its first process ends, and with it all others, mounts and network
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

async function ended(init: ChildProcess): Promise<never> {
  const [code] = await once(init, 'exit');
  throw new Error(`cannot make a machine: unshare ended with ${code}`);
}

/** Files, and folders that ours has not; folders that are ours stand there for what is in them. */
function entriesIn(upper: string, below = '/'): string[] {
  return readdirSync(join(upper, below)).flatMap((name) => {
    const path = join(below, name);
    if (!lstatSync(join(upper, path)).isDirectory()) return [path];
    const ours = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    return [...(ours ? [] : [path]), ...entriesIn(upper, path)];
  });
}
