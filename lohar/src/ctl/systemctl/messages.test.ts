import assert from 'node:assert/strict';
import test from 'node:test';
import type { Reply } from '../../control/protocol.ts';
import type { ActiveState, LoadState } from '../../unit/model.ts';
import { type Answer, run } from './run-systemctl.test.ts';

const failed = (
  unit: string,
  name: 'NoSuchUnit' | 'UnitMasked' | 'JobTypeNotApplicable' | 'BadUnitSetting' | 'OnlyByDependency' | 'NoIsolation',
  message: string,
): Answer => ({
  is: 'failed',
  name: unit,
  unit,
  error: { name, message },
});
const notFound = (unit: string) => failed(unit, 'NoSuchUnit', `Unit ${unit} not found.`);
const state = (unit: string, active: ActiveState, load: LoadState = 'loaded'): Answer => ({
  is: 'state',
  name: unit,
  unit,
  load,
  active,
  sub: 'x',
});
const job = (
  unit: string,
  result: Extract<Reply, { is: 'job' }>['result'],
  unitResult: Extract<Reply, { is: 'job' }>['unitResult'] = 'success',
): Answer => ({
  is: 'job',
  unit,
  job: 1,
  type: 'start',
  result,
  unitResult,
});
const SEE = "See system logs and 'systemctl status X' for details.\n";
const see = (unit: string) => SEE.replace('X', unit);

/** What real systemd printed (shared recordings b1, b2, b4, b7, b12). */
const rows: [line: string, answers: Answer[], text: string][] = [
  [
    'start t-nope',
    [notFound('t-nope.service')],
    'Failed to start t-nope.service: Unit t-nope.service not found.\n-> rc=5',
  ],
  [
    'try-restart t-nope',
    [notFound('t-nope.service')],
    'Failed to try-restart t-nope.service: Unit t-nope.service not found.\n-> rc=5',
  ],
  [
    'reload-or-restart t-nope',
    [notFound('t-nope.service')],
    'Failed to reload-or-restart t-nope.service: Unit t-nope.service not found.\n-> rc=5',
  ],
  [
    'stop t-nope',
    [failed('t-nope.service', 'NoSuchUnit', 'Unit t-nope.service not loaded.')],
    'Failed to stop t-nope.service: Unit t-nope.service not loaded.\n-> rc=5',
  ],
  [
    'start t-lib',
    [failed('t-lib.service', 'UnitMasked', 'Unit t-lib.service is masked.')],
    'Failed to start t-lib.service: Unit t-lib.service is masked.\n-> rc=1',
  ],
  ['try-restart t-lib', [failed('t-lib.service', 'UnitMasked', 'Unit t-lib.service is masked.')], '-> rc=0'],
  [
    'reload t-s',
    [failed('t-s.service', 'JobTypeNotApplicable', 'Job type reload is not applicable for unit t-s.service.')],
    'Failed to reload t-s.service: Job type reload is not applicable for unit t-s.service.\n-> rc=3',
  ],
  [
    'start t-noexec',
    [failed('t-noexec.service', 'BadUnitSetting', 'Unit t-noexec.service has a bad unit file setting.')],
    `Failed to start t-noexec.service: Unit t-noexec.service has a bad unit file setting.\n${see('t-noexec.service')}-> rc=1`,
  ],
  [
    'start t-noman',
    [
      failed(
        't-noman.service',
        'OnlyByDependency',
        'Operation refused, unit t-noman.service may be requested by dependency only (it is configured to refuse manual start/stop).',
      ),
    ],
    `Failed to start t-noman.service: Operation refused, unit t-noman.service may be requested by dependency only (it is configured to refuse manual start/stop).\n${see('t-noman.service')}-> rc=4`,
  ],
  [
    'isolate t-tgt.target',
    [failed('t-tgt.target', 'NoIsolation', 'Operation refused, unit may not be isolated.')],
    `Failed to start t-tgt.target: Operation refused, unit may not be isolated.\n${see('t-tgt.target')}-> rc=4`,
  ],
  [
    'start t-f',
    [job('t-f.service', 'failed', 'exit-code')],
    'Job for t-f.service failed because the control process exited with error code.\nSee "systemctl status t-f.service" and "journalctl -xeu t-f.service" for details.\n-> rc=1',
  ],
  [
    'start t-f',
    [job('t-f.service', 'failed', 'signal')],
    'Job for t-f.service failed because a fatal signal was delivered to the control process.\nSee "systemctl status t-f.service" and "journalctl -xeu t-f.service" for details.\n-> rc=1',
  ],
  [
    'start t-f',
    [job('t-f.service', 'failed', 'timeout')],
    'Job for t-f.service failed because a timeout was exceeded.\nSee "systemctl status t-f.service" and "journalctl -xeu t-f.service" for details.\n-> rc=1',
  ],
  [
    'start t-f',
    [job('t-f.service', 'failed', 'protocol')],
    'Job for t-f.service failed because the service did not take the steps required by its unit configuration.\nSee "systemctl status t-f.service" and "journalctl -xeu t-f.service" for details.\n-> rc=1',
  ],
  [
    'start t-f',
    [job('t-f.service', 'failed', 'resources')],
    'Job for t-f.service failed because of unavailable resources or another system error.\nSee "systemctl status t-f.service" and "journalctl -xeu t-f.service" for details.\n-> rc=1',
  ],
  [
    'restart t-sr',
    [job('t-sr.service', 'failed', 'start-limit-hit')],
    'Job for t-sr.service failed.\nSee "systemctl status t-sr.service" and "journalctl -xeu t-sr.service" for details.\n-> rc=1',
  ],
  ['start t-so.socket', [job('t-so.socket', 'failed')], 'Job failed. See "journalctl -xe" for details.\n-> rc=1'],
  ['start t-o2', [job('t-o2.service', 'canceled')], 'Job for t-o2.service canceled.\n-> rc=1'],
  ['start t-ja', [job('t-ja.service', 'timeout')], 'Job for t-ja.service timed out.\n-> rc=1'],
  [
    'start t-reqbad',
    [job('t-reqbad.service', 'dependency')],
    "A dependency job for t-reqbad.service failed. See 'journalctl -xe' for details.\n-> rc=1",
  ],
  ['reload t-rl', [job('t-rl.service', 'invalid')], 't-rl.service is not active, cannot reload.\n-> rc=1'],
  ['start -q t-f', [job('t-f.service', 'failed', 'exit-code')], '-> rc=1'],
  ['start t-a', [job('t-a.service', 'done')], '-> rc=0'],
  [
    'start t-a t-nope t-b',
    [job('t-a.service', 'done'), notFound('t-nope.service'), job('t-b.service', 'done')],
    'Failed to start t-nope.service: Unit t-nope.service not found.\n-> rc=5',
  ],
  [
    'reload t-b t-nope',
    [
      failed('t-b.service', 'JobTypeNotApplicable', 'Job type reload is not applicable for unit t-b.service.'),
      notFound('t-nope.service'),
    ],
    'Failed to reload t-b.service: Job type reload is not applicable for unit t-b.service.\nFailed to reload t-nope.service: Unit t-nope.service not found.\n-> rc=3',
  ],
  [
    'start t-lib',
    [{ is: 'needs-reload', unit: 't-lib.service' }, job('t-lib.service', 'done')],
    "Warning: The unit file, source configuration file or drop-ins of t-lib.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n-> rc=0",
  ],
  [
    'stop t-so',
    [job('t-so.service', 'done'), { is: 'triggered-by', unit: 't-so.service', units: ['t-so.socket'] }],
    "Stopping 't-so.service', but its triggering units are still active:\nt-so.socket\n-> rc=0",
  ],
  [
    "start 't-[ab].service'",
    [],
    'Warning: systemctl start called with a glob pattern.\nHint: unit globs expand to loaded units, so start will usually have no effect.\n      Passing --all will also load units which are pulled in by other units.\n      See systemctl(1) for more details.\n-> rc=0',
  ],
  [
    "start 't-sq@sp ace'",
    [{ is: 'escaped', from: 't-sq@sp ace', to: 't-sq@sp\\x20ace' }],
    'Invalid unit name "t-sq@sp ace" escaped as "t-sq@sp\\x20ace" (maybe you should use systemd-escape?).\n-> rc=0',
  ],
  [
    'start --wait t-w',
    [job('t-w.service', 'done'), { is: 'ended', unit: 't-w.service', active: 'failed', result: 'exit-code' }],
    '-> rc=1',
  ],
  [
    'is-active a b c',
    [state('a', 'active'), state('b', 'failed'), state('c', 'inactive', 'not-found')],
    'active\nfailed\ninactive\n-> rc=0',
  ],
  ['is-active b c', [state('b', 'failed'), state('c', 'inactive', 'not-found')], 'failed\ninactive\n-> rc=3'],
  ['is-active c', [state('c', 'inactive', 'not-found')], 'inactive\n-> rc=4'],
  ['is-active a', [state('a', 'reloading')], 'reloading\n-> rc=0'],
  ['is-active a', [state('a', 'activating')], 'activating\n-> rc=3'],
  ["is-active 't-zz*'", [], '-> rc=4'],
  ['is-active -q a', [state('a', 'inactive')], '-> rc=3'],
  ['is-failed a b', [state('a', 'active'), state('b', 'failed')], 'active\nfailed\n-> rc=0'],
  ['is-failed a', [state('a', 'activating')], 'activating\n-> rc=1'],
  [
    'is-active t-tpl@',
    [
      failed(
        't-tpl@.service',
        'BadUnitSetting',
        'Unit name t-tpl@.service is neither a valid invocation ID nor unit name.',
      ),
    ],
    'Failed to retrieve unit state: Unit name t-tpl@.service is neither a valid invocation ID nor unit name.\n-> rc=1',
  ],
  ['is-system-running', [{ is: 'system-state', state: 'degraded' }], 'degraded\n-> rc=1'],
  ['is-system-running', [{ is: 'system-state', state: 'running' }], 'running\n-> rc=0'],
  [
    'kill t-nope',
    [failed('t-nope.service', 'NoSuchUnit', 'Unit t-nope.service not loaded.')],
    'Failed to kill unit t-nope.service: Unit t-nope.service not loaded.\n-> rc=1',
  ],
  [
    'reset-failed t-nope',
    [failed('t-nope.service', 'NoSuchUnit', 'Unit t-nope.service not loaded.')],
    'Failed to reset failed state of unit t-nope.service: Unit t-nope.service not loaded.\n-> rc=1',
  ],
  [
    'show t-a t-b -p Id',
    [
      { is: 'properties', unit: 't-a.service', text: ['Id=t-a.service\n'] },
      { is: 'properties', unit: 't-b.service', text: ['Id=t-b.service\n'] },
    ],
    'Id=t-a.service\n\nId=t-b.service\n-> rc=0',
  ],
  [
    'show t-a',
    [{ is: 'properties', unit: 't-a.service', text: ['L=1\nT=', { atMs: 1_795_442_905_525 }, '\n'] }],
    'L=1\nT=Mon 2026-11-23 14:08:25 UTC\n-> rc=0',
  ],
  [
    'show t-a --timestamp=us+utc',
    [{ is: 'properties', unit: 't-a.service', text: ['T=', { atMs: 1_795_442_905_525.408 }, '\n'] }],
    'T=Mon 2026-11-23 14:08:25.525408 UTC\n-> rc=0',
  ],
  [
    'cat t-nope',
    [
      {
        is: 'files',
        name: 't-nope',
        unit: 't-nope.service',
        load: 'not-found',
        fragment: '',
        dropIns: [],
        needsReload: false,
      },
    ],
    'No files found for t-nope.service.\n-> rc=1',
  ],
  [
    'cat t-lib',
    [
      {
        is: 'files',
        name: 't-lib',
        unit: 't-lib.service',
        load: 'masked',
        fragment: '',
        dropIns: [],
        needsReload: false,
      },
    ],
    '# Unit t-lib.service is masked.\n-> rc=0',
  ],
  ['list-jobs', [{ is: 'jobs', jobs: [] }], 'No jobs running.\n-> rc=0'],
  [
    'list-jobs',
    [{ is: 'jobs', jobs: [{ id: 5270, unit: 't-o2.service', type: 'start', state: 'running' }] }],
    'JOB  UNIT         TYPE  STATE\n5270 t-o2.service start running\n\n1 jobs listed.\n-> rc=0',
  ],
  [
    'list-unit-files t-zzz.service',
    [{ is: 'unit-files', files: [] }],
    'UNIT FILE STATE PRESET\n\n0 unit files listed.\n-> rc=1',
  ],
  [
    'list-unit-files t-lib.service',
    [{ is: 'unit-files', files: [{ file: 't-lib.service', state: 'enabled', preset: 'enabled' }] }],
    'UNIT FILE     STATE   PRESET\nt-lib.service enabled enabled\n\n1 unit files listed.\n-> rc=0',
  ],
  [
    'list-unit-files --no-legend',
    [
      {
        is: 'unit-files',
        files: [
          { file: 'dbus.socket', state: 'static', preset: '' },
          { file: 'dbus.service', state: 'static', preset: 'enabled' },
          { file: 'dbus-org.freedesktop.login1.service', state: 'alias', preset: '' },
        ],
      },
    ],
    'dbus-org.freedesktop.login1.service alias  -\ndbus.service                        static -\ndbus.socket                         static -\n-> rc=0',
  ],
  ['get-default', [{ is: 'default-target', unit: 'graphical.target' }], 'graphical.target\n-> rc=0'],
  [
    'show-environment',
    [{ is: 'environment', entries: ['LANG=C.UTF-8', 'FOO=a b'] }],
    "LANG=C.UTF-8\nFOO=$'a b'\n-> rc=0",
  ],
  ['log-level', [{ is: 'log-level', level: 'info' }], 'info\n-> rc=0'],
  ['whoami', [{ is: 'unit-of-pid', unit: 'lab-agent.service' }], 'lab-agent.service\n-> rc=0'],
  ['import-environment', [], 'Calling import-environment without a list of variable names is deprecated.\n-> rc=0'],
  [
    'set-environment a',
    [{ is: 'error', error: { name: 'InvalidArgs', message: 'Invalid environment assignments' } }],
    'Failed to set environment: Invalid environment assignments\n-> rc=1',
  ],
  ['daemon-reload', [], '-> rc=0'],
  [
    'enable t-nope',
    [{ is: 'error', error: { name: 'FileNotFound', message: 'Unit file t-nope.service does not exist.' } }],
    'Failed to enable unit: Unit file t-nope.service does not exist.\n-> rc=1',
  ],
  [
    'set-default t-nope.target',
    [{ is: 'error', error: { name: 'FileNotFound', message: 'Unit file t-nope.target does not exist.' } }],
    'Failed to set default target: Unit file t-nope.target does not exist.\n-> rc=1',
  ],
  [
    'enable t-simple',
    [
      {
        is: 'changes',
        carriesInstall: true,
        changes: [
          {
            did: 'symlink',
            path: '/etc/systemd/system/multi-user.target.wants/t-simple.service',
            target: '/etc/systemd/system/t-simple.service',
          },
        ],
      },
    ],
    'Created symlink /etc/systemd/system/multi-user.target.wants/t-simple.service → /etc/systemd/system/t-simple.service.\n-> rc=0',
  ],
  [
    'disable t-simple',
    [
      {
        is: 'changes',
        carriesInstall: true,
        changes: [{ did: 'unlink', path: '/etc/systemd/system/multi-user.target.wants/t-simple.service' }],
      },
    ],
    'Removed "/etc/systemd/system/multi-user.target.wants/t-simple.service".\n-> rc=0',
  ],
  [
    'disable t-tpl@',
    [{ is: 'changes', carriesInstall: true, changes: [] }],
    "Failed to get triggering units for 't-tpl@.service', ignoring: Invalid argument\n-> rc=0",
  ],
  [
    'mask t-nope',
    [
      {
        is: 'changes',
        carriesInstall: true,
        changes: [
          { did: 'not-exists', path: 't-nope.service' },
          { did: 'symlink', path: '/etc/systemd/system/t-nope.service', target: '/dev/null' },
        ],
      },
    ],
    'Unit t-nope.service does not exist, proceeding anyway.\nCreated symlink /etc/systemd/system/t-nope.service → /dev/null.\n-> rc=0',
  ],
  [
    'enable -q t-simple',
    [{ is: 'changes', carriesInstall: true, changes: [{ did: 'symlink', path: '/a', target: '/b' }] }],
    '-> rc=0',
  ],
  [
    'is-enabled a b c',
    [
      { is: 'file-state', name: 'a', unit: 'a.service', state: 'disabled', path: '' },
      { is: 'file-state', name: 'b', unit: 'b.service', state: 'static', path: '' },
      { is: 'file-state', name: 'c', unit: 'c.service', state: 'not-found', path: '' },
    ],
    'disabled\nstatic\nnot-found\n-> rc=0',
  ],
  ['is-enabled a', [{ is: 'file-state', name: 'a', unit: 'a.service', state: 'linked', path: '' }], 'linked\n-> rc=1'],
  [
    'is-enabled c',
    [{ is: 'file-state', name: 'c', unit: 'c.service', state: 'not-found', path: '' }],
    'not-found\n-> rc=4',
  ],
  [
    'is-enabled /etc/systemd/system/t-a.service',
    [
      {
        is: 'failed',
        name: '/etc/systemd/system/t-a.service',
        unit: '',
        error: { name: 'InvalidArgs', message: 'Invalid argument' },
      },
    ],
    'Failed to get unit file state for /etc/systemd/system/t-a.service: Invalid argument\n-> rc=1',
  ],
];
for (const [line, answers, text] of rows)
  test(`${line} (${answers.map(({ is }) => is).join(' ')})`, async () =>
    assert.equal((await run(line, answers)).text, text));

test('a unit without [Install] gets the long text', async () => {
  const { err, code } = await run('enable t-static', [{ is: 'changes', carriesInstall: false, changes: [] }]);
  assert.equal(code, 0);
  assert.equal(err.split('\n').length, 14);
  assert.ok(err.startsWith('The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,\nAlso=,'));
  assert.ok(
    err.includes(
      'using systemctl.\n \nPossible reasons for having these kinds of units are:\n• A unit may be statically',
    ),
  );
  assert.ok(err.endsWith('  instance name specified.\n'));
});
