import assert from 'node:assert/strict';
import test from 'node:test';
import { formatCalendar, parseCalendar } from './calendar.ts';
import { nextElapse } from './next-elapse.ts';
import { UTC_RULES, type ZoneRules } from './zone-rules.ts';

const isZone = (name: string): boolean => name === 'Europe/Berlin';
const normal = (text: string): string | null => {
  const parsed = parseCalendar(text, isZone);
  return parsed === null ? null : formatCalendar(parsed);
};

/** Of systemd.time(7) and of systemd's own tests. */
const NORMAL: readonly (readonly [string, string])[] = [
  ['minutely', '*-*-* *:*:00'],
  ['Weekly', 'Mon *-*-* 00:00:00'],
  ['semi-annually', '*-01,07-01 00:00:00'],
  ['Sat,Thu,Mon..Wed,Sat..Sun', 'Mon..Thu,Sat,Sun *-*-* 00:00:00'],
  ['Mon,Sun 12-*-* 2,1:23', 'Mon,Sun 2012-*-* 01,02:23:00'],
  ['Wed *-1', 'Wed *-*-01 00:00:00'],
  ['Wed..Wed,Wed *-1', 'Wed *-*-01 00:00:00'],
  ['Wed, 17:48', 'Wed *-*-* 17:48:00'],
  ['Wed..Sat,Tue 12-10-15 1:2:3', 'Tue..Sat 2012-10-15 01:02:03'],
  ['*-*-7 0:0:0', '*-*-07 00:00:00'],
  ['10-15', '*-10-15 00:00:00'],
  ['monday *-12-* 17:00', 'Mon *-12-* 17:00:00'],
  ['Mon,Fri *-*-3,1,2 *:30:45', 'Mon,Fri *-*-01,02,03 *:30:45'],
  ['12,14,13,12:20,10,30', '*-*-* 12,13,14:10,20,30:00'],
  ['mon,fri *-1/2-1,3 *:30:45', 'Mon,Fri *-01/2-01,03 *:30:45'],
  ['03-05 08:05:40', '*-03-05 08:05:40'],
  ['Sat,Sun 12-05 08:05:40', 'Sat,Sun *-12-05 08:05:40'],
  ['2003-03-05 05:40', '2003-03-05 05:40:00'],
  ['05:40:23.4200004/3.1700005', '*-*-* 05:40:23.420000/3.170001'],
  ['2003-02..04-05', '2003-02..04-05 00:00:00'],
  ['2003-03-05 05:40 UTC', '2003-03-05 05:40:00 UTC'],
  ['2003-03-05 05:40 Europe/Berlin', '2003-03-05 05:40:00 Europe/Berlin'],
  ['*:2/3', '*-*-* *:02/3:00'],
  ['Mon *-05~07/1', 'Mon *-05~07/1 00:00:00'],
  ['*-*~1..3', '*-*~01..03 00:00:00'],
  ['@1577836800', '2020-01-01 00:00:00 UTC'],
  ['00:00:1.125..2.125', '*-*-* 00:00:01.125000..02.125000'],
  ['mon-fri 9:00', 'Mon..Fri *-*-* 09:00:00'],
];
for (const [text, expected] of NORMAL)
  test(`the normal form of ${text}`, () => {
    assert.equal(normal(text), expected);
    assert.equal(normal(expected), expected);
  });

for (const text of [
  ...[
    '',
    '7',
    'test',
    ' utc',
    '121212:1:2',
    'Mon..',
    'Wed..Mon',
    '*-13-*',
    '24:00',
    '0:60',
    '*:0/60',
    '*-*~29',
    '*-*-~1',
    '*-*~3..1',
  ],
  ...['2000-03-05 00:00:00.1..2.1/0', '00:00:00/0.00000001', 'Mon 9:00 Nowhere/Land', '1:2:3:4', '*:0/0', '@-1'],
  ...['20/4:00', '5..5:00', '2200-01-01', '99999999999-*-*', 'Tue-'],
])
  test(`no calendar expression: '${text}'`, () => void assert.equal(normal(text), null));

/** One hour east, two in summer, as in Central Europe in 2026. */
const berlin: ZoneRules = {
  offset: (seconds) =>
    seconds >= Date.UTC(2026, 2, 29, 1) / 1000 && seconds < Date.UTC(2026, 9, 25, 1) / 1000 ? 7200 : 3600,
  name: () => '',
};
const next = (text: string, after: string, zone: ZoneRules): string | null => {
  const parsed = parseCalendar(text, isZone);
  assert.ok(parsed !== null);
  const usec = nextElapse(parsed, Date.parse(after) * 1000, zone);
  return usec === null ? null : new Date(Math.floor(usec / 1000)).toISOString().replace('.000Z', 'Z');
};

const NEXT: readonly (readonly [text: string, after: string, expected: string | null, zone?: ZoneRules])[] = [
  ['hourly', '2026-11-26T03:15:00Z', '2026-11-26T04:00:00Z'],
  ['daily', '2026-11-26T00:00:00Z', '2026-11-27T00:00:00Z'],
  ['Mon..Fri 22:30', '2026-11-27T23:00:00Z', '2026-11-30T22:30:00Z'],
  ['*-*-* *:*:0/2', '2026-11-26T03:15:01.5Z', '2026-11-26T03:15:02Z'],
  ['*-02-29', '2026-11-26T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['2030-02-30', '2026-11-26T00:00:00Z', null],
  ['2020-01-01', '2026-11-26T00:00:00Z', null],
  ['*-*~01 12:00', '2026-02-01T00:00:00Z', '2026-02-28T12:00:00Z'],
  ['Mon *-05~07/1', '2026-01-01T00:00:00Z', '2026-05-25T00:00:00Z'],
  ['*-1..11/3-13', '2026-01-14T00:00:00Z', '2026-04-13T00:00:00Z'],
  ['*:0/15', '2026-11-26T03:46:00Z', '2026-11-26T04:00:00Z'],
  ['Sun *-*-1..7 4:00', '2026-11-26T00:00:00Z', '2026-12-06T04:00:00Z'],
  ['*:*:00.25', '2026-11-26T00:00:00.2Z', '2026-11-26T00:00:00.250Z'],
  // The hour from 2 to 3 is left out: the next day's.
  ['*-*-* 02:30', '2026-03-29T00:00:00Z', '2026-03-30T00:30:00Z', berlin],
  ['*-*-* 00:00', '2026-03-28T23:30:00Z', '2026-03-29T22:00:00Z', berlin],
  ['*-*-* *:30', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', berlin],
  // The hour from 2 to 3 comes twice: its first.
  ['*-*-* 02:30', '2026-10-24T23:00:00Z', '2026-10-25T00:30:00Z', berlin],
];
for (const [text, after, expected, zone = UTC_RULES] of NEXT)
  test(`after ${after} comes ${text}${zone === berlin ? ' in Berlin' : ''}`, () => {
    assert.equal(next(text, after, zone), expected);
  });
