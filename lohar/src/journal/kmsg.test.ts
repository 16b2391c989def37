import assert from 'node:assert/strict';
import test from 'node:test';
import { type KernelMessage, parseKernelRecord } from './kmsg.ts';

const rows: [name: string, record: string, expected: KernelMessage | null][] = [
  [
    'a message of the kernel',
    '6,339,5140900,-;NET: Registered PF_INET protocol family\n',
    {
      priority: 6,
      facility: 0,
      serial: 339,
      monotonicUs: 5140900,
      identifier: 'kernel',
      message: 'NET: Registered PF_INET protocol family',
      fields: [],
    },
  ],
  [
    'with the device it is about',
    '4,340,5690716,c;udevd: a\\x5cb \\xc3\\xbc\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n',
    {
      priority: 4,
      facility: 0,
      serial: 340,
      monotonicUs: 5690716,
      identifier: 'kernel',
      message: 'udevd: a\\b ü',
      fields: [
        ['_KERNEL_SUBSYSTEM', 'acpi'],
        ['_KERNEL_DEVICE', '+acpi:PNP0A03:00'],
      ],
    },
  ],
  [
    'written by a program',
    '30,5,7,-;lohar[1]: hello\n',
    {
      priority: 6,
      facility: 3,
      serial: 5,
      monotonicUs: 7,
      identifier: 'lohar',
      message: 'hello',
      fields: [['SYSLOG_PID', '1']],
    },
  ],
  ['no record', 'hello', null],
  ['nothing', '', null],
];
for (const [name, record, expected] of rows) test(name, () => assert.deepEqual(parseKernelRecord(record), expected));
