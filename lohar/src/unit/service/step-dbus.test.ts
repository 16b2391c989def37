import assert from 'node:assert/strict';
import test from 'node:test';
import { RUN, World } from './world.fake.ts';

const DBUS = `${RUN}Type=dbus\nBusName=a.b\n`;
const owner = (w: World, name: string): World => w.send({ is: 'bus-owner', owner: name });
const up = (w: World): World => owner(w.start(), ':1.1');

const rows: [name: string, body: string, act: (world: World) => void, trace: string, ends: string][] = [
  ['it waits for its name', DBUS, (w) => w.start(), 'start', 'start/success'],
  ['the name makes it', DBUS, up, 'start running', 'running/success'],
  ['BusName= alone means Type=dbus', `${RUN}BusName=a.b`, up, 'start running', 'running/success'],
  ['that nobody has the name is no news', DBUS, (w) => owner(w.start(), ''), 'start', 'start/success'],
  [
    'it goes with its name',
    DBUS,
    (w) => owner(up(w), ''),
    'start running terminate stop-sigterm',
    'stop-sigterm/success',
  ],
  ['another owner will do', DBUS, (w) => owner(up(w), ':1.2'), 'start running', 'running/success'],
  [
    'RemainAfterExit= counts the loss as an end',
    `${DBUS}RemainAfterExit=yes`,
    (w) => owner(up(w), ''),
    'start running exited',
    'exited/success',
  ],
  [
    'the program fails before it has the name',
    DBUS,
    (w) => w.start().mainExits(3),
    'start terminate kill terminate kill failed',
    'failed/exit-code',
  ],
  [
    'it ends well before it has the name',
    DBUS,
    (w) => w.start().mainExits(0),
    'start terminate kill terminate kill dead',
    'dead/success',
  ],
  [
    'the name does not come in time',
    DBUS,
    (w) => w.start().send({ is: 'timeout' }),
    'start terminate stop-sigterm',
    'stop-sigterm/timeout',
  ],
  [
    'the owner of the run before is not heard again',
    DBUS,
    (w) => owner(up(w).mainExits(0).start(), ':1.1'),
    'start running terminate kill terminate kill dead start',
    'start/success',
  ],
  [
    '... but the next one is',
    DBUS,
    (w) => owner(owner(up(w).mainExits(0).start(), ''), ':1.2'),
    'start running terminate kill terminate kill dead start running',
    'running/success',
  ],
  [
    'lost while ExecStartPost= runs',
    `${DBUS}ExecStartPost=/bin/y`,
    (w) => owner(up(w), '').controlExits(0),
    'start start-post terminate stop-sigterm',
    'stop-sigterm/success',
  ],
  [
    'a service of another type does not care',
    `${RUN}Type=exec\nBusName=a.b`,
    (w) => owner(w.start(), ''),
    'start running',
    'running/success',
  ],
  [
    'without a bus it is up at once, and no bus of later ends it',
    DBUS,
    (w) => {
      w.hasBus = false;
      owner(w.start(), '');
    },
    'running',
    'running/success',
  ],
];

for (const [name, body, act, trace, ends] of rows)
  test(`Type=dbus: ${name}`, () => {
    const world = new World(body);
    act(world);
    assert.deepEqual([world.shown, world.ends], [trace, ends]);
  });

test('Type=dbus: without a bus it is said', () => {
  const world = new World(DBUS);
  world.hasBus = false;
  assert.deepEqual(world.start().log, [
    'There is no D-Bus here to watch for the bus name; the service counts as started as with Type=simple.',
  ]);
});
