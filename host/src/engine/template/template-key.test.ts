import assert from 'node:assert/strict';
import test from 'node:test';
import { type TemplateFacts, templateKey } from './template-key.ts';

const facts: TemplateFacts = {
  shape: { accelerator: 'tcg', cpus: 1, memoryMib: 512 },
  qemu: { identity: '1:2:3', version: '7.2.22' },
  kernel: { path: '/images/vmlinux', identity: '4:5:6' },
  commandLine: 'console=ttyS0',
  image: { path: '/images/rootfs-minimal-amd64.ext4', identity: '7:8:9' },
  rehearsal: ['true'],
};

test('the same facts have the same key', () => assert.equal(templateKey(facts), templateKey(structuredClone(facts))));

const changed: [what: string, TemplateFacts][] = [
  ['cpus', { ...facts, shape: { ...facts.shape, cpus: 2 } }],
  ['memory', { ...facts, shape: { ...facts.shape, memoryMib: 1024 } }],
  ['accelerator', { ...facts, shape: { ...facts.shape, accelerator: 'kvm' } }],
  ['the QEMU program', { ...facts, qemu: { ...facts.qemu, identity: '1:2:4' } }],
  ['the version of QEMU', { ...facts, qemu: { ...facts.qemu, version: '7.2.23' } }],
  ['the kernel', { ...facts, kernel: { ...facts.kernel, identity: '4:5:7' } }],
  ['the command line', { ...facts, commandLine: 'console=ttyS0 quiet' }],
  ['the image', { ...facts, image: { ...facts.image, identity: '7:8:1' } }],
  ['what was rehearsed', { ...facts, rehearsal: [] }],
];
for (const [what, other] of changed)
  test(`another key when ${what} differs`, () => assert.notEqual(templateKey(facts), templateKey(other)));
