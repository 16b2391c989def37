import assert from 'node:assert/strict';
import test from 'node:test';
import { PLAIN } from '../text/colour.ts';
import { UNICODE } from '../text/glyphs.ts';
import { drawProcesses, type ProcessGroup, readProcesses } from './process-tree.ts';

const style = { glyphs: UNICODE, colours: PLAIN, columns: 0 };
const group = (name: string, processes: [number, string][], ...children: ProcessGroup[]): ProcessGroup => ({
  name,
  processes: processes.map(([pid, command]) => ({ pid, command })),
  children,
});
const leaf = (name: string, ...processes: [number, string][]) => group(name, processes);

test('a tree as systemd draws it (results/b11.txt)', () => {
  const root = group(
    '',
    [],
    leaf('init.scope', [1, '/sbin/init']),
    group(
      'system.slice',
      [],
      leaf('cron.service', [186, '/usr/sbin/cron -f -P']),
      leaf('lab-agent.service', [201, '/usr/bin/python3 x'], [6979, '/bin/bash -c y']),
      group('systemd-udevd.service', [], leaf('udev', [157, '/usr/lib/systemd/systemd-udevd'])),
    ),
  );
  assert.equal(
    drawProcesses(root, '           ', style),
    `           ├─init.scope
           │ └─1 /sbin/init
           └─system.slice
             ├─cron.service
             │ └─186 /usr/sbin/cron -f -P
             ├─lab-agent.service
             │ ├─ 201 /usr/bin/python3 x
             │ └─6979 /bin/bash -c y
             └─systemd-udevd.service
               └─udev
                 └─157 /usr/lib/systemd/systemd-udevd
`,
  );
});

test('commands are cut at the terminal’s width', () => {
  const text = drawProcesses(leaf('x', [12, `/bin/sleep ${'9'.repeat(60)}`]), '', { ...style, columns: 40 });
  assert.equal(text, `└─12 /bin/sleep ${'9'.repeat(23)}…\n`);
});

test('groups without processes are left out', () => {
  const files = new Map([
    ['/sys/fs/cgroup/a.service/cgroup.procs', '9\n7\n0\n'],
    ['/sys/fs/cgroup/a.service/empty/cgroup.procs', ''],
    ['/proc/7/cmdline', '/bin/sleep\x0099\x00'],
    ['/proc/9/comm', 'kworker\n'],
  ]);
  const sys = {
    readFile: (path: string) => new TextEncoder().encode(files.get(path) ?? ''),
    readdir: (path: string) =>
      path.endsWith('a.service')
        ? [
            { name: 'empty', type: 'directory' as const },
            { name: 'x', type: 'file' as const },
          ]
        : [],
    stat: () => ({ nlink: 3 }),
    decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
  };
  assert.deepEqual(readProcesses(sys, '/a.service'), {
    name: 'a.service',
    processes: [
      { pid: 7, command: '/bin/sleep 99' },
      { pid: 9, command: '[kworker]' },
    ],
    children: [],
  });
});
