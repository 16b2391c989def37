import assert from 'node:assert/strict';
import test from 'node:test';
import type { UnitStatus } from '../../control/protocol.ts';
import { COLOURS, PLAIN } from '../text/colour.ts';
import { ASCII, UNICODE } from '../text/glyphs.ts';
import { UTC } from '../text/zone.ts';
import { type BlockStyle, statusBlock } from './status-block.ts';

const at = (text: string) => Date.parse(text);
const STARTED = at('2026-11-23T13:36:38Z');
const style = (now: number, also: Partial<BlockStyle> = {}): BlockStyle => ({
  glyphs: UNICODE,
  colours: PLAIN,
  zone: UTC,
  nowUsec: now * 1000,
  timestamp: 'pretty',
  nameOf: () => 'sleep',
  ...also,
});

const dead: UnitStatus = {
  unit: 't-x.service',
  id: 't-x.service',
  type: 'service',
  description: 't-x.service',
  documentation: [],
  load: 'loaded',
  fragment: '/etc/systemd/system/t-x.service',
  source: '',
  dropIns: [],
  fileState: 'static',
  preset: 'enabled',
  transient: false,
  needsReload: false,
  active: 'inactive',
  sub: 'dead',
  frozen: false,
  result: 'success',
  activeEnterMs: 0,
  activeExitMs: 0,
  inactiveEnterMs: 0,
  inactiveExitMs: 0,
  activeForMs: 0,
  condition: 'untested',
  conditionAtMs: 0,
  assert: 'untested',
  assertAtMs: 0,
  unmet: [],
  triggers: [],
  triggeredBy: [],
  mainPid: 0,
  controlPid: 0,
  ended: [],
  statusText: '',
  statusErrno: 0,
  cgroup: '',
  invocationId: '',
  listen: [],
};
const simple: UnitStatus = {
  ...dead,
  id: 't-simple.service',
  description: 'T simple',
  fragment: '/etc/systemd/system/t-simple.service',
  fileState: 'disabled',
  active: 'active',
  sub: 'running',
  activeEnterMs: STARTED,
  inactiveExitMs: STARTED,
  mainPid: 902,
  tasks: 1,
  tasksMax: 1144,
  memory: 196_608,
  memoryPeak: 1_572_864,
  cpuNsec: 167_123_456,
  cgroup: '/system.slice/t-simple.service',
};
const { tasks: _tasks, tasksMax: _limit, memory: _memory, memoryPeak: _peak, ...withoutResources } = simple;
const exit = (kind: string, argv: string[], pid: number, status: number, code: 'exited' | 'killed' = 'exited') => ({
  kind,
  argv,
  pid,
  startMs: 0,
  exitMs: 0,
  code,
  status,
  ignoreFailure: false,
});

/** Blocks of the recordings, without processes and log. */
const rows: [name: string, status: UnitStatus, now: number, block: string][] = [
  [
    'running (b1)',
    simple,
    STARTED + 6500,
    `● t-simple.service - T simple
     Loaded: loaded (/etc/systemd/system/t-simple.service; disabled; preset: enabled)
     Active: active (running) since Mon 2026-11-23 13:36:38 UTC; 6s ago
   Main PID: 902 (sleep)
      Tasks: 1 (limit: 1144)
     Memory: 192.0K (peak: 1.5M)
        CPU: 167ms
     CGroup: /system.slice/t-simple.service
`,
  ],
  [
    'failed (b5)',
    {
      ...dead,
      id: 't-sl.service',
      description: 't-sl.service',
      fragment: '/etc/systemd/system/t-sl.service',
      active: 'failed',
      sub: 'failed',
      result: 'exit-code',
      activeEnterMs: at('2026-11-23T13:47:05Z') - 188,
      activeExitMs: at('2026-11-23T13:47:05Z'),
      inactiveEnterMs: at('2026-11-23T13:47:05Z'),
      ended: [exit('ExecStart', ['/bin/false'], 3440, 1)],
      lastMain: exit('ExecStart', ['/bin/false'], 3440, 1),
      cpuNsec: 172_000_000,
    },
    at('2026-11-23T13:47:08.5Z'),
    `× t-sl.service
     Loaded: loaded (/etc/systemd/system/t-sl.service; static)
     Active: failed (Result: exit-code) since Mon 2026-11-23 13:47:05 UTC; 3s ago
   Duration: 188ms
    Process: 3440 ExecStart=/bin/false (code=exited, status=1/FAILURE)
   Main PID: 3440 (code=exited, status=1/FAILURE)
        CPU: 172ms
`,
  ],
  [
    'remains after exit (b1)',
    {
      ...withoutResources,
      id: 't-oner.service',
      description: '',
      fragment: '/etc/systemd/system/t-oner.service',
      fileState: 'static',
      sub: 'exited',
      activeEnterMs: at('2026-11-23T13:35:43Z'),
      mainPid: 0,
      lastMain: exit('ExecStart', ['/bin/true'], 427, 0),
      cgroup: '',
      cpuNsec: 124_000_000,
    },
    at('2026-11-23T13:37:12Z'),
    `● t-oner.service
     Loaded: loaded (/etc/systemd/system/t-oner.service; static)
     Active: active (exited) since Mon 2026-11-23 13:35:43 UTC; 1min 29s ago
   Main PID: 427 (code=exited, status=0/SUCCESS)
        CPU: 124ms
`,
  ],
  [
    'inactive (b1)',
    {
      ...dead,
      id: 't-static.service',
      fragment: '/etc/systemd/system/t-static.service',
      description: 't-static.service',
    },
    STARTED,
    `○ t-static.service
     Loaded: loaded (/etc/systemd/system/t-static.service; static)
     Active: inactive (dead)
`,
  ],
  [
    'masked (b2)',
    {
      ...dead,
      id: 't-lib.service',
      description: 't-lib.service',
      load: 'masked',
      loadError: { name: 'UnitMasked', message: 'Unit t-lib.service is masked.' },
      fileState: 'masked',
    },
    STARTED,
    `○ t-lib.service
     Loaded: masked (Reason: Unit t-lib.service is masked.)
     Active: inactive (dead)
`,
  ],
  [
    'drop-ins of four folders (b2)',
    {
      ...dead,
      id: 't-lib.service',
      description: 'Lib unit',
      fragment: '/usr/lib/systemd/system/t-lib.service',
      fileState: 'disabled',
      dropIns: [
        '/etc/systemd/system/t-lib.service.d/05-a.conf',
        '/etc/systemd/system/t-lib.service.d/10-a.conf',
        '/run/systemd/system/t-lib.service.d/20-a.conf',
        '/usr/lib/systemd/system/t-.service.d/90-p.conf',
      ],
    },
    STARTED,
    `○ t-lib.service - Lib unit
     Loaded: loaded (/usr/lib/systemd/system/t-lib.service; disabled; preset: enabled)
    Drop-In: /etc/systemd/system/t-lib.service.d
             └─05-a.conf, 10-a.conf
             /run/systemd/system/t-lib.service.d
             └─20-a.conf
             /usr/lib/systemd/system/t-.service.d
             └─90-p.conf
     Active: inactive (dead)
`,
  ],
  [
    'waiting to restart (b5)',
    {
      ...dead,
      active: 'activating',
      sub: 'auto-restart',
      result: 'exit-code',
      inactiveExitMs: at('2026-11-23T13:46:10Z'),
      lastMain: exit('ExecStart', ['/bin/false'], 9, 1),
    },
    at('2026-11-23T13:46:52Z'),
    `● t-x.service
     Loaded: loaded (/etc/systemd/system/t-x.service; static)
     Active: activating (auto-restart) (Result: exit-code) since Mon 2026-11-23 13:46:10 UTC; 42s ago
   Main PID: 9 (code=exited, status=1/FAILURE)
`,
  ],
  [
    'an unmet condition (b14)',
    {
      ...dead,
      id: 't-cc.service',
      description: 't-cc.service',
      fragment: '/etc/systemd/system/t-cc.service',
      fileState: 'enabled',
      condition: 'no',
      conditionAtMs: at('2026-11-23T14:27:04Z'),
      unmet: ['ConditionPathExists=/nope'],
    },
    at('2026-11-23T14:27:05.2Z'),
    `○ t-cc.service
     Loaded: loaded (/etc/systemd/system/t-cc.service; enabled; preset: enabled)
     Active: inactive (dead)
  Condition: start condition unmet at Mon 2026-11-23 14:27:04 UTC; 1s ago
             └─ ConditionPathExists=/nope was not met
`,
  ],
  [
    'a SysV script (b10)',
    {
      ...simple,
      id: 't-sysv.service',
      description: 'LSB: T sysv service',
      documentation: ['man:systemd-sysv-generator(8)'],
      source: '/etc/init.d/t-sysv',
      fragment: '/run/systemd/generator.late/t-sysv.service',
      fileState: 'generated',
      activeEnterMs: at('2026-11-23T14:05:42Z'),
      mainPid: 0,
      ended: [exit('ExecStart', ['/etc/init.d/t-sysv', 'start'], 6562, 0)],
      memory: 233_472,
      memoryPeak: 1_363_149,
      cpuNsec: 272_000_000,
      cgroup: '/system.slice/t-sysv.service',
    },
    at('2026-11-23T14:05:42.286Z'),
    `● t-sysv.service - LSB: T sysv service
     Loaded: loaded (/etc/init.d/t-sysv; generated)
     Active: active (running) since Mon 2026-11-23 14:05:42 UTC; 286ms ago
       Docs: man:systemd-sysv-generator(8)
    Process: 6562 ExecStart=/etc/init.d/t-sysv start (code=exited, status=0/SUCCESS)
      Tasks: 1 (limit: 1144)
     Memory: 228.0K (peak: 1.2M)
        CPU: 272ms
     CGroup: /system.slice/t-sysv.service
`,
  ],
  [
    'a socket (b10)',
    {
      ...dead,
      id: 't-so.socket',
      type: 'socket',
      description: 't-so.socket',
      fragment: '/etc/systemd/system/t-so.socket',
      fileState: 'disabled',
      active: 'active',
      sub: 'listening',
      activeEnterMs: at('2026-11-23T14:05:05Z'),
      triggers: [{ unit: 't-so.service', active: 'inactive' }],
      listen: ['127.0.0.1:5501 (Stream)', '/run/t-so.sock (Stream)'],
      tasks: 0,
      tasksMax: 1144,
      memory: 4096,
      memoryPeak: 278_528,
      cpuNsec: 39_000_000,
      cgroup: '/system.slice/t-so.socket',
    },
    at('2026-11-23T14:05:05.815Z'),
    `● t-so.socket
     Loaded: loaded (/etc/systemd/system/t-so.socket; disabled; preset: enabled)
     Active: active (listening) since Mon 2026-11-23 14:05:05 UTC; 815ms ago
   Triggers: ● t-so.service
     Listen: 127.0.0.1:5501 (Stream)
             /run/t-so.sock (Stream)
      Tasks: 0 (limit: 1144)
     Memory: 4.0K (peak: 272.0K)
        CPU: 39ms
     CGroup: /system.slice/t-so.socket
`,
  ],
  [
    'a timer and what it triggers',
    {
      ...dead,
      id: 'a.timer',
      type: 'timer',
      description: 'A',
      active: 'active',
      sub: 'waiting',
      activeEnterMs: STARTED,
      nextElapseMs: STARTED + 9 * 3_600_000,
      triggers: [{ unit: 'a.service', active: 'inactive' }],
    },
    STARTED + 2000,
    `● a.timer - A
     Loaded: loaded (/etc/systemd/system/t-x.service; static)
     Active: active (waiting) since Mon 2026-11-23 13:36:38 UTC; 2s ago
    Trigger: Mon 2026-11-23 22:36:38 UTC; 8h left
   Triggers: ● a.service
`,
  ],
  [
    'what a service said of itself (b13)',
    {
      ...simple,
      tasks: 1,
      memory: 4096,
      statusText: 'bad',
      statusErrno: 2,
      controlPid: 77,
      triggeredBy: [{ unit: 'a.socket', active: 'active' }],
    },
    STARTED + 2000,
    `● t-simple.service - T simple
     Loaded: loaded (/etc/systemd/system/t-simple.service; disabled; preset: enabled)
     Active: active (running) since Mon 2026-11-23 13:36:38 UTC; 2s ago
TriggeredBy: ● a.socket
   Main PID: 902 (sleep); Control PID: 77 (sleep)
     Status: "bad"
      Error: 2 (No such file or directory)
      Tasks: 1 (limit: 1144)
     Memory: 4.0K (peak: 1.5M)
        CPU: 167ms
     CGroup: /system.slice/t-simple.service
`,
  ],
  [
    'killed, with limits of memory',
    {
      ...dead,
      active: 'failed',
      sub: 'failed',
      result: 'signal',
      lastMain: exit('ExecStart', ['/bin/x'], 5, 9, 'killed'),
      memory: 1_048_576,
      memoryMax: 20_971_520,
      memoryHigh: 15_728_640,
    },
    STARTED,
    `× t-x.service
     Loaded: loaded (/etc/systemd/system/t-x.service; static)
     Active: failed (Result: signal)
   Main PID: 5 (code=killed, signal=KILL)
     Memory: 1.0M (high: 15.0M max: 20.0M available: 14.0M)
`,
  ],
];
for (const [name, status, now, block] of rows) test(name, () => assert.equal(statusBlock(status, style(now)), block));

test('colours on a terminal, other signs without UTF-8', () => {
  const text = statusBlock(simple, style(STARTED, { colours: COLOURS, glyphs: ASCII }));
  assert.ok(text.startsWith('\x1b[0;1;32m*\x1b[0m t-simple.service - T simple\n'), JSON.stringify(text.slice(0, 60)));
  assert.ok(text.includes('; \x1b[0;1;38;5;185mdisabled\x1b[0m; preset: \x1b[0;1;32menabled\x1b[0m)\n'));
  assert.ok(text.includes('     Active: \x1b[0;1;32mactive (running)\x1b[0m since'));
});
