import assert from 'node:assert/strict';
import test from 'node:test';
import { type Answer, run } from './run-systemctl.test.ts';

const LEGEND = `
Legend: LOAD   → Reflects whether the unit definition was properly loaded.
        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.
        SUB    → The low-level unit activation state, values depend on unit type.
`;
const lib: Answer = {
  is: 'units',
  units: [{ unit: 't-lib.service', load: 'loaded', active: 'active', sub: 'running', description: 'Lib unit' }],
};
const bad: Answer = {
  is: 'units',
  units: [
    { unit: 't-jslow.service', load: 'loaded', active: 'failed', sub: 'failed', description: 't-jslow.service' },
    { unit: 't-bad.service', load: 'loaded', active: 'failed', sub: 'failed', description: 't-bad.service' },
  ],
};
const lists: [line: string, answers: Answer[], text: string][] = [
  [
    'list-units t-lib.service',
    [lib],
    `  UNIT          LOAD   ACTIVE SUB     DESCRIPTION
  t-lib.service loaded active running Lib unit
${LEGEND}
1 loaded units listed. Pass --all to see loaded but inactive units, too.
To show all installed unit files use 'systemctl list-unit-files'.
-> rc=0`,
  ],
  ['list-units --no-legend --plain t-lib.service', [lib], 't-lib.service loaded active running Lib unit\n-> rc=0'],
  [
    'list-units t-zzz.service',
    [{ is: 'units', units: [] }],
    `  UNIT LOAD ACTIVE SUB DESCRIPTION

0 loaded units listed. Pass --all to see loaded but inactive units, too.
To show all installed unit files use 'systemctl list-unit-files'.
-> rc=0`,
  ],
  [
    '--failed --no-pager',
    [bad],
    `  UNIT            LOAD   ACTIVE SUB    DESCRIPTION
● t-bad.service   loaded failed failed t-bad.service
● t-jslow.service loaded failed failed t-jslow.service
${LEGEND}
2 loaded units listed.
-> rc=0`,
  ],
  [
    'list-units --output=json',
    [lib],
    '[{"unit":"t-lib.service","load":"loaded","active":"active","sub":"running","description":"Lib unit"}]\n-> rc=0',
  ],
  [
    "list-sockets 't-*'",
    [
      {
        is: 'sockets',
        sockets: [
          { listen: '/run/t-sr/x.sock', type: 'Stream', unit: 't-sr.socket', activates: ['t-so2.service'] },
          { listen: '[::]:5502', type: 'Stream', unit: 't-sa.socket', activates: [] },
          { listen: '/run/t-sr/fifo', type: 'FIFO', unit: 't-sr.socket', activates: ['t-so2.service'] },
          { listen: '127.0.0.1:5504', type: 'Stream', unit: 't-sr.socket', activates: ['t-so2.service'] },
        ],
      },
    ],
    `LISTEN           UNIT        ACTIVATES
127.0.0.1:5504   t-sr.socket t-so2.service
[::]:5502        t-sa.socket -
/run/t-sr/fifo   t-sr.socket t-so2.service
/run/t-sr/x.sock t-sr.socket t-so2.service

4 sockets listed.
Pass --all to see loaded but inactive sockets, too.
-> rc=0`,
  ],
  [
    'list-timers',
    [
      {
        is: 'timers',
        timers: [
          { unit: 't-tc.timer', activates: ['t-tm2.service'], nextMs: 0, lastMs: 1_795_442_905_250 },
          {
            unit: 'dpkg-db-backup.timer',
            activates: ['dpkg-db-backup.service'],
            nextMs: Date.parse('2026-11-24T00:00:00Z'),
            lastMs: 0,
          },
          { unit: 't-tm.timer', activates: ['t-tm.service'], nextMs: 1_795_442_905_862.5, lastMs: 1_795_442_904_000 },
        ],
      },
    ],
    `NEXT                         LEFT LAST                           PASSED UNIT                 ACTIVATES
Mon 2026-11-23 14:08:25 UTC 337ms Mon 2026-11-23 14:08:24 UTC    1s ago t-tm.timer           t-tm.service
Tue 2026-11-24 00:00:00 UTC    9h -                                   - dpkg-db-backup.timer dpkg-db-backup.service
-                               - Mon 2026-11-23 14:08:25 UTC 275ms ago t-tc.timer           t-tm2.service

3 timers listed.
Pass --all to see loaded but inactive timers, too.
-> rc=0`,
  ],
  [
    'list-dependencies t-dep',
    [
      {
        is: 'dependencies',
        roots: ['t-dep.service'],
        units: {
          't-dep.service': { active: 'active', to: ['t-tgt.target', 'b.service'] },
          't-tgt.target': { active: 'active', to: ['c.service', 'a.mount'] },
          'b.service': { active: 'inactive', to: ['x.service'] },
          'c.service': { active: 'failed', to: [] },
          'a.mount': { active: 'active', to: [] },
        },
      },
    ],
    `t-dep.service
○ ├─b.service
● └─t-tgt.target
●   ├─a.mount
×   └─c.service
-> rc=0`,
  ],
  [
    'list-dependencies --reverse --plain t-dep',
    [
      {
        is: 'dependencies',
        roots: ['t-dep.service'],
        units: {
          't-dep.service': { active: 'active', to: ['t-tgt.target'] },
          't-tgt.target': { active: 'active', to: [] },
        },
      },
    ],
    't-dep.service\n  t-tgt.target\n-> rc=0',
  ],
];
for (const [line, answers, text] of lists) test(line, async () => assert.equal((await run(line, answers)).text, text));
