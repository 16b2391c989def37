import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { formatRelative, formatTimestamp, parseTimestamp } from './timestamp.ts';
import { localZone, UTC, type Zone } from './zone.ts';

const now = 1_795_442_905_525_408; // Mon 2026-11-23 14:08:25.525408 UTC
const cet: Zone = { offsetMinutes: () => 60, name: () => 'CET' };

test('moments as systemd prints them', () => {
  assert.equal(formatTimestamp(now, UTC), 'Mon 2026-11-23 14:08:25 UTC');
  assert.equal(formatTimestamp(now, UTC, true), 'Mon 2026-11-23 14:08:25.525408 UTC');
  assert.equal(formatTimestamp(now, cet), 'Mon 2026-11-23 15:08:25 CET');
  assert.equal(formatTimestamp(0, UTC), '');
  assert.equal(formatTimestamp(Number.POSITIVE_INFINITY, UTC), '');
});

const SEC = 1_000_000;
const spans: [agoUsec: number, text: string][] = [
  [0, 'now'],
  [5, '5us ago'],
  [989_000, '989ms ago'],
  [6 * SEC, '6s ago'],
  [89 * SEC, '1min 29s ago'],
  [300 * SEC, '5min ago'],
  [43 * 60 * SEC, '43min ago'],
  [3700 * SEC, '1h 1min ago'],
  [9 * 3600 * SEC, '9h ago'],
  [26 * 3600 * SEC, '1 day 2h ago'],
  [3 * 86400 * SEC, '3 days ago'],
  [8 * 86400 * SEC, '1 week 1 day ago'],
  [40 * 86400 * SEC, '1 month 9 days ago'],
  [800 * 86400 * SEC, '2 years 2 months ago'],
  [-9 * 3600 * SEC, '9h left'],
  [-337_000, '337ms left'],
];
for (const [ago, text] of spans) test(text, () => assert.equal(formatRelative(now - ago, now), text));

const iso = (text: string) => Date.parse(text) * 1000;
const moments: [text: string, expected: number | null, zone?: Zone][] = [
  ['now', now],
  ['today', iso('2026-11-23T00:00:00Z')],
  ['yesterday', iso('2026-11-22T00:00:00Z')],
  ['tomorrow', iso('2026-11-24T00:00:00Z')],
  ['1 hour ago', now - 3600 * SEC],
  ['-2h 30min', now - 9000 * SEC],
  ['+1d', now + 86400 * SEC],
  ['2min left', now + 120 * SEC],
  ['@1795442905', 1_795_442_905 * SEC],
  ['2030-01-01', iso('2030-01-01T00:00:00Z')],
  ['2026-11-23 14:08', iso('2026-11-23T14:08:00Z')],
  ['2026-11-23 14:08:25', iso('2026-11-23T14:08:25Z')],
  ['2026-11-23T14:08:25.5', iso('2026-11-23T14:08:25.5Z')],
  ['2026-11-23T14:08:25Z', iso('2026-11-23T14:08:25Z')],
  ['2026-11-23T14:08:25+02:00', iso('2026-11-23T12:08:25Z')],
  ['Mon 2026-11-23 14:08:25 UTC', iso('2026-11-23T14:08:25Z')],
  ['Tuesday 2026-11-24', iso('2026-11-24T00:00:00Z')],
  ['26-11-23', iso('2026-11-23T00:00:00Z')],
  ['14:08', iso('2026-11-23T14:08:00Z')],
  ['14:08:09', iso('2026-11-23T14:08:09Z')],
  ['Nov 23 14:08:25', iso('2026-11-23T14:08:25Z')],
  ['2026-11-23 14:08:25', iso('2026-11-23T13:08:25Z'), cet],
  ['today', iso('2026-11-22T23:00:00Z'), cet],
  ['2026-11-23 14:08:25 UTC', iso('2026-11-23T14:08:25Z'), cet],
  ['bogus', null],
  ['', null],
  ['2026-13-01', null],
  ['25:61', null],
  ['Tue 2026-11-23', null],
  ['1 hour', null],
  ['x ago', null],
];
for (const [text, expected, zone] of moments)
  test(`'${text}'${zone ? ' in CET' : ''}`, () => assert.equal(parseTimestamp(text, now, zone ?? UTC), expected));

test('names of a zone come from its file', {
  skip: fs.existsSync('/usr/share/zoneinfo/Europe/Paris') ? false : 'no tzdata here',
}, () => {
  const before = process.env.TZ;
  process.env.TZ = 'Europe/Paris';
  const zone = localZone(fs.readFileSync('/usr/share/zoneinfo/Europe/Paris'));
  assert.equal(formatTimestamp(iso('2026-07-01T12:00:00Z'), zone), 'Wed 2026-07-01 14:00:00 CEST');
  assert.equal(formatTimestamp(iso('2026-12-01T12:00:00Z'), zone), 'Tue 2026-12-01 13:00:00 CET');
  process.env.TZ = 'UTC';
  assert.equal(localZone(null).name(0), 'UTC');
  assert.equal(localZone(new Uint8Array(100)).name(0), 'UTC');
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});
