import assert from 'node:assert/strict';
import test from 'node:test';
import { sha1, sha256 } from './digest.ts';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// As sha1sum(1) and sha256sum(1) print them; 55, 56 and 64 bytes are the borders of a block.
const rows: [text: string, sha1: string, sha256: string][] = [
  ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [
    'abc',
    'a9993e364706816aba3e25717850c26c9cd0d89d',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ],
  [
    'a'.repeat(55),
    'c1c8bbdc22796e28c0e15163d20899b65621d65a',
    '9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318',
  ],
  [
    'a'.repeat(56),
    'c2db330f6083854c99d4b5bfb6e8f29f201be699',
    'b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a',
  ],
  [
    'a'.repeat(64),
    '0098ba824b5c16427bd7a1122a5a442a25ec644d',
    'ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb',
  ],
  [
    'a'.repeat(200),
    'e61cfffe0d9195a525fc6cf06ca2d77119c24a40',
    'c2a908d98f5df987ade41b5fce213067efbcc21ef2240212a41e54b5e7c28ae5',
  ],
];
for (const [text, one, two] of rows)
  test(`digests of ${text.length} bytes`, () =>
    assert.deepEqual([hex(sha1(bytes(text))), hex(sha256(bytes(text)))], [one, two]));
