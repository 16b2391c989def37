/** Whatever the bus sends: nothing throws, nothing is read beyond its message, and what was sent is read as it was. */
import assert from 'node:assert/strict';
import { fuzz } from '@bhatti/wire/fuzz-rounds.ts';
import type { SeededRandom } from '@bhatti/wire/seeded-random.ts';
import { type Draft, decodeMessage, encodeMessage, MESSAGE_SIZE_MAX } from './message.ts';

const ROUNDS = 4000;
const WORDS = ['', 'org.freedesktop.DBus', ':1.7', '/org/freedesktop/systemd1', 'é€😀', 'x'.repeat(300)];

function randomDraft(random: SeededRandom): Draft {
  const type = random.pick(['call', 'return', 'error', 'signal'] as const);
  const signature = [...random.bytes(random.below(5))].map((byte) => (byte % 2 === 0 ? 's' : 'u')).join('');
  const args = [...signature].map((one) => (one === 's' ? random.pick(WORDS) : random.below(0x1_0000_0000)));
  return {
    ...{ type, signature, args, flags: random.below(4), replySerial: random.below(3) },
    ...{ path: random.pick(WORDS), interface: random.pick(WORDS), member: random.pick(WORDS) },
    ...{ errorName: random.pick(WORDS), destination: random.pick(WORDS), sender: random.pick(WORDS) },
  };
}

fuzz('what is sent is read as it was', ROUNDS, (random) => {
  const draft = randomDraft(random);
  const serial = 1 + random.below(0xffff_fffe);
  const bytes = encodeMessage(draft, serial);
  const behind = random.bytes(random.below(20));
  const decoded = decodeMessage(Buffer.concat([bytes, behind]));
  assert.deepEqual(decoded, { is: 'message', message: { ...draft, serial }, size: bytes.length });
});

fuzz('bytes that are changed or cut are refused, or read within their bounds', ROUNDS, (random) => {
  const whole = random.chance(90) ? encodeMessage(randomDraft(random), 1) : random.bytes(random.below(200));
  const bytes = whole.slice(0, random.chance(50) ? whole.length : random.below(whole.length + 1));
  for (let n = random.below(4); n > 0 && bytes.length > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
  const decoded = decodeMessage(bytes);
  if (decoded.is === 'short') assert.ok(decoded.need > bytes.length && decoded.need <= MESSAGE_SIZE_MAX);
  if (decoded.is === 'message') assert.ok(decoded.size >= 16 && decoded.size <= bytes.length);
});
