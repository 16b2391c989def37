import assert from 'node:assert/strict';
import test from 'node:test';
import { formatMoment, toEpoch, wallAt, zoneRules } from './zone-rules.ts';

/** A zone file of version 2 with one transition, and a rule for all that follows. */
function file(footer: string): Uint8Array {
  const header = (times: number, types: number, names: number): number[] => [
    ...[0x54, 0x5a, 0x69, 0x66, 0x32, ...new Array(15).fill(0)],
    ...[0, 0, 0, times, types, names].flatMap((count) => [0, 0, 0, count]),
  ];
  const names = [...'LMT\0CET\0'].map((c) => c.charCodeAt(0));
  const body = [
    ...[0xff, 0xff, 0xff, 0xff, 0x80, 0, 0, 0], // 1901-12-13, as 64 bits
    ...[1],
    ...[0, 0, 0x03, 0x20, 0, 0], // 800 s east, LMT
    ...[0, 0, 0x0e, 0x10, 0, 4], // 3600 s east, CET
    ...names,
  ];
  const end = [...`\n${footer}\n`].map((c) => c.charCodeAt(0));
  // The first block is for readers of old: empty, but for its one type.
  return Uint8Array.from([...header(0, 1, 0), ...[0, 0, 0, 0, 0, 0], ...header(1, 2, 8), ...body, ...end]);
}
const utc = (text: string): number => Date.parse(text) / 1000;

test('a rule holds for the years that the table leaves out', () => {
  const zone = zoneRules(file('CET-1CEST,M3.5.0,M10.5.0/3'));
  assert.ok(zone !== null);
  assert.equal(formatMoment(utc('2026-03-29T00:59:59Z'), zone), 'Sun 2026-03-29 01:59:59 CET');
  assert.equal(formatMoment(utc('2026-03-29T01:00:00Z'), zone), 'Sun 2026-03-29 03:00:00 CEST');
  assert.equal(formatMoment(utc('2099-10-25T01:00:00Z'), zone), 'Sun 2099-10-25 02:00:00 CET');
  assert.equal(zone.offset(utc('1900-01-01T00:00:00Z')), 800);
});

test('a rule of the south, with a name of digits and another hour', () => {
  const zone = zoneRules(file('<-04>4<-03>,M9.1.6/24,M4.1.6/24'));
  assert.ok(zone !== null);
  assert.equal(formatMoment(utc('2026-01-10T12:00:00Z'), zone), 'Sat 2026-01-10 09:00:00 -03');
  assert.equal(formatMoment(utc('2026-06-10T12:00:00Z'), zone), 'Wed 2026-06-10 08:00:00 -04');
});

test('a zone without summer', () => {
  const zone = zoneRules(file('JST-9'));
  assert.equal(zone?.offset(utc('2026-06-10T12:00:00Z')), 9 * 3600);
});

test('the wall clock to a moment and back, at both changes', () => {
  const zone = zoneRules(file('CET-1CEST,M3.5.0,M10.5.0/3'));
  assert.ok(zone !== null);
  const wall = { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 };
  assert.deepEqual(wallAt(toEpoch(wall, zone), zone), { ...wall, hour: 3 });
  assert.equal(toEpoch({ ...wall, month: 10, day: 25 }, zone), utc('2026-10-25T00:30:00Z'));
});

test('what is no zone file', () => {
  assert.equal(zoneRules(new Uint8Array(100)), null);
  assert.equal(zoneRules(file('JST-9').subarray(0, 90)), null);
});
