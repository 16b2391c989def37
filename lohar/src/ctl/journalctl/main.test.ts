import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { type TestContext } from 'node:test';
import type { Sender } from '../../journal/compose.ts';
import { NodeFiles, temporaryFolder } from '../../journal/node-files.test.ts';
import { journalKey } from '../../journal/places.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { type FakeOptions, runFake } from '../fake-program.test.ts';
import { journalctl } from './main.ts';

const START = 1_795_442_905_525_408;
const BOOTS = ['1'.repeat(32), '2'.repeat(32)];

/** The journal of b11.sh: t-j1 says five lines and an error, t-j2 fails. */
function fill(t: TestContext): string {
  const sys = new NodeFiles();
  const root = temporaryFolder((run) => t.after(run));
  const folder = `${root}/var/log/bhatti`;
  fs.mkdirSync(`${root}/var/log`, { recursive: true });
  let n = 0;
  for (const boot of BOOTS) {
    const writer = new JournalWriter(sys, {
      folder,
      base: [
        ['_BOOT_ID', boot],
        ['_HOSTNAME', 'lab'],
      ],
      now: () => ({ realtimeUs: 0, monotonicUs: 0 }),
    });
    const say = (unit: string, sender: Sender, identifier: string, pid: number, message: string, priority = 6) => {
      const at = { realtimeUs: START + n * 1_000_000, monotonicUs: n++ };
      writer.message(unit === 'kernel' ? 'kernel' : journalKey(unit), sender, at, {
        priority,
        identifier,
        pid,
        message,
        fields: [],
      });
    };
    const own = (unit: string): Sender => ({
      fields: [
        ['_TRANSPORT', 'journal'],
        ['_SYSTEMD_UNIT', 'init.scope'],
        ['UNIT', unit],
      ],
    });
    const j1: Sender = {
      fields: [
        ['_TRANSPORT', 'stdout'],
        ['_SYSTEMD_UNIT', 't-j1.service'],
      ],
    };
    say('kernel', { fields: [['_TRANSPORT', 'kernel']] }, 'kernel', 0, `Linux of ${boot[0]}`);
    say('t-j1.service', own('t-j1.service'), 'systemd', 1, 'Started t-j1.service - J one.');
    for (let i = 1; i <= 5; i++) say('t-j1.service', j1, 'sh', 7003, `line ${i}`);
    say('t-j1.service', j1, 'sh', 7003, 'err');
    say(
      't-j2.service',
      own('t-j2.service'),
      'systemd',
      1,
      't-j2.service: Main process exited, code=exited, status=9/n/a',
      5,
    );
    say('t-j2.service', own('t-j2.service'), 'systemd', 1, "t-j2.service: Failed with result 'exit-code'.", 4);
    say('t-j2.service', own('t-j2.service'), 'systemd', 1, 'Failed to start t-j2.service.', 3);
    writer.flush();
  }
  return root;
}

function setUp(t: TestContext, also: FakeOptions = {}) {
  const root = fill(t);
  const files = { '/proc/sys/kernel/random/boot_id': '22222222-2222-2222-2222-222222222222\n' };
  const options = { root, files, nowMs: START / 1000 + 60_000, ...also };
  return async (line: string) => {
    const argv = line.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
    const { out, err, code } = await runFake(journalctl, ['journalctl', ...argv], options);
    return `${out}${err}-> rc=${code}`;
  };
}

const rows: [line: string, expected: string][] = [
  ['-u t-j1 -b --no-pager -n 2 -o cat', 'line 5\nerr\n-> rc=0'],
  ['-u t-j1 -n 1 -o short-iso', '2026-11-23T14:08:43+00:00 lab sh[7003]: err\n-> rc=0'],
  ['-u t-nope --no-pager', '-- No entries --\n-> rc=0'],
  ['-u t-nope -q', '-> rc=0'],
  ['-u t-nope -o cat', '-> rc=0'],
  [
    '-u t-j1 -u t-j2 -n 4 -o cat',
    "err\nt-j2.service: Main process exited, code=exited, status=9/n/a\nt-j2.service: Failed with result 'exit-code'.\nFailed to start t-j2.service.\n-> rc=0",
  ],
  ["-u 't-j*' -n 2 -o cat", "t-j2.service: Failed with result 'exit-code'.\nFailed to start t-j2.service.\n-> rc=0"],
  ['-u t-j1 -r -n 3 -o cat', 'err\nline 5\nline 4\n-> rc=0'],
  ['-u t-j1 --no-hostname -n 1', 'Nov 23 14:08:43 sh[7003]: err\n-> rc=0'],
  ['--unit=t-j1 --lines=1 --output=cat', 'err\n-> rc=0'],
  [
    "-u t-j1 -b --since '1 hour ago' --until now -o cat",
    'Started t-j1.service - J one.\nline 1\nline 2\nline 3\nline 4\nline 5\nerr\n-> rc=0',
  ],
  ['-u t-j1 --since 2030-01-01', '-- No entries --\n-> rc=0'],
  ['-u t-j1 --since bogus', 'Failed to parse timestamp: bogus\n-> rc=1'],
  ["-u t-j1 -b -g 'line [23]' -o cat", 'line 2\nline 3\n-> rc=0'],
  ['-u t-j1 -g zzzz', '-- No entries --\n-> rc=1'],
  ['-u t-j2 -b -p err -o cat', 'Failed to start t-j2.service.\n-> rc=0'],
  [
    '-u t-j2 -b -p warning..err -o cat',
    "t-j2.service: Failed with result 'exit-code'.\nFailed to start t-j2.service.\n-> rc=0",
  ],
  ['-t mytag', '-- No entries --\n-> rc=0'],
  ['SYSLOG_IDENTIFIER=mytag -o cat', '-> rc=0'],
  ['_SYSTEMD_UNIT=t-j1.service -o cat -n 2', 'line 5\nerr\n-> rc=0'],
  ['_PID=1 -n 1 -o cat', 'Failed to start t-j2.service.\n-> rc=0'],
  ['-b -1 -n 1 -o cat', 'Failed to start t-j2.service.\n-> rc=0'],
  ['-b -2 -n 1', 'No journal boot entry found from the specified boot offset (-2).\n-> rc=1'],
  [`-b ${BOOTS[0]} -k -o cat`, 'Linux of 1\n-> rc=0'],
  ['-k -n 1 -o cat', 'Linux of 2\n-> rc=0'],
  [
    '--list-boots',
    `IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY
 -1 ${BOOTS[0]} Mon 2026-11-23 14:08:25 UTC Mon 2026-11-23 14:08:35 UTC
  0 ${BOOTS[1]} Mon 2026-11-23 14:08:36 UTC Mon 2026-11-23 14:08:46 UTC
-> rc=0`,
  ],
  ['-F _TRANSPORT', 'kernel\njournal\nstdout\n-> rc=0'],
  ['-n 0', '-- No entries --\n-> rc=0'],
  ['-xeu t-j2 -n 1 -o cat', 'Failed to start t-j2.service.\n-> rc=0'],
  ['--bogus', "journalctl: unrecognized option '--bogus'\n-> rc=1"],
  ['-n abc', "Failed to add match 'abc': Invalid argument\n-> rc=1"],
  ['-o bogus', "Unknown output format 'bogus'.\n-> rc=1"],
  ['-I -u t-j1', "journalctl: invalid option -- 'I'\n-> rc=1"],
  ['-u t-j1 -n 1 -o cat --show-cursor', `err\n-- cursor: s=;i=13;b=${BOOTS[1]};m=12;t=660f2209a4efe0;x=13\n-> rc=0`],
  [
    '_SYSTEMD_UNIT=t-j1.service + UNIT=t-j2.service -b -n 2 -o cat',
    "t-j2.service: Failed with result 'exit-code'.\nFailed to start t-j2.service.\n-> rc=0",
  ],
  ['-u t-j1 -n +2 -o cat', 'Started t-j1.service - J one.\nline 1\n-> rc=0'],
  ["--cursor='i=13' -u t-j1 -o cat", 'err\n-> rc=0'],
  ["--after-cursor='i=12' -u t-j1 -o cat", 'err\n-> rc=0'],
  ["--after-cursor='i=12' -u t-j1 -o cat -r -n 1", 'line 4\n-> rc=0'],
];
test('journalctl over real files', async (t) => {
  const run = setUp(t);
  for (const [line, expected] of rows)
    await t.test(line, async () =>
      assert.equal((await run(line)).replace(/t=[0-9a-f]+;/, 't=660f2209a4efe0;'), expected),
    );
});

test('a boundary of boots is said between entries', async (t) => {
  const run = setUp(t);
  const text = await run('-u t-j2 -p err');
  assert.equal(
    text,
    `Nov 23 14:08:35 lab systemd[1]: Failed to start t-j2.service.\n-- Boot ${BOOTS[1]} --\nNov 23 14:08:46 lab systemd[1]: Failed to start t-j2.service.\n-> rc=0`,
  );
});

test('--disk-usage, --verify', async (t) => {
  const run = setUp(t);
  assert.match(
    await run('--disk-usage'),
    /^Archived and active journals take up \d\.\dK in the file system\.\n-> rc=0$/,
  );
  assert.match(await run('--verify'), /^(PASS: \/var\/log\/bhatti\/[\w.-]+\.log\n){3}-> rc=0$/);
});

test('what changes files is PID 1’s work', async (t) => {
  const root = fill(t);
  const answer = () =>
    [
      { is: 'journal', deleted: [{ path: '/var/log/bhatti/a.log.1', sizeBytes: 2_728_000 }], freedBytes: 2_728_000 },
    ] as const;
  const ran = await runFake(journalctl, ['journalctl', '--rotate', '--vacuum-size=1M'], { root, answer });
  assert.deepEqual(ran.requests, [
    { verb: 'journal', op: 'rotate' },
    { verb: 'journal', op: 'vacuum', sizeBytes: 1_048_576 },
  ]);
  assert.equal(
    ran.err,
    'Deleted archived journal /var/log/bhatti/a.log.1 (2.6M).\nVacuuming done, freed 2.6M of archived journals from /var/log/bhatti.\n',
  );
});

test('--vacuum-time names a moment in whole milliseconds, as PID 1 takes no other', async (t) => {
  const answer = () => [{ is: 'journal', deleted: [], freedBytes: 0 }] as const;
  const now = { nowMs: 1_795_442_905_525.408 };
  const ran = await runFake(journalctl, ['journalctl', '--vacuum-time=1500us'], { root: fill(t), answer, ...now });
  assert.deepEqual(ran.requests, [{ verb: 'journal', op: 'vacuum', olderThanMs: 1_795_442_905_523 }]);
});

for (const call of ['readdir', 'open'])
  test(`a user who may not ${call} is told so`, async (t) => {
    const root = fill(t);
    const { out, err, code } = await runFake(journalctl, ['journalctl'], {
      root,
      uid: 1001,
      faults: [{ call, code: 'EACCES' }],
    });
    assert.deepEqual([out, code], ['', 1]);
    assert.equal(
      err,
      `Hint: You are currently not seeing messages from other users and the system.
      Users in groups 'adm', 'systemd-journal' can see all messages.
      Pass -q to turn off this notice.
No journal files were opened due to insufficient permissions.
`,
    );
  });

test('no journal at all', async (t) => {
  const root = temporaryFolder((run) => t.after(run));
  assert.deepEqual(await runFake(journalctl, ['journalctl'], { root }), {
    out: '-- No entries --\n',
    err: 'No journal files were found.\n',
    code: 0,
    requests: [],
  });
});
