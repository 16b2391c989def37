/** All verbs, in the order of --help. A verb's own file is loaded when it is used: start time is part of `exec`. */
import type { Define } from './verb.ts';

export interface VerbEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly group: string;
  readonly summary: string;
  load(): Promise<{ readonly define: Define }>;
}

const SANDBOXES = 'Sandboxes:';
const INSIDE = 'In a sandbox:';
const IMAGES = 'Images:';
const DAEMON = 'Daemon:';

export const VERBS: readonly VerbEntry[] = [
  {
    name: 'create',
    aliases: [],
    group: SANDBOXES,
    summary: 'make a sandbox and wait until it can be used',
    load: () => import('./commands/create.ts'),
  },
  {
    name: 'list',
    aliases: ['ls'],
    group: SANDBOXES,
    summary: 'list sandboxes',
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'inspect',
    aliases: ['info'],
    group: SANDBOXES,
    summary: 'show all of a sandbox, and how its last boot went',
    load: () => import('./commands/inspect.ts'),
  },
  {
    name: 'start',
    aliases: [],
    group: SANDBOXES,
    summary: 'let sandboxes go on, or boot those that are powered off',
    load: () => import('./commands/start.ts'),
  },
  {
    name: 'stop',
    aliases: [],
    group: SANDBOXES,
    summary: 'save sandboxes, memory and disk, or power them off',
    load: () => import('./commands/stop.ts'),
  },
  {
    name: 'pause',
    aliases: [],
    group: SANDBOXES,
    summary: 'stop the processors of sandboxes; any request resumes them',
    load: () => import('./commands/pause.ts'),
  },
  {
    name: 'resume',
    aliases: [],
    group: SANDBOXES,
    summary: 'let paused sandboxes go on',
    load: () => import('./commands/resume.ts'),
  },
  {
    name: 'fork',
    aliases: [],
    group: SANDBOXES,
    summary: 'make copies of a sandbox that go on where it is now',
    load: () => import('./commands/fork.ts'),
  },
  {
    name: 'snapshot',
    aliases: [],
    group: SANDBOXES,
    summary: 'keep sandboxes as they are now, and go back to that',
    load: () => import('./commands/snapshot.ts'),
  },
  {
    name: 'edit',
    aliases: [],
    group: SANDBOXES,
    summary: 'rename a sandbox, change its labels and when it is set aside',
    load: () => import('./commands/edit.ts'),
  },
  {
    name: 'destroy',
    aliases: ['rm'],
    group: SANDBOXES,
    summary: 'end sandboxes and remove their disks',
    load: () => import('./commands/destroy.ts'),
  },
  {
    name: 'exec',
    aliases: [],
    group: INSIDE,
    summary: 'run a command',
    load: () => import('./commands/exec.ts'),
  },
  {
    name: 'shell',
    aliases: ['sh'],
    group: INSIDE,
    summary: 'open a terminal, or go on with one',
    load: () => import('./commands/shell.ts'),
  },
  {
    name: 'ps',
    aliases: [],
    group: INSIDE,
    summary: 'list sessions',
    load: () => import('./commands/ps.ts'),
  },
  {
    name: 'file',
    aliases: [],
    group: INSIDE,
    summary: 'read, write, list and copy files',
    load: () => import('./commands/file.ts'),
  },
  {
    name: 'forward',
    aliases: [],
    group: INSIDE,
    summary: 'reach ports of the sandbox on this machine',
    load: () => import('./commands/forward.ts'),
  },
  {
    name: 'logs',
    aliases: ['console'],
    group: INSIDE,
    summary: 'show the serial console',
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'image',
    aliases: [],
    group: IMAGES,
    summary: 'list, save, rename and delete images',
    load: () => import('./commands/image.ts'),
  },
  {
    name: 'tier',
    aliases: [],
    group: IMAGES,
    summary: 'list, build, prove and publish tiers',
    load: () => import('./commands/tier.ts'),
  },
  {
    name: 'update',
    aliases: [],
    group: IMAGES,
    summary: 'install tiers, bring installed ones up to date',
    load: () => import('./commands/update.ts'),
  },
  {
    name: 'setup',
    aliases: [],
    group: DAEMON,
    summary: 'make a server of this machine, or undo that',
    load: () => import('./commands/setup.ts'),
  },
  {
    name: 'serve',
    aliases: [],
    group: DAEMON,
    summary: 'run the daemon',
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'doctor',
    aliases: [],
    group: DAEMON,
    summary: 'say what this host has and lacks',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'bench',
    aliases: [],
    group: DAEMON,
    summary: 'measure how fast sandboxes are here',
    load: () => import('./commands/bench.ts'),
  },
  {
    name: 'prune',
    aliases: [],
    group: DAEMON,
    summary: 'remove what no sandbox uses',
    load: () => import('./commands/prune.ts'),
  },
  {
    name: 'backup',
    aliases: [],
    group: DAEMON,
    summary: 'copy what the daemon knows into a file',
    load: () => import('./commands/backup.ts'),
  },
  {
    name: 'restore',
    aliases: [],
    group: DAEMON,
    summary: 'put such a copy back, while no daemon runs',
    load: () => import('./commands/restore.ts'),
  },
  {
    name: 'key',
    aliases: [],
    group: DAEMON,
    summary: 'make, list and delete API keys',
    load: () => import('./commands/key.ts'),
  },
  {
    name: 'version',
    aliases: [],
    group: DAEMON,
    summary: 'print versions of client and daemon',
    load: () => import('./commands/version.ts'),
  },
  {
    name: 'completion',
    aliases: [],
    group: DAEMON,
    summary: 'print a completion script for a shell',
    load: () => import('./commands/completion.ts'),
  },
];

/** Global options that take a value: what follows them is no verb. */
const VALUED = ['--url', '--token', '--data-dir'];

/** The verb that these arguments begin with, looked for as commander will. */
export function verbOf(argv: readonly string[]): VerbEntry | undefined {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (VALUED.includes(word)) at += 1;
    else if (!word.startsWith('-')) return VERBS.find(({ name, aliases }) => [name, ...aliases].includes(word));
  }
  return undefined;
}
