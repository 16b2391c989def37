import assert from 'node:assert/strict';
import test from 'node:test';
import type { Machine } from '../exec/specifier.ts';
import { type LoadedUnit, loadUnit } from './load-unit.ts';
import { FakeUnitFiles } from './unit-files.fake.ts';
import { UnitIndex } from './unit-index.ts';

const machine: Machine = {
  machineId: () => 'm',
  bootId: () => 'b',
  hostname: () => 'lab',
  kernelRelease: () => '6.8',
  architecture: 'x86-64',
  osRelease: () => '',
  rootHome: () => '/root',
  rootShell: () => '/bin/bash',
};
const ETC = '/etc/systemd/system';
const LIB = '/usr/lib/systemd/system';

function load(name: string, entries: Record<string, string>): LoadedUnit {
  const files = new FakeUnitFiles(entries);
  return loadUnit(name, { files, index: UnitIndex.of(files), machine });
}
const service = (body: string): string => `[Service]\nExecStart=/bin/true\n${body}`;
const lines = (unit: LoadedUnit): string[] => unit.lines.map((line) => line.text);

test('a higher folder wins (line 1)', () => {
  const unit = load('a.service', { [`${LIB}/a.service`]: service('Nice=1'), [`${ETC}/a.service`]: service('Nice=2') });
  assert.deepEqual([unit.fragment, unit.settings.Nice], [`${ETC}/a.service`, 2]);
});
test('an unknown unit (line 2)', () => {
  const unit = load('t-nope.service', {});
  assert.deepEqual(
    [unit.load, unit.error],
    ['not-found', { name: 'NoSuchUnit', message: 'Unit t-nope.service not found.' }],
  );
});
test('a masked unit and an empty file (lines 3 and 4)', () => {
  const masked = load('a.service', { [`${LIB}/a.service`]: service(''), [`${ETC}/a.service`]: '-> /dev/null' });
  assert.deepEqual(
    [masked.load, masked.fragment, masked.error?.message],
    ['masked', `${ETC}/a.service`, 'Unit a.service is masked.'],
  );
  assert.equal(load('a.service', { [`${ETC}/a.service`]: '' }).load, 'masked');
});

// Line 5.
const unfit: [name: string, body: string][] = [
  ['no ExecStart at all', '[Service]\nNice=1'],
  ['only ExecStop', '[Service]\nExecStop=/bin/true'],
  ['only ExecStop, oneshot', '[Service]\nType=oneshot\nExecStop=/bin/true'],
  ['two commands with Type=simple', service('ExecStart=/bin/false')],
  ['unbalanced quotes', "[Service]\nExecStart=/bin/sh -c 'x"],
  ['a relative path with a slash', '[Service]\nExecStart=bin/sleep 1'],
  ['Type=dbus without BusName', service('Type=dbus')],
  ['oneshot that always restarts', service('Type=oneshot\nRestart=always')],
  ['an unknown specifier', '[Service]\nExecStart=/bin/echo %z'],
];
for (const [name, body] of unfit)
  test(`unfit: ${name}`, () => {
    const unit = load('a.service', { [`${ETC}/a.service`]: body });
    assert.deepEqual([unit.load, unit.error?.message], ['bad-setting', 'Unit a.service has a bad unit file setting.']);
  });
test('a oneshot that remains with only ExecStop is fit (line 6)', () => {
  const body = '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStop=/bin/true';
  assert.equal(load('a.service', { [`${ETC}/a.service`]: body }).load, 'loaded');
});

const F = `${ETC}/a.service`;
const warned: [name: string, body: string, lines: string[]][] = [
  [
    'wrong values (line 7)',
    '[Service]\nType=bogus\nRestart=sometimes\nTimeoutStartSec=abc\nExecStart=/bin/true\nUser=\nNice=99',
    [
      `${F}:2: Failed to parse service type, ignoring: bogus`,
      `${F}:3: Failed to parse service restart specifier, ignoring: sometimes`,
      `${F}:4: Failed to parse TimeoutStartSec= parameter, ignoring: abc`,
      `${F}:7: Nice priority out of range, ignoring: 99`,
    ],
  ],
  [
    'keys are case-sensitive (line 8)',
    service('execstop=/bin/x'),
    [`${F}:3: Unknown key name 'execstop' in section 'Service', ignoring.`],
  ],
  [
    'no trailing comments (line 8)',
    service('Nice=3 # not a comment'),
    [`${F}:3: Failed to parse nice priority '3 # not a comment', ignoring: Invalid argument`],
  ],
  ['outside of a section (line 8)', `Nice=1\n${service('')}`, [`${F}:1: Assignment outside of section. Ignoring.`]],
  ['keys of one’s own (line 9)', service('X-Mine=1'), []],
  [
    'open quotes (line 8)',
    "[Service]\nExecStart=/bin/sh -c 'logger x",
    [
      `${F}:2: Unbalanced quoting, ignoring: "/bin/sh -c 'logger x"`,
      'a.service: Unit configuration has fatal error, unit will not be started.',
    ],
  ],
  [
    'a specifier that nobody knows (line 62)',
    '[Service]\nExecStart=/bin/echo D=%D',
    [
      `${F}:2: Failed to resolve unit specifiers in D=%D: Invalid slot`,
      'a.service: Unit configuration has fatal error, unit will not be started.',
    ],
  ],
  [
    'dbus without a name (line 77)',
    service('Type=dbus'),
    ['a.service: Service is of type D-Bus but no D-Bus service name has been specified. Refusing.'].map((l) => l),
  ],
];
for (const [name, body, expected] of warned)
  test(`logged: ${name}`, () => assert.deepEqual(lines(load('a.service', { [F]: body })), expected));

test('values (line 13)', () => {
  const { settings } = load('a.service', {
    [F]: service(
      'MemoryMax=1G\nMemoryHigh=1.5M\nCPUQuota=150%\nLimitFSIZE=1M:2M\nLimitNOFILE=4K\nTimeoutStopSec=1min 30s\nUMask=077\nKillSignal=INT',
    ),
  });
  assert.deepEqual(
    [
      settings.MemoryMax,
      settings.MemoryHigh,
      settings.CPUQuota,
      settings.LimitFSIZE,
      settings.LimitNOFILE,
      settings.TimeoutStopSec,
      settings.UMask,
      settings.KillSignal,
    ],
    [1073741824, 1572864, 1_500_000, { soft: 1048576, hard: 2097152 }, null, 90_000_000, 0o77, 2],
  );
});
test('0 is no timeout; a oneshot has none (line 14)', () => {
  const zero = load('a.service', { [F]: service('TimeoutStartSec=0\nTimeoutStopSec=0') }).settings;
  assert.deepEqual([zero.TimeoutStartSec, zero.TimeoutStopSec], [Infinity, Infinity]);
  const oneshot = load('a.service', { [F]: service('Type=oneshot') }).settings;
  assert.deepEqual([oneshot.TimeoutStartSec, oneshot.TimeoutStopSec], [Infinity, 90_000_000]);
  assert.equal(
    load('a.service', { [F]: service('Type=oneshot\nTimeoutStartSec=90') }).settings.TimeoutStartSec,
    90_000_000,
  );
});

test('drop-ins of all kinds merge by file name (lines 27 to 29)', () => {
  const unit = load('t-lib.service', {
    [`${LIB}/t-lib.service`]: service('Environment=A=base B=base C=base D=base'),
    [`${ETC}/t-lib.service.d/10-a.conf`]: '[Service]\nEnvironment=B=etc10 A=etc10',
    [`${LIB}/t-lib.service.d/10-a.conf`]: '[Service]\nEnvironment=B=hidden',
    '/run/systemd/system/t-lib.service.d/20-a.conf': '[Service]\nEnvironment=A=run20',
    [`${ETC}/t-.service.d/90-p.conf`]: '[Service]\nEnvironment=C=prefix90',
    [`${ETC}/service.d/95-t.conf`]: '[Service]\nEnvironment=D=type95',
  });
  assert.deepEqual(unit.settings.Environment, ['A=run20', 'B=etc10', 'C=prefix90', 'D=type95']);
  assert.deepEqual(unit.dropIns, [
    `${ETC}/t-lib.service.d/10-a.conf`,
    '/run/systemd/system/t-lib.service.d/20-a.conf',
    `${ETC}/t-.service.d/90-p.conf`,
    `${ETC}/service.d/95-t.conf`,
  ]);
});
test('an empty command list is replaced (line 29)', () => {
  const unit = load('a.service', {
    [F]: service(''),
    [`${F}.d/1.conf`]: '[Service]\nExecStart=\nExecStart=/bin/sleep 8888',
  });
  assert.deepEqual(
    unit.settings.ExecStart.map((command) => command.argv),
    [['/bin/sleep', '8888']],
  );
});

test('an own file beats the template; its drop-ins still apply (line 20)', () => {
  const entries = {
    [`${ETC}/t-i@.service`]: service('Nice=1'),
    [`${ETC}/t-i@x.service`]: service('Nice=2'),
    [`${ETC}/t-i@.service.d/1.conf`]: '[Service]\nUMask=077',
    [`${ETC}/t-i@y.service.d/2.conf`]: '[Service]\nKillSignal=INT',
  };
  const x = load('t-i@x.service', entries);
  const y = load('t-i@y.service', entries);
  assert.deepEqual([x.settings.Nice, x.settings.UMask, x.settings.KillSignal], [2, 0o77, 15]);
  assert.deepEqual(
    [y.settings.Nice, y.settings.UMask, y.settings.KillSignal, y.fragment],
    [1, 0o77, 2, `${ETC}/t-i@.service`],
  );
});
test('aliases resolve to one unit; drop-ins of the alias count (lines 21 and 22)', () => {
  const entries = {
    [`${ETC}/t-al.service`]: service(''),
    [`${ETC}/t-al2.service`]: '-> t-al.service',
    [`${ETC}/t-al2.service.d/1.conf`]: '[Service]\nNice=7',
    [`${ETC}/t-i@.service`]: service(''),
    [`${ETC}/t-ial@.service`]: `-> ${ETC}/t-i@.service`,
  };
  const unit = load('t-al2.service', entries);
  assert.deepEqual([unit.id, unit.names, unit.settings.Nice], ['t-al.service', ['t-al.service', 't-al2.service'], 7]);
  const instance = load('t-ial@q.service', entries);
  assert.deepEqual([instance.id, instance.names], ['t-i@q.service', ['t-i@q.service', 't-ial@q.service']]);
});
test('a link out of the unit folders is the file itself (line 187)', () => {
  const unit = load('t-linked.service', {
    [`${ETC}/t-linked.service`]: '-> /opt/t-linked.service',
    '/opt/t-linked.service': service('Nice=3'),
  });
  assert.deepEqual([unit.load, unit.settings.Nice, unit.fragment], ['loaded', 3, `${ETC}/t-linked.service`]);
});
test('.wants and .requires folders', () => {
  const unit = load('multi-user.target', {
    [`${LIB}/multi-user.target`]: '[Unit]\nDescription=x',
    [`${ETC}/multi-user.target.wants/a.service`]: '-> /lib/systemd/system/a.service',
    [`${LIB}/multi-user.target.wants/a.service`]: '-> ../a.service',
    [`${LIB}/multi-user.target.requires/b.service`]: '-> ../b.service',
    [`${ETC}/multi-user.target.wants/masked.service`]: '-> /dev/null',
  });
  assert.deepEqual(unit.folders, [
    ['Wants', 'a.service'],
    ['Requires', 'b.service'],
  ]);
});
test('a loop of aliases ends', () => {
  const unit = load('a.service', { [`${ETC}/a.service`]: '-> b.service', [`${ETC}/b.service`]: '-> a.service' });
  assert.equal(unit.load, 'not-found');
});
test('conditions keep their flags and an empty one removes all', () => {
  const unit = load('a.service', {
    [F]:
      '[Unit]\nConditionPathExists=/gone\nConditionHost=\nConditionPathExists=|!/x//y\nAssertFileNotEmpty=/z\n' +
      service(''),
  });
  assert.deepEqual(unit.settings.Conditions, [
    { key: 'ConditionPathExists', kind: 'PathExists', trigger: true, negate: true, parameter: '/x/y' },
  ]);
  assert.equal(unit.settings.Asserts.length, 1);
});
